#pragma once

#include <eddy/exchange/export_folder.hpp>

#include <string>

namespace eddy::exchange {

/// The files as a .tar.gz (POSIX ustar), in the order of their names, without dates and owners: equal files give equal
/// bytes. Throws InputError for a name of more than 99 bytes.
[[nodiscard]] std::string gzipped_tar(const ExportFiles& files);

}  // namespace eddy::exchange
