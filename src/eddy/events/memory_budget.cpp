#include <eddy/base/error.hpp>
#include <eddy/events/memory_budget.hpp>

#include <fmt/format.h>

namespace eddy::events {
namespace {

constexpr double kFreeBytes = 256.0 * (1 << 20);
constexpr double kMaxRatio = 512;
constexpr double kValueBytes = sizeof(float);

}  // namespace

void require_column_count(const std::string& where, std::size_t n_columns) {
  if (n_columns == 0) {
    throw base::InputError(
        fmt::format("{} is an array without columns; write it again with a value for each event", where));
  }
  if (n_columns > kMaxColumns) {
    throw base::InputError(
        fmt::format("{} has {} columns, more than the {} that eddy reads; events are rows, so transpose "
                    "the array if it lies on its side",
                    where, n_columns, kMaxColumns));
  }
}

void require_affordable(const std::string& where, std::size_t n_events, std::size_t n_columns,
                        std::uint64_t file_bytes) {
  const double needed = kValueBytes * static_cast<double>(n_events) * static_cast<double>(n_columns);
  const double allowed = kFreeBytes + kMaxRatio * static_cast<double>(file_bytes);
  if (needed > allowed) {
    throw base::InputError(fmt::format(
        "{} claims {} events of {} columns, {:.3g} GB in memory, but has only {} bytes; it is damaged or no "
        "event file, write it again (uncompressed, if it is right)",
        where, n_events, n_columns, 1e-9 * needed, file_bytes));
  }
}

}  // namespace eddy::events
