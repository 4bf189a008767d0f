#include <eddy/base/json.hpp>
#include <eddy/report/number_format.hpp>
#include <eddy/report/result_reader.hpp>
#include <eddy/report/wording.hpp>
#include <eddy/report/wording_parts.hpp>
#include <eddy/search/families.hpp>

#include <fmt/format.h>

#include <cmath>

namespace eddy::report {
namespace {

constexpr const char* kControlRegion = "control region";
constexpr const char* kSignalRegion = "signal region";

/// How the constructed background compares with what is possible, and with doing nothing.
enum class Closure { kUntested, kAsTruth, kBetterThanSimulation, kFails };

AucSummary auc_of(const Json& result, const std::string& region, const std::string& name) {
  const Json test = closure_test_of(result.at("closure_tests"), region, name);
  return auc_summary(test.is_null() ? Json::array() : test.at("auc"));
}

/// Whether an AUC lies within one standard deviation of what two true samples give.
bool is_as_truth(const AucSummary& auc, const AucSummary& idealized) {
  return auc.n > 0 && auc.mean <= idealized.mean + idealized.spread;
}

Closure closure_in(const Json& result, const std::string& region) {
  const AucSummary method = auc_of(result, region, search::method_title(result.at("method")));
  const AucSummary idealized = auc_of(result, region, "idealized");
  const AucSummary simulation = auc_of(result, region, "simulation");
  if (method.n == 0 || idealized.n == 0) {
    return Closure::kUntested;
  }
  if (is_as_truth(method, idealized)) {
    return Closure::kAsTruth;
  }
  return simulation.n > 0 && method.mean < simulation.mean ? Closure::kBetterThanSimulation : Closure::kFails;
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
                     extrapolation_detector(setup),
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

std::string auc_text(const AucSummary& auc) {
  return auc.n < 2 ? format_decimals(auc.mean, 3)
                   : format_decimals(auc.mean, 3) + " ± " + format_decimals(auc.spread, 3);
}

std::string truth_of(const std::string& region) { return region == kControlRegion ? "data" : "true background"; }

/// "a classifier tells ... with AUC 0.501 ± 0.006; simulation ...".
std::string closure_phrase(const Json& result, const std::string& region) {
  const std::string method = search::method_title(result.at("method"));
  const AucSummary auc = auc_of(result, region, method);
  return fmt::format(
      "In the {}{}, classifiers tell the background that {} constructs from {} with AUC = {} (mean and spread of {} "
      "runs; simulation as it is {}, two samples of {} {})",
      region, region == kControlRegion ? ", on events that no training has seen" : ", according to the labels", method,
      truth_of(region), auc_text(auc), auc.n, auc_text(auc_of(result, region, "simulation")), truth_of(region),
      auc_text(auc_of(result, region, "idealized")));
}

std::string closure_judgement(const Json& result, const std::string& region) {
  switch (closure_in(result, region)) {
    case Closure::kAsTruth:
      return is_as_truth(auc_of(result, region, "simulation"), auc_of(result, region, "idealized"))
                 ? "within the spread of two true samples; but so is the simulation, so there are too few events to "
                   "see what the method corrects"
                 : "within the spread of two true samples, which the simulation is not";
    case Closure::kBetterThanSimulation:
      return "better than the simulation, but not as good as truth; a difference that classifiers can find remains";
    case Closure::kFails:
      return "no better than the simulation as it is; do not trust the extrapolation";
    case Closure::kUntested:
      break;
  }
  return "without a test to compare with";
}

void word_blind(Wording& wording, const Json& result) {
  const Closure closure = closure_in(result, kControlRegion);
  wording.level = closure == Closure::kFails ? "invalid" : closure == Closure::kBetterThanSimulation ? "mild" : "none";
  if (closure == Closure::kUntested) {
    wording.verdict = "Blind: closure not tested";
    wording.found = "The signal region is closed. Without closure tests nothing can be said about the background.";
    return;
  }
  wording.verdict = closure == Closure::kAsTruth                ? "Blind: the background closes in the control region"
                    : closure == Closure::kBetterThanSimulation ? "Blind: the background closes only in part"
                                                                : "Blind: the background does not close";
  wording.found = fmt::format("{}: {}. The signal region is closed: nothing is said about an excess.",
                              closure_phrase(result, kControlRegion), closure_judgement(result, kControlRegion));
}

/// The working point of largest Z; null when there is none.
Json most_significant(const Json& result) {
  Json best = nullptr;
  for (const Json& point : result.at("working_points")) {
    if (has_value(point, "z") && (best.is_null() || value_of(point, "z") > value_of(best, "z"))) {
      best = point;
    }
  }
  return best;
}

std::string abcd_sentence(const Json& point) {
  const Json& abcd = point.at("abcd");
  if (!has_value(abcd, "z")) {
    return " ABCD, the other estimate of the background, gives no Z there.";
  }
  if (!abcd_disagrees(point)) {
    return fmt::format(" ABCD, the other estimate of the background, agrees (local Z = {}).",
                       format_decimals(value_of(abcd, "z"), 1));
  }
  return fmt::format(
      " ABCD, the other estimate of the background, disagrees: it expects {} there, local Z = {}. Understand why "
      "before quoting either.",
      format_with_error(value_of(abcd, "predicted"), value_of(abcd, "predicted_error")),
      format_decimals(value_of(abcd, "z"), 1));
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
      format_decimals(limit, limit < 10 ? 1 : 0), format_decimals(expected, expected < 10 ? 1 : 0));
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

void word_opened(Wording& wording, const Json& result) {
  const Json point = most_significant(result);
  if (point.is_null()) {
    wording.level = "none";
    const bool any = !result.at("working_points").empty();
    wording.verdict = any ? "Nothing to test" : "No working point";
    wording.found = any ? "Behind no cut is anything seen or expected, so there is nothing to test and no significance."
                        : "No working point was set, so no significance can be given.";
    return;
  }
  set_verdict(wording, value_of(point, "z"), "");
  wording.found = found_sentence(result, point) + abcd_sentence(point) + truth_sentence(point);
  for (const char* region : {kControlRegion, kSignalRegion}) {
    const Closure closure = closure_in(result, region);
    if (closure == Closure::kBetterThanSimulation || closure == Closure::kFails) {
      wording.found += fmt::format(" {}: {}.", closure_phrase(result, region), closure_judgement(result, region));
    }
  }
}

}  // namespace

std::string extrapolation_detector(const Json& setup) {
  const double n = value_of(setup, "n_models");
  return n == 1 ? std::string("one background model") : fmt::format("{} background models", format_count(n));
}

Wording word_extrapolation(const Json& result) {
  Wording wording;
  wording.searched = searched_sentence(result);
  if (is_blind(result)) {
    word_blind(wording, result);
  } else {
    word_opened(wording, result);
  }
  return wording;
}

}  // namespace eddy::report
