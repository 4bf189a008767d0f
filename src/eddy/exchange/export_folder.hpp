#pragma once
// The folder of an export.

#include <eddy/base/json_fwd.hpp>

#include <map>
#include <string>

namespace eddy::exchange {

/// Files by their names; a name may hold a folder.
using ExportFiles = std::map<std::string, std::string>;

/// Throws InputError where the folder does not hold this very export: the first file that is missing or other is named.
void require_export(const std::string& folder, const ExportFiles& files, const base::Json& facts);

/// Writes `files` and, last, export.json with `facts` and the names of the files. What an earlier export left in the
/// folder goes. Throws InputError where something in it was not written by an export, IoError where it cannot be
/// written.
void write_export(const std::string& folder, const ExportFiles& files, const base::Json& facts);

}  // namespace eddy::exchange
