#include <eddy/events/read.hpp>
#include <eddy/runs/commands.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <type_traits>
#include <vector>

namespace eddy::runs {
namespace {

/// Columns shown unless all are asked for: raw particle files have thousands.
constexpr std::size_t kShownColumns = 40;
constexpr double kQuantiles[] = {0.0, 0.01, 0.25, 0.5, 0.75, 0.99, 1.0};

/// Integers with all their digits.
template <events::ColumnNumber T>
std::string number(T value) {
  if constexpr (std::is_floating_point_v<T>) {
    return fmt::format(" {:>10.5g}", value);
  } else {
    return fmt::format(" {:>10}", value);
  }
}

template <events::ColumnNumber T>
bool is_finite(T value) {
  if constexpr (std::is_floating_point_v<T>) {
    return std::isfinite(value);
  } else {
    return true;
  }
}

std::string column_line(const events::Events& events, const std::string& name, std::size_t width) {
  return events.values(name).visit([&]<class T>(const std::vector<T>& values) {
    std::vector<T> finite;
    std::ranges::copy_if(values, std::back_inserter(finite), is_finite<T>);
    std::ranges::sort(finite);
    std::string line =
        fmt::format("{:<{}}  {:<5} {:>9}", name, width, events.unit(name), events.size() - finite.size());
    for (const double q : kQuantiles) {
      line += finite.empty() ? fmt::format("{:>11}", "-")
                             : number(finite[static_cast<std::size_t>(q * static_cast<double>(finite.size() - 1))]);
    }
    return line + "\n";
  });
}

}  // namespace

std::string inspect(const InspectOptions& options) {
  const events::Location location = events::parse_location(options.file);
  const events::FileSummary summary = events::summarise_file(location, {{}, options.array_columns});
  std::vector<std::string> shown = summary.columns;
  if (!options.all && shown.size() > kShownColumns) {
    shown.resize(kShownColumns);
  }
  const events::Events events = events::read_events(
      location, {.wanted = shown, .array_columns = options.array_columns, .exact = {shown.begin(), shown.end()}});
  std::size_t width = 6;
  for (const std::string& name : shown) {
    width = std::max(width, name.size());
  }
  std::string text = fmt::format("{}: {}, {} events, {} columns\n\n", options.file, summary.format, summary.n_events,
                                 summary.columns.size());
  text += fmt::format("{:<{}}  {:<5} {:>9}{:>11}{:>11}{:>11}{:>11}{:>11}{:>11}{:>11}\n", "column", width, "unit",
                      "NaN, inf", "min", "1 %", "25 %", "median", "75 %", "99 %", "max");
  for (const std::string& name : shown) {
    text += column_line(events, name, width);
  }
  if (shown.size() < summary.columns.size()) {
    text += fmt::format("... and {} more columns; --all shows them\n", summary.columns.size() - shown.size());
  }
  return text;
}

}  // namespace eddy::runs
