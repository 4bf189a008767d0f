#include <eddy/base/json.hpp>
#include <eddy/report/blinding.hpp>
#include <eddy/report/evidence/bump/bump_wording.hpp>
#include <eddy/report/number_format.hpp>
#include <eddy/report/result_reader.hpp>
#include <eddy/report/table_cells.hpp>
#include <eddy/report/wording_parts.hpp>
#include <eddy/search/families.hpp>

#include <fmt/format.h>

#include <string>
#include <utility>

namespace eddy::report {
namespace {

std::string space_phrase(const std::string& space) { return space == "x_prime" ? "x′" : space; }

std::string reference_phrase(const std::string& reference) {
  if (reference == "normal") {
    return "N(0, 1) samples";
  }
  if (reference == "flow_samples" || reference == "flow samples") {
    return "samples of the flow";
  }
  if (reference == "moved_sidebands") {
    return "data of the sidebands, moved to its masses";
  }
  if (reference == "true_background") {
    return "true background";
  }
  return reference == "control_region" ? "data of the sidebands" : reference;
}

/// "x_prime + x" of a method with two kinds of classifiers; the second is empty for the others.
std::pair<std::string, std::string> both_of(const std::string& text) {
  const std::string plus = " + ";
  const std::size_t at = text.find(plus);
  return at == std::string::npos ? std::pair(text, std::string())
                                 : std::pair(text.substr(0, at), text.substr(at + plus.size()));
}

std::string window_phrase(const Json& setup) {
  const Json& window = setup.at("signal_window");
  const std::string unit = setup.at("context").at("unit");
  if (!window.at(0).is_number() || !window.at(1).is_number()) {
    return setup.at("signal_region");
  }
  return fmt::format("{:.4g} and {:.4g}{}", window.at(0).get<double>(), window.at(1).get<double>(),
                     unit.empty() ? unit : " " + unit);
}

std::string searched_sentence(const Json& result) {
  const Json& setup = result.at("setup");
  const Json data = input_of(result, "data");
  return fmt::format("eddy searched {} data events for a resonance in {} between {} ({} events), with {} ({}) in {}.",
                     format_count(value_of(data, "n_selected")), setup.at("context").at("name").get<std::string>(),
                     window_phrase(setup), format_count(value_of(data, "n_signal_region")),
                     search::method_title(result.at("method")), bump_detector(setup), feature_list(setup));
}

std::string where(const Json& point) {
  const bool is_cut = value_of(point, "efficiency") < 1;
  return is_cut ? fmt::format("With the cut that keeps {} of the signal region", cut_of(point))
                : std::string("Without a cut");
}

std::string counted(const Json& point) {
  if (has_caveat(point, "undetermined_background")) {
    return fmt::format("{} events, whose background the sidebands do not determine",
                       format_count(value_of(point, "observed")));
  }
  return fmt::format("{} events where the sidebands predict {}", format_count(value_of(point, "observed")),
                     format_with_error(value_of(point, "predicted"), value_of(point, "predicted_error")));
}

std::string found_sentence(const Json& result, const Json& point) {
  const Json global = global_scan(result);
  const std::size_t n = result.at("working_points").size();
  const double limit = value_of(point, "upper_limit");
  const double expected = value_of(point.at("expected_upper_limit"), "median");
  return fmt::format(
      "{}{}, it observed {}: {}, local p = {}{}; more than {} signal events are excluded at 95 % confidence level "
      "(expected {}).",
      where(point), n > 1 ? fmt::format(", the most significant of {} working points", n) : "", counted(point),
      excess_phrase(value_of(point, "z")), format_p_value(value_of(point, "p_value")),
      global.is_null() ? "" : ", " + global_phrase(global), format_decimals(limit, limit_digits(limit)),
      format_decimals(expected, limit_digits(expected)));
}

/// Which working points the reader must not quote, and why.
std::string caveats(const Json& result) {
  std::vector<std::string> poor;
  std::vector<std::string> vetoed;
  std::vector<std::string> failed;
  for (const Json& point : result.at("working_points")) {
    if (!has_value(point, "z")) {
      failed.push_back(cut_of(point));
    } else if (has_caveat(point, "poor_fit")) {
      poor.push_back(cut_of(point));
    } else if (has_caveat(point, "unlikely_bin")) {
      vetoed.push_back(cut_of(point));
    }
  }
  std::string text;
  if (!poor.empty()) {
    text += fmt::format(
        " The background fit is poor at {} (p < 0.01 in the sidebands): numbers there must not be quoted.", join(poor));
  }
  if (!vetoed.empty()) {
    text += fmt::format(
        " At {} a bin of the sidebands lacks events that the fit is sure of, as where a selection vetoes masses: "
        "numbers "
        "there must not be quoted.",
        join(vetoed));
  }
  return failed.empty() ? text
                        : text + fmt::format(
                                     " No fit was possible at {}: what passes there is not judged, and the "
                                     "warnings say why.",
                                     join(failed));
}

/// Whether events pass a cut behind which nothing was fitted.
bool lacks_fits(const Json& result) {
  return std::ranges::any_of(result.at("working_points"), [](const Json& point) {
    return !has_value(point, "z") && value_of(point, "observed") > 0;
  });
}

std::string gate_caveat(const Json& result) {
  const Json& gate = result.at("gate");
  if (!gate.is_object() || gate.value("passed", true)) {
    return {};
  }
  return fmt::format(
      " The latent of held-out sideband events is not N(0, 1) (AUC = {}): the score may follow errors of the flow, "
      "which costs sensitivity; the bump hunt does not rest on it.",
      format_decimals(value_of(gate, "auc"), 3));
}

/// "LaCATHODE improves S/√B by up to 12.1 (supervised 15.0, idealized (x) 13.2)."
std::string benchmark_sentence(const Json& result) {
  const Json evaluations = result.value("evaluation", Json::array());
  if (evaluations.empty()) {
    return "There are no sidebands, so no bump was hunted, and no labels, so nothing can be said about sensitivity.";
  }
  std::vector<std::string> others;
  for (std::size_t i = 1; i < evaluations.size(); ++i) {
    others.push_back(fmt::format("{} {}", evaluations.at(i).at("name").get<std::string>(),
                                 format_decimals(value_of(evaluations.at(i).at("sic"), "max"), 1)));
  }
  return fmt::format(
      "There are no sidebands, so no bump was hunted. According to the labels, {} improves S/√B by up to "
      "{}{}.",
      evaluations.at(0).at("name").get<std::string>(), format_decimals(value_of(evaluations.at(0).at("sic"), "max"), 1),
      others.empty() ? "" : fmt::format(" ({})", join(others)));
}

std::string failure_sentence(const Json& result) {
  const Json& failures = result.at("working_points").at(0).at("fit").at("failures");
  return "No fit was possible, so no significance can be given" +
         (failures.empty() ? std::string(".") : ": " + failures.at(0).get<std::string>() + ".");
}

void word_hunt(const Json& result, Wording& wording) {
  wording.found =
      verdict_kind(result) == "no_fit" ? failure_sentence(result) : found_sentence(result, decisive_point(result));
  wording.found += caveats(result);
  if (verdict_kind(result) == "no_excess" && lacks_fits(result)) {
    wording.verdict += " where a fit was possible";
  }
}

}  // namespace

std::string bump_detector(const Json& setup) {
  const std::string space = setup.at("classifier_space");
  const std::string reference = setup.at("reference");
  if (space == "ratio" || reference == "none") {
    return "the ratio of two densities";
  }
  const auto [first_space, second_space] = both_of(space);
  const auto [first_reference, second_reference] = both_of(reference);
  const std::string first = fmt::format("{} against {}", space_phrase(first_space), reference_phrase(first_reference));
  return "classifiers in " + (second_space.empty()
                                  ? first
                                  : fmt::format("{}, and in {} against {}", first, space_phrase(second_space),
                                                reference_phrase(second_reference)));
}

void word_bump(const Json& result, Wording& wording) {
  if (is_blind(result)) {
    word_blind(result, wording);
    return;
  }
  wording.searched = searched_sentence(result);
  if (result.at("working_points").empty()) {
    wording.found = benchmark_sentence(result);
  } else {
    word_hunt(result, wording);
  }
  wording.found += gate_caveat(result);
}

}  // namespace eddy::report
