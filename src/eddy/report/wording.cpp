#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/report/calibration.hpp>
#include <eddy/report/evidence/evidence_page.hpp>
#include <eddy/report/number_format.hpp>
#include <eddy/report/result_reader.hpp>
#include <eddy/report/wording_parts.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace eddy::report {
namespace {

constexpr double kMild = 2;

struct PlainVerdict {
  std::string_view kind;
  const char* words;
};

/// Verdicts that need no number beside them.
constexpr std::array<PlainVerdict, 10> kPlainVerdicts = {{
    {"no_excess", "No significant excess"},
    {"nothing_to_test", "Nothing to test"},
    {"no_working_point", "No working point"},
    {"gate_failed", "Not valid: the latent gate failed"},
    {"poor_fit", "Background fit is poor: Z must not be quoted"},
    {"no_fit", "No fit was possible"},
    {"benchmark_only", "Benchmark only"},
    {"blind", "Blind"},
    {"no_category", "No category could be fitted"},
    {"separation_only", "Separation only"},
}};

/// "Z = 2.1 after the choice among 12 settings; "; empty where the data chose none.
std::string choice_phrase(const Json& verdict) {
  if (!has_value(verdict, "after_choice")) {
    return "";
  }
  const Json& choice = verdict.at("after_choice");
  return fmt::format("Z = {} after the choice among {} settings; ", format_decimals(value_of(choice, "z"), 1),
                     choice.at("settings").get<std::size_t>());
}

/// Whether the verdict is more than a fluctuation.
bool claims_an_excess(const Json& result) {
  const std::string kind = verdict_kind(result);
  return kind == "beyond_5_sigma" || kind == "evidence" || kind == "mild_excess";
}

}  // namespace

std::string join(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    text += i == 0 ? "" : i + 1 == words.size() ? " and " : ", ";
    text += words[i];
  }
  return text;
}

std::string feature_list(const Json& setup) {
  std::vector<std::string> features;
  for (const Json& feature : setup.at("features")) {
    const std::string name = feature.at("name");
    features.push_back(feature.contains("step")
                           ? fmt::format("{} (in steps of {:.6g})", name, feature.at("step").get<double>())
                           : name);
  }
  return join(features);
}

std::string excess_phrase(double z) {
  if (!std::isfinite(z)) {
    return "no excess, and no Z";
  }
  if (!(z > 0)) {
    return fmt::format("no excess (Z = {})", format_decimals(z, 1));
  }
  return z < kMild ? fmt::format("no significant excess (Z = {:.1f})", z) : fmt::format("an excess of Z = {:.1f}", z);
}

std::string verdict_kind(const Json& result) { return result.at("verdict").at("kind").get<std::string>(); }

Json decisive_point(const Json& result) {
  const Json& at = result.at("verdict").at("working_point");
  return at.is_null() ? Json(nullptr) : result.at("working_points").at(at.get<std::size_t>());
}

Json global_scan(const Json& result) {
  const Json point = decisive_point(result);
  if (point.is_null()) {
    return nullptr;
  }
  const Json scans = page_of(result).global(point);
  for (const char* key : {"signal_region", "range"}) {
    const Json& scan = scans.at(key);
    if (scan.is_object() && has_value(scan, "global_z")) {
      return scan;
    }
  }
  return nullptr;
}

std::string global_phrase(const Json& scan) {
  return fmt::format("global Z {} {}", scan.value("global_p_is_bound", false) ? ">" : "=",
                     format_decimals(value_of(scan, "global_z"), 1));
}

std::string significance_words(const Json& result) {
  const Json point = decisive_point(result);
  const Json global = global_scan(result);
  const std::string local = fmt::format("local Z = {}{}", format_decimals(value_of(point, "z"), 1),
                                        global.is_null() ? "" : ", " + global_phrase(global));
  const Json calibrated = point.value("calibrated", Json(nullptr));
  const std::string choice = choice_phrase(result.at("verdict"));
  return calibrated.is_null() ? fmt::format("({}{}, uncalibrated)", choice, local)
                              : fmt::format("({}calibrated Z = {}; {} before)", choice,
                                            format_decimals(value_of(calibrated, "z"), 1), local);
}

std::string verdict_words(const Json& result) {
  const std::string kind = verdict_kind(result);
  if (kind == "beyond_5_sigma") {
    return "Excess beyond 5 σ " + significance_words(result);
  }
  if (kind == "evidence") {
    return "Evidence for an excess " + significance_words(result);
  }
  if (kind == "mild_excess") {
    return "Mild excess " + significance_words(result);
  }
  const auto* const plain = std::ranges::find(kPlainVerdicts, kind, &PlainVerdict::kind);
  if (plain == kPlainVerdicts.end()) {
    throw base::InputError(fmt::format("the result has a verdict '{}', which this eddy does not know", kind));
  }
  return plain->words;
}

Wording word(const Json& result) {
  Wording wording{
      .verdict = verdict_words(result), .level = result.at("verdict").at("level"), .searched = {}, .found = {}};
  page_of(result).word(result, wording);
  const std::string calibrated = calibration_sentence(result, decisive_point(result));
  wording.found += calibrated.empty() && claims_an_excess(result)
                       ? " Uncalibrated: how often a search without signal claims as much was not measured."
                       : calibrated;
  return wording;
}

}  // namespace eddy::report
