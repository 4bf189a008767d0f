#include <eddy/base/json.hpp>
#include <eddy/report/comparison_tables.hpp>
#include <eddy/report/evidence/evidence_page.hpp>
#include <eddy/report/html_table.hpp>
#include <eddy/report/number_format.hpp>
#include <eddy/report/result_reader.hpp>
#include <eddy/report/table_cells.hpp>
#include <eddy/report/wording_parts.hpp>
#include <eddy/search/families.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <vector>

namespace eddy::report {
namespace {

const char* const kNone = "–";

std::string with_class(const char* name, const std::string& table) {
  return fmt::format("<div class=\"{}\">{}</div>\n", name, table);
}

std::string injected_cell(const Json& setup) {
  const double n = value_of(setup, "n_injected");
  const double strength = value_of(setup, "injected_s_over_sqrt_b");
  return !(n > 0) ? kNone
                  : format_count(n) +
                        (strength > 0 ? fmt::format(" <span class=\"muted\">S/√B = {:.2f}</span>", strength) : "");
}

std::string time_cell(const Json& facts) {
  const double seconds = value_of(facts, "wall_seconds");
  if (!(seconds >= 0)) {
    return kNone;
  }
  const std::string time =
      seconds < 100 ? fmt::format("{:.0f}&nbsp;s", seconds) : fmt::format("{:.1f}&nbsp;min", seconds / 60);
  const double threads = value_of(facts, "threads");
  return time + (threads > 0 ? fmt::format(" <span class=\"muted\">on&nbsp;{}</span>", format_count(threads)) : "");
}

std::string retrainings_of(const Json& setup) {
  return has_value(setup, "n_retrainings") ? format_count(value_of(setup, "n_retrainings")) : kNone;
}

/// How good its score is without labels, which of the same data says what labels would.
std::string argos_cell(const Json& run) {
  return has_value(run, "argos")
             ? fmt::format("{} <span class=\"muted\">at {}</span>",
                           format_with_error(value_of(run.at("argos"), "value"), value_of(run.at("argos"), "error")),
                           format_percent(value_of(run.at("argos"), "efficiency")))
             : kNone;
}

std::vector<std::string> run_row(const Json& run) {
  const Json& setup = run.at("setup");
  const Json data = input_of(run, "data");
  const std::string detector = page_of(run).detector(setup);
  return {html_text(run.at("label").get<std::string>()),
          html_text(search::method_title(run.at("method")) + ": " + detector),
          html_text(feature_list(setup)),
          retrainings_of(setup),
          format_count(value_of(data, "n_selected")),
          is_blind(run) ? "blinded" : format_count(value_of(data, "n_signal_region")),
          injected_cell(setup),
          argos_cell(run),
          html_text(run.at("verdict").at("text").get<std::string>()),
          time_cell(run.at("facts"))};
}

/// Efficiencies of the working points of runs that `counts`, loosest first.
template <class Counts>
std::vector<double> cuts_of(const Json& comparison, Counts counts) {
  std::vector<double> cuts;
  for (std::size_t i = 0; i < comparison.at("runs").size(); ++i) {
    if (!counts(comparison.at("runs").at(i))) {
      continue;
    }
    for (const Json& point : comparison.at("significance").at(i).at("points")) {
      if (has_value(point, "efficiency")) {
        cuts.push_back(value_of(point, "efficiency"));
      }
    }
  }
  std::ranges::sort(cuts, std::greater<>());
  cuts.erase(std::ranges::unique(cuts).begin(), cuts.end());
  return cuts;
}

std::string strength_cell(const Json& point) {
  return has_value(point, "strength")
             ? format_with_error(value_of(point, "strength"), value_of(point, "strength_error"))
             : kNone;
}

std::string z_cell(const Json& point) {
  const std::string z = decimals(point, "z", 2);
  const std::string local =
      point.at("quotable") ? "<strong>" + z + "</strong>" : "<span class=\"poor\">" + z + "</span>";
  return has_value(point, "calibrated") ? fmt::format("{} <span class=\"muted\">calibrated {}</span>", local,
                                                      decimals(point.at("calibrated"), "z", 2))
                                        : local;
}

std::string both_limits_cell(const Json& point) {
  if (!has_value(point, "upper_limit") || !has_value(point, "expected_upper_limit")) {
    return limit_cell(point);
  }
  const Json& expected = point.at("expected_upper_limit");
  return fmt::format("{} <span class=\"muted\">({})</span>", limit_cell(point),
                     decimals(expected, "median", limit_digits(value_of(expected, "median"))));
}

std::vector<std::string> significance_row(const std::string& run, const Json& point) {
  return {cut_of(point),
          html_text(run),
          count_with_interval(point),
          predicted_cell(point),
          strength_cell(point),
          z_cell(point),
          format_p_value(value_of(point, "p_value")),
          global_cells(point.at("global_signal_region"), point.at("global_range")),
          both_limits_cell(point)};
}

std::vector<std::string> efficiency_headings(const std::string& first, const std::vector<double>& cuts) {
  std::vector<std::string> headings = {first};
  for (const double cut : cuts) {
    headings.push_back(format_percent(cut) + " kept");
  }
  return headings;
}

/// Cuts at which a spectrum can change: all but "no cut"; those of the paper where the runs have none.
std::vector<double> sculpting_cuts(const Json& comparison) {
  std::vector<double> cuts = cuts_of(comparison, is_of_bumps);
  std::erase_if(cuts, [](double cut) { return !(cut < 1); });
  return cuts.empty() ? std::vector<double>{0.1, 0.03, 0.01} : cuts;
}

std::vector<std::string> median_row(const std::string& name, const Json& points, const std::vector<double>& cuts) {
  std::vector<std::string> cells = {html_text(name)};
  for (const double cut : cuts) {
    cells.push_back(median_cell(points, cut));
  }
  return cells;
}

std::string ratio_cell(const Json& points, double cut) {
  const Json point = nearest_point(points, cut);
  return point.is_null() ? kNone : format_with_error(value_of(point, "ratio"), value_of(point, "ratio_error"));
}

bool has_evaluation(const Json& detector) { return !detector.at("evaluation").is_null(); }

bool is_retrained(const Json& detector) {
  return has_evaluation(detector) && detector.at("evaluation").contains("retrainings");
}

std::vector<std::string> score_row(const Json& detector, bool with_retrainings) {
  const Json& evaluation = detector.at("evaluation");
  const Json& sic = evaluation.at("sic");
  std::vector<std::string> cells = {html_text(detector.at("label").get<std::string>()),
                                    decimals(evaluation, "auc", 3),
                                    sic_cell(sic, "max"),
                                    fmt::format("{:.2g}", value_of(sic, "max_efficiency_background")),
                                    sic_cell(sic, "at_1e-2"),
                                    sic_cell(sic, "at_1e-3")};
  for (const char* key : {"max", "at_1e-2", "at_1e-3"}) {
    if (with_retrainings) {
      cells.push_back(retraining_cell(evaluation, key));
    }
  }
  return cells;
}

}  // namespace

std::string run_table(const Json& comparison) {
  HtmlTable table({"run", "method", "features", "retrainings", "events", "in the signal region", "injected signal",
                   "ARGOS", "what it says", "time"});
  for (const Json& run : comparison.at("runs")) {
    table.add_row(run_row(run));
  }
  return with_class("wrapped", table.html());
}

std::string significance_table(const Json& comparison) {
  const Json& runs = comparison.at("significance");
  if (std::ranges::all_of(runs, [](const Json& run) { return run.at("points").empty(); })) {
    return {};
  }
  const std::vector<double> cuts = cuts_of(comparison, [](const Json&) { return true; });
  HtmlTable table({"kept", "run", "observed", "expected", "fitted signal", "local Z", "local p",
                   "global Z: region / range", "95 % CL limit (expected)"});
  const auto add_rows = [&](const auto& belongs) {
    for (const Json& run : comparison.at("significance")) {
      for (const Json& point : run.at("points")) {
        if (belongs(point)) {
          table.add_row(significance_row(run.at("run"), point));
        }
      }
    }
  };
  for (const double cut : cuts) {
    add_rows([&](const Json& point) { return value_of(point, "efficiency") == cut; });
  }
  add_rows([](const Json& point) { return !has_value(point, "efficiency"); });
  return with_class("grouped", table.html());
}

std::string simultaneous_comparison(const Json& comparison) {
  HtmlTable table({"run", "signal in the categories", "largest excess at", "fitted signal", "local Z", "local p",
                   "global Z", "of the prior behind the cut", "events of it per σ"});
  bool is_empty = true;
  for (const Json& run : comparison.at("significance")) {
    for (const Json& point : run.at("points")) {
      for (const Json& common : point.at("simultaneous")) {
        is_empty = false;
        const auto number = [&](const char* key) {
          return has_value(common, key) ? fmt::format("{:.4g}", value_of(common, key)) : std::string(kNone);
        };
        const std::string strength = common.at("prior").is_null() ? number("strength") : strength_cell(common);
        const std::string bound = common.at("global_p_is_bound").get<bool>() ? "&gt; " : "";
        table.add_row({html_text(run.at("run").get<std::string>()), html_text(common.at("name").get<std::string>()),
                       number("mass"), strength, decimals(common, "z", 2), format_p_value(value_of(common, "p_value")),
                       has_value(common, "global_z") ? bound + decimals(common, "global_z", 2) : kNone,
                       number("passing"), number("events_per_sigma")});
      }
    }
  }
  return is_empty
             ? std::string()
             : "<h3>All categories in one likelihood</h3>\n" + with_class("grouped", table.html()) +
                   "<p class=\"note\">Beside the significance above, which stays the answer of each run. Events per σ: "
                   "of the prior, before any cut; fewer is better, whatever was observed.</p>\n";
}

std::string sensitivity_table(const Json& comparison) {
  const Json& detectors = comparison.at("detectors");
  if (std::ranges::none_of(detectors, has_evaluation)) {
    return {};
  }
  const bool with_retrainings = std::ranges::any_of(detectors, is_retrained);
  std::vector<std::string> headings = {"score",
                                       "AUC",
                                       "largest SIC",
                                       "at ε<sub>B</sub>&nbsp;=",
                                       "SIC at ε<sub>B</sub>&nbsp;=&nbsp;10⁻²",
                                       "SIC at ε<sub>B</sub>&nbsp;=&nbsp;10⁻³"};
  if (with_retrainings) {
    headings.insert(headings.end(),
                    {"median of single retrainings [68 %]: largest SIC", "at&nbsp;10⁻²", "at&nbsp;10⁻³"});
  }
  HtmlTable table(headings);
  for (const Json& detector : detectors) {
    if (has_evaluation(detector)) {
      table.add_row(score_row(detector, with_retrainings));
    }
  }
  return with_class("labelled", table.html());
}

std::string closure_table(const Json& comparison) {
  const std::vector<double> cuts = cuts_of(comparison, [](const Json& run) { return !is_of_bumps(run); });
  if (comparison.at("closure").empty() || cuts.empty()) {
    return {};
  }
  auto headings = efficiency_headings("measured on", cuts);
  headings.insert(headings.begin() + 1, "run");
  HtmlTable table(headings);
  for (const Json& group : comparison.at("closure")) {
    for (const Json& curve : group.at("curves")) {
      std::vector<std::string> cells = {html_text(group.at("name").get<std::string>()),
                                        html_text(curve.at("run").get<std::string>())};
      for (const double cut : cuts) {
        cells.push_back(ratio_cell(curve.at("points"), cut));
      }
      table.add_row(cells);
    }
  }
  return with_class("grouped", table.html());
}

std::string closure_test_comparison_table(const Json& comparison) {
  if (comparison.at("closure_tests").empty()) {
    return {};
  }
  HtmlTable table({"events of the", "run", "against true background", "AUC, mean ± spread", "lowest to highest"});
  for (const char* region : {"control region", "signal region"}) {
    for (const Json& run : comparison.at("closure_tests")) {
      for (const Json& test : run.at("tests")) {
        if (test.at("region") == region) {
          const search::AucSummary auc = auc_summary(test.at("auc"));
          table.add_row(
              {region, html_text(run.at("run").get<std::string>()), html_text(test.at("name").get<std::string>()),
               "<strong>" + format_decimals(auc.mean, 4) + " ± " + format_decimals(auc.spread, 4) + "</strong>",
               format_decimals(auc.lowest, 4) + " to " + format_decimals(auc.highest, 4)});
        }
      }
    }
  }
  return with_class("grouped", table.html());
}

std::string comparison_sculpting_table(const Json& comparison) {
  if (comparison.at("random_subsets").empty()) {
    return {};
  }
  const std::vector<double> cuts = sculpting_cuts(comparison);
  HtmlTable table(efficiency_headings("χ²/ndof, median [68 %]", cuts));
  for (const Json& detector : comparison.at("detectors")) {
    if (!detector.at("sculpting").is_null()) {
      table.add_row(median_row(detector.at("label"), detector.at("sculpting"), cuts));
    }
  }
  for (const Json& group : comparison.at("random_subsets")) {
    const auto runs = group.at("runs").get<std::vector<std::string>>();
    const std::string whose = comparison.at("random_subsets").size() > 1 ? ", " + join(runs) : "";
    table.add_row(median_row("random subsets" + whose, group.at("random_subsets").at("points"), cuts));
  }
  return with_class("labelled", table.html());
}

}  // namespace eddy::report
