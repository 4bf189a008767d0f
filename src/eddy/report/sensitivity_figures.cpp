#include <eddy/report/detector_style.hpp>
#include <eddy/report/sensitivity_figures.hpp>
#include <eddy/report/sic_panel.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace eddy::report {
namespace {

/// The evaluations as lines; those without any point above the statistics cut-off are left out.
std::vector<ScoreLine> score_lines(const std::vector<search::Evaluation>& evaluations) {
  std::vector<ScoreLine> lines;
  for (std::size_t i = 0; i < evaluations.size(); ++i) {
    const search::Evaluation& evaluation = evaluations[i];
    lines.push_back({.name = evaluation.name,
                     .role = detector_role(i),
                     .style = detector_style(i),
                     .with_error = i == 0 && evaluation.band.empty(),
                     .curve = evaluation.curve,
                     .band = evaluation.band});
  }
  std::erase_if(lines, [](const ScoreLine& line) { return !is_drawable(line); });
  return lines;
}

const char* band_sentence(const std::vector<search::Evaluation>& evaluations) {
  const bool any = std::any_of(evaluations.begin(), evaluations.end(), [](const auto& e) { return !e.band.empty(); });
  return any ? ". Thick: the average of all retrainings, which the search uses; thin line and band: median and central "
               "68 % of single retrainings at equal background efficiency."
             : "; the band is the statistical error of the method's curve.";
}

}  // namespace

std::optional<Figure> sic_figure(const search::Finding& output) {
  const std::vector<ScoreLine> lines = score_lines(output.evaluations);
  if (lines.empty()) {
    return std::nullopt;
  }
  Figure figure{
      .id = "sic",
      .section = "Sensitivity",
      .title = "Significance improvement",
      .caption = fmt::format(
          "By how much a cut on the score multiplies S/√B, for labelled events: the method, the benchmarks, and a "
          "score without information (random, √ε). Curves end where fewer than {} background events pass{} Above "
          "one, the cut helps.",
          classify::kMinBackgroundForSic, band_sentence(output.evaluations))};
  figure.panels = {sic_panel(lines)};
  return figure;
}

std::optional<Figure> roc_figure(const search::Finding& output) {
  const std::vector<ScoreLine> lines = score_lines(output.evaluations);
  if (lines.empty()) {
    return std::nullopt;
  }
  Figure figure{
      .id = "roc",
      .section = "Sensitivity",
      .title = "Background rejection",
      .caption = fmt::format("One over the background efficiency against the signal efficiency, for labelled events; "
                             "higher is better. Curves end where fewer than {} background events pass.",
                             classify::kMinBackgroundForSic)};
  figure.panels = {roc_panel(lines)};
  return figure;
}

}  // namespace eddy::report
