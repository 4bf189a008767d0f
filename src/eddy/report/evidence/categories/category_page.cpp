#include <eddy/base/json.hpp>
#include <eddy/report/detector_style.hpp>
#include <eddy/report/evidence/categories/category_figures.hpp>
#include <eddy/report/evidence/categories/category_page.hpp>
#include <eddy/report/evidence/categories/category_result.hpp>
#include <eddy/report/evidence/categories/category_tables.hpp>
#include <eddy/report/evidence/categories/category_wording.hpp>
#include <eddy/report/evidence/categories/loss_plane_figure.hpp>
#include <eddy/report/flow_figures.hpp>
#include <eddy/report/sic_panel.hpp>

#include <fmt/format.h>

namespace eddy::report {
namespace {

/// A panel per signal with all scores that were tried on it; the random cut is a line of its own.
std::optional<Figure> separation_figure(const search::Finding& output) {
  Figure figure{.id = "separation",
                .section = "Sensitivity",
                .title = "Background rejection",
                .caption = fmt::format(
                    "One over the efficiency of held-out background against the signal efficiency; higher is better. "
                    "Cuts on the losses were chosen on one half of the events and are shown on the other. Curves end "
                    "where fewer than {} background events pass.",
                    classify::kMinBackgroundForSic)};
  for (const search::LossSample& signal : output.loss_space->signals) {
    std::vector<ScoreLine> lines;
    for (const search::Separation& separation : output.loss_space->separations) {
      if (separation.signal == signal.name) {
        lines.push_back({.name = separation.evaluation.name,
                         .role = detector_role(lines.size()),
                         .style = detector_style(lines.size()),
                         .curve = separation.evaluation.curve});
      }
    }
    std::erase_if(lines, [](const ScoreLine& line) { return !is_drawable(line); });
    if (!lines.empty()) {
      Panel panel = roc_panel(lines);
      panel.id = signal.name;
      panel.title = signal.name;
      figure.panels.push_back(std::move(panel));
    }
  }
  place_in_two_columns(figure);
  return figure.panels.empty() ? std::nullopt : std::optional(std::move(figure));
}

/// The scan of all categories together.
Json global(const Json& point) {
  return {{"signal_region", nullptr},
          {"range",
           {{"global_z", point.at("global_z")},
            {"global_p_value", point.at("global_p_value")},
            {"global_p_is_bound", point.value("global_p_is_bound", false)}}}};
}

Json figures(const search::Finding& output) {
  return figures_document({category_scan_figure(output), category_fit_figure(output), cut_fit_figure(output),
                           loss_plane_figure(output), separation_figure(output), training_figure(output)});
}

std::vector<std::string> lines(const search::Finding& finding) {
  std::vector<std::string> all;
  if (const auto* search = search::evidence_of<search::CategorySearch>(finding); search != nullptr) {
    all.push_back(one_line(*search, finding.context));
    const std::vector<std::string> simultaneous = simultaneous_lines(*search, finding.context);
    all.insert(all.end(), simultaneous.begin(), simultaneous.end());
  }
  const search::LossSpace& space = *finding.loss_space;
  if (space.cuts) {
    all.push_back(one_line(*space.cuts, finding.context));
  }
  for (const search::Separation& separation : space.separations) {
    all.push_back(one_line(separation));
  }
  return all;
}

}  // namespace

EvidencePage category_page() {
  return {.kind = search::EvidenceKind::kCategories,
          .add = add_categories,
          .figures = figures,
          .findings = category_findings,
          .word = word_categories,
          .detector = category_detector,
          .global = global,
          .lines = lines,
          .experiments = "with the networks of the search",
          .where_claimed = ", at any mass"};
}

}  // namespace eddy::report
