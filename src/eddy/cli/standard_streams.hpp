#pragma once

#include <string_view>

namespace eddy::cli {

/// To be called before anything is opened: a standard stream that is closed gets a place holder, so that no file of
/// eddy takes its number and is written into by a message. Signals that come from streams and limits (SIGPIPE, SIGXFSZ,
/// SIGHUP of a terminal that goes away) are ignored: what cannot be written is an error of the call that writes.
void prepare_standard_streams();

/// Writes all of `text` to the standard output. Throws IoError when that cannot be done (full, closed).
void print_out(std::string_view text);

/// Writes to the standard error as far as that is possible, never an error: a search does not depend on being watched.
void print_error(std::string_view text);

}  // namespace eddy::cli
