#include <eddy/base/json.hpp>
#include <eddy/report/number_format.hpp>
#include <eddy/report/study_table.hpp>
#include <eddy/report/study_titles.hpp>

#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <utility>

namespace eddy::report {
namespace {

using Title = std::pair<const char*, const char*>;

template <std::size_t N>
std::string title_in(const std::array<Title, N>& titles, const std::string& name) {
  for (const auto& [known, title] : titles) {
    if (name == known) {
      return title;
    }
  }
  return name;
}

/// A path without what stands in brackets.
std::string without_choices(const std::string& path) {
  std::string plain;
  bool inside = false;
  for (const char letter : path) {
    inside = inside || letter == '[';
    plain += inside ? "" : std::string(1, letter);
    inside = inside && letter != ']';
  }
  return plain;
}

}  // namespace

std::string setting_title(const std::string& key) {
  constexpr std::array<Title, 6> kTitles = {{{"inject.s_over_sqrt_b", "injected S/√B"},
                                             {"inject.fraction", "injected S/B"},
                                             {"inject.count", "injected events"},
                                             {"inject.seed", "injection seed"},
                                             {"search.seed", "seed"},
                                             {"search.method", "method"}}};
  return title_in(kTitles, key);
}

std::string metric_title(const std::string& metric) {
  constexpr std::array<Title, 25> kTitles = {{{"argos.best.value", "ARGOS"},
                                              {"argos.to_best", "ARGOS, relative to the best setting"},
                                              {"separation.auc", "AUC"},
                                              {"separation.rejection_at_30", "rejection at ε_S = 30 %"},
                                              {"separation.rejection_at_50", "rejection at ε_S = 50 %"},
                                              {"working_points.global_z", "global Z"},
                                              {"working_points.calibrated.z", "calibrated Z"},
                                              {"working_points.simultaneous.z", "local Z of one likelihood"},
                                              {"working_points.simultaneous.global_z", "global Z of one likelihood"},
                                              {"working_points.simultaneous.events_per_sigma", "prior events per σ"},
                                              {"evaluation.sic.max", "largest SIC"},
                                              {"evaluation.sic.at_1e-2", "SIC at ε_B = 10⁻²"},
                                              {"evaluation.sic.at_1e-3", "SIC at ε_B = 10⁻³"},
                                              {"evaluation.auc", "AUC"},
                                              {"working_points.z", "local Z"},
                                              {"working_points.p_value", "local p-value"},
                                              {"working_points.s_over_sqrt_b", "measured S/√B"},
                                              {"working_points.observed", "observed events"},
                                              {"working_points.predicted", "expected events"},
                                              {"working_points.true_background", "labelled background events"},
                                              {"working_points.true_signal", "labelled signal events"},
                                              {"working_points.upper_limit", "95 % CL upper limit, events"},
                                              {"setup.injected_s_over_sqrt_b", "injected S/√B"},
                                              {"setup.n_injected", "injected events"},
                                              {"gate.auc", "AUC of the latent gate"}}};
  const std::string plain = without_choices(metric);
  const std::string title = title_in(kTitles, plain);
  return title == plain ? metric : title;
}

std::string metric_section(const std::string& metric) {
  if (metric.starts_with("evaluation") || metric.starts_with("separation")) {
    return "Sensitivity";
  }
  return metric.starts_with("working_points") ? "Working points" : "Other numbers";
}

std::string element_title(const Json& column) {
  const std::string element = column.at("element");
  return column.at("element_kind") == "efficiency"
             ? (element == "1" ? "no cut" : "cut at " + format_percent(std::strtod(element.c_str(), nullptr)))
             : element;
}

std::string curve_title(const Json& study, const Json& curve, bool several) {
  const Json& column = study.at("columns").at(curve.at("column").get<std::size_t>());
  std::string title;
  for (const Json& axis : curve.at("group")) {
    const Json& value = axis.at("value");
    title += (title.empty() ? "" : ", ") +
             (value.is_string() ? value.get<std::string>()
                                : fmt::format("{} = {}", axis.at("label").get<std::string>(), value_text(value)));
  }
  const bool is_named = column.at("element_kind") == "name";
  if (!is_named) {
    return title.empty() ? metric_title(column.at("metric")) : title;
  }
  // The method itself is called by its group where there are several.
  const bool is_method = column.at("place") == 0 && column.at("metric").get<std::string>().starts_with("evaluation");
  if (title.empty() || curve.value("shared", false)) {
    return column.at("element");
  }
  if (several && is_method) {
    return title;
  }
  return title + ", " + column.at("element").get<std::string>();
}

}  // namespace eddy::report
