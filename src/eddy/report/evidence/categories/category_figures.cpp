#include <eddy/report/evidence/bump/bump_labels.hpp>
#include <eddy/report/evidence/categories/category_figures.hpp>
#include <eddy/report/evidence/categories/category_wording.hpp>
#include <eddy/report/evidence/significance_line.hpp>
#include <eddy/report/histogram.hpp>
#include <eddy/report/number_format.hpp>
#include <eddy/report/p_value_panel.hpp>
#include <eddy/stats/bump_signal.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace eddy::report {
namespace {

constexpr std::size_t kMostPanels = 25;  // 5 x 5 categories, the paper's finest

Trace category_line(const stats::CategoryScan& scan, const stats::CategoryFit& category) {
  Trace line{.kind = TraceKind::kLine, .name = "single categories", .role = "series_7", .style = "thin"};
  for (std::size_t m = 0; m < category.points.size(); ++m) {
    if (category.points[m].used) {
      line.x.push_back(scan.points[m].mass);
      line.y.push_back(drawable_p_value(category.points[m].p_value));
    }
  }
  return line;
}

Trace combined_line(const stats::CategoryScan& scan) {
  Trace line{.kind = TraceKind::kLine, .name = "all, by Fisher's method", .role = "series_1"};
  for (const stats::CombinedPoint& point : scan.points) {
    line.x.push_back(point.mass);
    line.y.push_back(drawable_p_value(point.fisher.p.value));
  }
  return line;
}

std::string summary(const stats::CategoryScan& scan, const search::Quantity& mass) {
  const stats::CombinedPoint& best = scan.points[scan.best];
  const std::string text = fmt::format("local Z = {} at {:.4g}{}", format_decimals(best.fisher.z.z, 1), best.mass,
                                       mass.unit.empty() ? "" : " " + mass.unit);
  return scan.n_toys == 0
             ? text
             : fmt::format("{}, global Z {} {}", text, search::is_bound(scan.global_p_value, scan.n_toys) ? ">" : "=",
                           format_decimals(scan.global_z, 1));
}

/// Background-only fit plus the signal of fitted strength.
std::vector<double> with_signal(const stats::MassHistogram& spectrum, const stats::CategoryFit& fit,
                                const stats::CategoryPoint& best, const stats::GaussianSignal& signal) {
  std::vector<double> means = fit.null->mean;
  const std::vector<double> fractions = stats::signal_template(signal, spectrum);
  for (std::size_t bin = 0; bin < means.size(); ++bin) {
    means[bin] += best.strength * fractions[bin];
  }
  return means;
}

struct Fitted {
  const stats::MassHistogram& spectrum;
  const stats::CategoryFit& fit;
  std::size_t best = 0;  ///< which mass
  stats::GaussianSignal signal;
};

Panel fit_panel(const search::Finding& output, const Fitted& fitted, const std::string& title) {
  const double width = fitted.spectrum.edges[1] - fitted.spectrum.edges[0];
  Panel panel{
      .id = title,
      .title = title,
      .x = {output.context.name, output.context.unit},
      .y = {fmt::format("events / {:.3g}{}", width, output.context.unit.empty() ? "" : " " + output.context.unit), ""}};
  panel.x.range = {fitted.spectrum.edges.front(), fitted.spectrum.edges.back()};
  if (fitted.fit.null) {
    panel.traces.push_back({.kind = TraceKind::kLine,
                            .name = "background fit",
                            .role = "expectation",
                            .x = centres_of(fitted.spectrum.edges),
                            .y = fitted.fit.null->mean});
    const stats::CategoryPoint& best = fitted.fit.points[fitted.best];
    if (best.used) {
      panel.traces.push_back({.kind = TraceKind::kLine,
                              .name = "with the signal of fitted strength",
                              .role = "signal",
                              .style = "dash",
                              .x = centres_of(fitted.spectrum.edges),
                              .y = with_signal(fitted.spectrum, fitted.fit, best, fitted.signal)});
    }
    panel.traces.push_back(corner_note(
        fmt::format("fit: p = {}", format_p_value(fitted.fit.null->quality.goodness_of_fit)), "right top", 0));
    panel.traces.push_back(
        corner_note(best.used ? fmt::format("signal {}, Z = {}", format_with_error(best.strength, best.strength_error),
                                            format_decimals(best.z, 1))
                              : std::string("no signal fit"),
                    "right top", 1));
  }
  const Histogram histogram{fitted.spectrum.edges, fitted.spectrum.counts, 0};
  panel.traces.push_back(count_points(histogram, "data", "data"));
  return panel;
}

stats::GaussianSignal best_signal(const search::Finding& output, const stats::CategoryScan& scan) {
  const double mass = scan.points[scan.best].mass;
  return {mass, output.loss_space->signal_width * mass};
}

}  // namespace

