#include <eddy/cli/commands.hpp>
#include <eddy/events/read.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace eddy::cli {
namespace {

/// Columns shown unless all are asked for: raw particle files have thousands.
constexpr std::size_t kShownColumns = 40;
constexpr double kQuantiles[] = {0.0, 0.01, 0.25, 0.5, 0.75, 0.99, 1.0};

std::string number(double value) { return fmt::format("{:>11.5g}", value); }

std::string column_line(const events::Events& events, const std::string& name, std::size_t width) {
  std::vector<float> finite;
  for (const float value : events.column(name)) {
    if (std::isfinite(value)) {
      finite.push_back(value);
    }
  }
  const std::size_t n_bad = events.size() - finite.size();
  std::ranges::sort(finite);
  std::string line = fmt::format("{:<{}}  {:<5} {:>9}", name, width, events.unit(name), n_bad);
  for (const double q : kQuantiles) {
    line += finite.empty() ? fmt::format("{:>11}", "-")
                           : number(finite[static_cast<std::size_t>(q * static_cast<double>(finite.size() - 1))]);
  }
  return line + "\n";
}

}  // namespace

std::string inspect(const InspectOptions& options) {
  const events::Location location = events::parse_location(options.file);
  const events::FileSummary summary = events::summarise_file(location, {{}, options.array_columns});
  std::vector<std::string> shown = summary.columns;
  if (!options.all && shown.size() > kShownColumns) {
    shown.resize(kShownColumns);
  }
  const events::Events events = events::read_events(location, {shown, options.array_columns});
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

}  // namespace eddy::cli
