#include <eddy/base/json.hpp>
#include <eddy/report/blinding.hpp>
#include <eddy/report/evidence/template_count/template_count_wording.hpp>
#include <eddy/report/number_format.hpp>
#include <eddy/report/result_reader.hpp>
#include <eddy/report/table_cells.hpp>
#include <eddy/report/wording.hpp>
#include <eddy/report/wording_parts.hpp>
#include <eddy/search/families.hpp>

#include <fmt/format.h>

#include <cmath>

namespace eddy::report {
namespace {

constexpr const char* kControlRegion = "control region";
constexpr const char* kSignalRegion = "signal region";

/// What was judged of closure in a region; null where nothing was.
Json closure_in(const Json& result, const std::string& region) {
  for (const Json& closure : result.at("verdict").at("closure")) {
    if (closure.at("region") == region) {
      return closure;
    }
  }
  return nullptr;
}

std::string closure_level(const Json& result, const std::string& region) {
  const Json closure = closure_in(result, region);
  return closure.is_null() ? "untested" : closure.at("level").get<std::string>();
}

std::string context_list(const Json& setup) {
  std::vector<std::string> names;
  for (const Json& context : setup.at("contexts")) {
    names.push_back(context.at("name"));
  }
  return join(names);
}

/// "5 background models trained on ... data events of the control region and ... simulated events, conditional on ...".
std::string models_phrase(const Json& result) {
  const Json& setup = result.at("setup");
  return fmt::format("{} trained on {} data events of the control region and {} simulated events, conditional on {}",
                     template_count_detector(setup),
                     format_count(value_of(input_of(result, "data"), "n_control_region")),
                     format_count(value_of(input_of(result, "simulation"), "n_control_region")), context_list(setup));
}

std::string searched_sentence(const Json& result) {
  const Json& setup = result.at("setup");
  const std::string region = setup.at("signal_region");
  const std::string method = search::method_title(result.at("method"));
  if (is_blind(result)) {
    return fmt::format("eddy prepared a search for an anomaly in {} in the signal region {}, with {} ({}).",
                       feature_list(setup), region, method, models_phrase(result));
  }
  return fmt::format("eddy searched the {} data events of the signal region {} for an anomaly in {}, with {} ({}).",
                     format_count(value_of(input_of(result, "data"), "n_signal_region")), region, feature_list(setup),
                     method, models_phrase(result));
}

std::string auc_text(const search::AucSummary& auc) {
  return auc.n < 2 ? format_decimals(auc.mean, 3)
                   : format_decimals(auc.mean, 3) + " ± " + format_decimals(auc.spread, 3);
}

std::string truth_of(const std::string& region) { return region == kControlRegion ? "data" : "true background"; }

/// "a classifier tells ... with AUC 0.501 ± 0.006; simulation ...".
std::string closure_phrase(const Json& result, const std::string& region) {
  const std::string method = search::method_title(result.at("method"));
  const search::AucSummary auc = closure_auc(result, region, method);
  return fmt::format(
      "In the {}{}, classifiers tell the background that {} constructs from {} with AUC = {} (mean and spread of {} "
      "runs; simulation as it is {}, two samples of {} {})",
      region, region == kControlRegion ? ", on events that no training has seen" : ", according to the labels", method,
      truth_of(region), auc_text(auc), auc.n, auc_text(closure_auc(result, region, "simulation")), truth_of(region),
      auc_text(closure_auc(result, region, "idealized")));
}

std::string closure_judgement(const Json& result, const std::string& region) {
  const std::string level = closure_level(result, region);
  if (level == "as_truth") {
    return closure_in(result, region).at("simulation_is_as_truth").get<bool>()
               ? "within the spread of two true samples; but so is the simulation, so there are too few events to "
                 "see what the method corrects"
               : "within the spread of two true samples, which the simulation is not";
  }
  if (level == "better_than_simulation") {
    return "better than the simulation, but not as good as truth; a difference that classifiers can find remains";
  }
  return level == "fails" ? "no better than the simulation as it is; do not trust the extrapolation"
                          : "without a test to compare with";
}

void word_closed(const Json& result, Wording& wording) {
  const std::string level = closure_level(result, kControlRegion);
  if (level == "untested") {
    wording.verdict = "Blind: closure not tested";
    wording.found = "The signal region is closed. Without closure tests nothing can be said about the background.";
    return;
  }
  wording.verdict = level == "as_truth"                 ? "Blind: the background closes in the control region"
                    : level == "better_than_simulation" ? "Blind: the background closes only in part"
                                                        : "Blind: the background does not close";
  wording.found = fmt::format("{}: {}. The signal region is closed: nothing is said about an excess.{}",
                              closure_phrase(result, kControlRegion), closure_judgement(result, kControlRegion),
                              expectation_sentence(result));
}

std::string abcd_sentence(const Json& point) {
  const Json& abcd = point.at("abcd");
  if (!has_value(abcd, "z")) {
    return " ABCD, the other estimate of the background, gives no Z there.";
  }
  // Validation corrects the one and not the other: they are compared as they were.
  const Json raw = point.value("raw", Json());
  const std::string before = raw.is_object() ? fmt::format(", {} here before the correction, which ABCD has not",
                                                           format_decimals(value_of(raw, "z"), 1))
                                             : "";
  if (!has_caveat(point, "abcd_disagrees")) {
    return fmt::format(" ABCD, the other estimate of the background, agrees (local Z = {}{}).",
                       format_decimals(value_of(abcd, "z"), 1), before);
  }
  return fmt::format(
      " ABCD, the other estimate of the background, disagrees: it expects {} there, local Z = {}{}. Understand why "
      "before quoting either.",
      format_with_error(value_of(abcd, "predicted"), value_of(abcd, "predicted_error")),
      format_decimals(value_of(abcd, "z"), 1), before);
}

std::string found_sentence(const Json& result, const Json& point) {
  const std::size_t n = result.at("working_points").size();
  const double limit = value_of(point, "upper_limit");
  const double expected = value_of(point.at("expected_upper_limit"), "median");
  return fmt::format(
      "With the cut that {} of the background passes{}, it observed {} events where {} are predicted: {}, local p = "
      "{}; more than {} signal events there are excluded at 95 % confidence level (expected {}).",
      format_percent(value_of(point, "efficiency")),
      n > 1 ? fmt::format(", the most significant of {} working points", n) : std::string(),
      format_count(value_of(point, "observed")),
      format_with_error(value_of(point, "predicted"), value_of(point, "predicted_error")),
      excess_phrase(value_of(point, "z")), format_p_value(value_of(point, "p_value")),
      format_decimals(limit, limit_digits(limit)), format_decimals(expected, limit_digits(expected)));
}

/// What labels say of the events that pass; empty without them.
std::string truth_sentence(const Json& point) {
  if (!point.contains("true_background")) {
    return {};
  }
  const double background = value_of(point, "true_background");
  const double distance = background - value_of(point, "predicted");
  const double error = std::hypot(value_of(point, "predicted_error"), std::sqrt(background));
  return fmt::format(
      " According to the labels, {} of them are background, {} standard deviations {} the prediction, "
      "and {} signal.",
      format_count(background), format_decimals(std::abs(distance) / error, 1), distance < 0 ? "below" : "above",
      format_count(value_of(point, "true_signal")));
}

void word_opened(const Json& result, Wording& wording) {
  const std::string kind = verdict_kind(result);
  if (kind == "no_working_point") {
    wording.found = "No working point was set, so no significance can be given.";
    return;
  }
  if (kind == "nothing_to_test") {
    wording.found = "Behind no cut is anything seen or expected, so there is nothing to test and no significance.";
    return;
  }
  const Json point = decisive_point(result);
  wording.found = found_sentence(result, point) + abcd_sentence(point) + truth_sentence(point);
  for (const char* region : {kControlRegion, kSignalRegion}) {
    const std::string level = closure_level(result, region);
    if (level == "better_than_simulation" || level == "fails") {
      wording.found += fmt::format(" {}: {}.", closure_phrase(result, region), closure_judgement(result, region));
    }
  }
}

}  // namespace

std::string template_count_detector(const Json& setup) {
  const auto n = setup.at("n_models").get<double>();
  return n == 1 ? std::string("one background model") : fmt::format("{} background models", format_count(n));
}

void word_template_count(const Json& result, Wording& wording) {
  wording.searched = searched_sentence(result);
  if (is_blind(result)) {
    word_closed(result, wording);
  } else {
    word_opened(result, wording);
  }
}

}  // namespace eddy::report
