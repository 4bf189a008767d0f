#pragma once

#include <eddy/events/read.hpp>

namespace eddy::events {

/// Comma-separated numbers under a line of column names. Spaces around fields, quotes, CRLF line ends, a byte order
/// mark and empty lines are tolerated; lines that begin with '#' are comments, the last one before the numbers being
/// the header where no other is (numpy.savetxt). An unnamed first column (pandas' row labels) is left out. Only wanted
/// columns are parsed. Errors name line and column.
[[nodiscard]] Events read_csv(const Location& location, const ReadOptions& options);

/// Counts the lines without parsing them.
[[nodiscard]] FileSummary summarise_csv(const Location& location, const ReadOptions& options);

}  // namespace eddy::events
