#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace eddy::base {

/// Throws IoError for a named pipe, a socket or a device: opening one may wait for ever, and what is read once cannot
/// be read, compared or hashed again. Links are followed, so that /dev/stdin is what it was redirected from.
void require_no_stream(const std::string& path);

/// The whole content of a file. Throws IoError when it cannot be read, or is no file.
[[nodiscard]] std::string read_file(const std::string& path);

/// Writes `content` to `path` such that a reader sees either the old file or the complete new one: a temporary file in
/// the same folder is written, flushed to disk and renamed. On any failure (folder missing, disk full) the temporary
/// file is removed and IoError says what the system said. A device (/dev/null) is refused.
void write_atomically(const std::string& path, std::string_view content);

/// The same for writers that need a file name: `write` gets a temporary path in the same folder, which is then renamed
/// to `path`; when `write` throws, the temporary file is removed and the exception passed on.
void write_atomically(const std::string& path, const std::function<void(const std::string& temporary)>& write);

/// Creates `folder` (and its parents) and checks that a file can be written in it. Throws IoError that names the
/// folder, and the `option` that chooses another one.
void require_writable_folder(const std::string& folder, const std::string& option = "--out");

}  // namespace eddy::base