std::optional<Figure> category_scan_figure(const search::Finding& output) {
  const auto* search = search::evidence_of<search::CategorySearch>(output);
  if (search == nullptr) {
    return std::nullopt;
  }
  const stats::CategoryScan& scan = search->scan;
  Panel panel{.id = "scan",
              .title = "",
              .x = {"mass of the signal", output.context.unit},
              .y = {"local p-value", "", Scale::kLog}};
  panel.traces.push_back(combined_line(scan));
  for (const stats::CategoryFit& category : scan.categories) {
    Trace line = category_line(scan, category);
    if (!line.x.empty()) {
      panel.traces.push_back(std::move(line));
    }
  }
  set_p_value_ranges(panel, 1);
  add_sigma_lines(panel);
  Trace note = corner_note(summary(scan, output.context), "left bottom", 0);
  note.y = {0.01};
  panel.traces.push_back(std::move(note));
  Figure figure{.id = "scan",
                .section = "Bump hunt",
                .title = "Scan of the mass (method 2)",
                .caption =
                    "Local p-value of the background-only hypothesis (asymptotic) for a signal of each mass: in each "
                    "category of the space of losses, and all together by Fisher's method; dashed: the p-values of 1 "
                    "to 5 σ. The global significance counts how often background alone gives a combination as "
                    "significant anywhere in the scan."};
  figure.panels = {std::move(panel)};
  return figure;
}

std::optional<Figure> category_fit_figure(const search::Finding& output) {
  const auto* found = search::evidence_of<search::CategorySearch>(output);
  if (found == nullptr || found->spectra.size() > kMostPanels) {
    return std::nullopt;
  }
  const search::CategorySearch& search = *found;
  const stats::GaussianSignal signal = best_signal(output, search.scan);
  Figure figure{.id = "categories",
                .section = "Bump hunt",
                .title = "Mass spectra of the categories (method 2)",
                .caption = fmt::format(
                    "Each category with the fit of background alone, and the signal of {:.4g}{} that the fit of this "
                    "category finds. Categories are named by their parts of each loss, {}, from small to large.",
                    signal.mean, output.context.unit.empty() ? "" : " " + output.context.unit,
                    fmt::join(output.loss_space->losses, " × "))};
  for (std::size_t c = 0; c < search.spectra.size(); ++c) {
    figure.panels.push_back(
        fit_panel(output, {search.spectra[c].histogram, search.scan.categories[c], search.scan.best, signal},
                  search.spectra[c].name));
  }
  place_in_two_columns(figure);
  return figure;
}

std::optional<Figure> cut_fit_figure(const search::Finding& output) {
  if (!output.loss_space->cuts) {
    return std::nullopt;
  }
  const search::CutSearch& search = *output.loss_space->cuts;
  Figure figure{
      .id = "best-cut",
      .section = "Bump hunt",
      .title = "The best cut (method 1, biased)",
      .caption = fmt::format("The mass spectrum behind the cut of the grid with the largest excess. It is {}; "
                             "the answer of the search is method 2.",
                             biased_note(search.cuts.size()))};
  figure.panels = {fit_panel(
      output, {search.spectrum, search.scan.categories.front(), search.scan.best, best_signal(output, search.scan)},
      "best cut")};
  return figure;
}

}  // namespace eddy::report
