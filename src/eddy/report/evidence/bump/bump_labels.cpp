#include <eddy/report/evidence/bump/bump_labels.hpp>
#include <eddy/report/number_format.hpp>

#include <algorithm>

namespace eddy::report {

std::string cut_name(double efficiency) { return efficiency >= 1 ? "no cut" : format_percent(efficiency); }

Trace signal_region_band(const search::Finding& output, const Panel& panel) {
  const auto x = panel.x.range.value();
  const auto y = panel.y.range.value();
  return {.kind = TraceKind::kBand,
          .name = "signal region",
          .role = "signal_region_band",
          .x = {std::max(output.signal_window->low, x[0]), std::min(output.signal_window->high, x[1])},
          .low = {y[0]},
          .high = {y[1]}};
}

Trace corner_note(const std::string& text, const std::string& anchor, std::size_t line) {
  constexpr double kMargin = 0.02;
  constexpr double kLine = 0.085;  // a line of text in a panel of two columns
  const bool is_right = anchor.starts_with("right");
  const double offset = kMargin + kLine * static_cast<double>(line);
  return {.kind = TraceKind::kNote,
          .name = "note",
          .role = "note",
          .x = {is_right ? 1 - kMargin : kMargin},
          .y = {anchor.ends_with("top") ? 1 - offset : offset},
          .text = text,
          .frame = "panel",
          .anchor = anchor};
}

}  // namespace eddy::report
