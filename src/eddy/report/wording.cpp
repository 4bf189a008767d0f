#include <eddy/base/json.hpp>
#include <eddy/report/number_format.hpp>
#include <eddy/report/result_reader.hpp>
#include <eddy/report/wording_parts.hpp>

#include <fmt/format.h>

#include <cmath>

namespace eddy::report {
namespace {

constexpr double kMild = 2;
constexpr double kEvidence = 3;
constexpr double kDiscovery = 5;

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
    features.push_back(feature.at("name"));
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

void set_verdict(Wording& wording, double z, const std::string& addition) {
  if (!std::isfinite(z)) {
    wording.verdict = "Nothing to test";
    wording.level = "none";
    return;
  }
  const std::string numbers = fmt::format("(local Z = {}{})", format_decimals(z, 1), addition);
  if (z >= kDiscovery) {
    wording.verdict = "Excess beyond 5 σ " + numbers;
    wording.level = "excess";
  } else if (z >= kEvidence) {
    wording.verdict = "Evidence for an excess " + numbers;
    wording.level = "excess";
  } else if (z >= kMild) {
    wording.verdict = "Mild excess " + numbers;
    wording.level = "mild";
  } else {
    wording.verdict = "No significant excess";
    wording.level = "none";
  }
}

Wording word(const Json& result) {
  if (is_loss_space(result)) {
    return word_quak(result);
  }
  if (is_extrapolation(result)) {
    return word_extrapolation(result);
  }
  return is_resonant(result) ? word_resonant(result) : word_conrad(result);
}

}  // namespace eddy::report
