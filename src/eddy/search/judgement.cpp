#include <eddy/search/evidence.hpp>
#include <eddy/search/judgement.hpp>
#include <eddy/stats/intervals.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

namespace eddy::search {
namespace {

constexpr double kSameZ = 1;  // two significances that differ by more are not the same statement
constexpr double kMild = 2;
constexpr double kEvidence = 3;
constexpr double kDiscovery = 5;

/// The working point of largest Z among those that `counts` says; nothing where none has a Z.
template <class Counts>
std::optional<std::size_t> most_significant(const VerdictFacts& facts, Counts counts) {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < facts.z.size(); ++i) {
    if (std::isfinite(facts.z[i]) && counts(facts.judgements[i]) && (!best || facts.z[i] > facts.z[*best])) {
      best = i;
    }
  }
  return best;
}

Verdict of_excess(double z, std::size_t working_point) {
  if (z >= kDiscovery) {
    return {VerdictKind::kBeyondFiveSigma, VerdictLevel::kExcess, working_point};
  }
  if (z >= kEvidence) {
    return {VerdictKind::kEvidence, VerdictLevel::kExcess, working_point};
  }
  return z >= kMild ? Verdict{VerdictKind::kMildExcess, VerdictLevel::kMild, working_point}
                    : Verdict{VerdictKind::kNoExcess, VerdictLevel::kNone, working_point};
}

Verdict of_blind_search(const VerdictFacts& facts) {
  const ClosureLevel closure = facts.closure.empty() ? ClosureLevel::kUntested : facts.closure.front().level;
  return {VerdictKind::kBlind, closure == ClosureLevel::kFails || facts.gate_failed ? VerdictLevel::kInvalid
                               : closure == ClosureLevel::kBetterThanSimulation     ? VerdictLevel::kMild
                                                                                    : VerdictLevel::kNone};
}

Verdict without_working_points(const VerdictFacts& facts) {
  switch (facts.evidence) {
    case EvidenceKind::kBump:
      return {VerdictKind::kBenchmarkOnly, VerdictLevel::kNone};
    case EvidenceKind::kCategories:
      return facts.has_mass ? Verdict{VerdictKind::kNoCategory, VerdictLevel::kInvalid}
                            : Verdict{VerdictKind::kSeparationOnly, VerdictLevel::kNone};
    default:
      return {VerdictKind::kNoWorkingPoint, VerdictLevel::kNone};
  }
}

Verdict of_working_points(const VerdictFacts& facts) {
  if (facts.gate_failed) {
    const auto best = most_significant(facts, [](const Judgement&) { return true; });
    return {VerdictKind::kGateFailed, VerdictLevel::kInvalid, best.value_or(0)};
  }
  if (const auto best = most_significant(facts, [](const Judgement& j) { return j.is_quotable; }); best) {
    return of_excess(facts.z[*best], *best);
  }
  const auto is_poor = [](const Judgement& j) { return j.has(Caveat::kPoorFit) || j.has(Caveat::kUnlikelyBin); };
  if (const auto poor = most_significant(facts, is_poor); poor) {
    return {VerdictKind::kPoorFit, VerdictLevel::kInvalid, *poor};
  }
  const bool none_is_fitted = std::ranges::all_of(
      facts.judgements, [](const Judgement& judgement) { return judgement.has(Caveat::kNoPrediction); });
  return none_is_fitted ? Verdict{VerdictKind::kNoFit, VerdictLevel::kInvalid, 0}
                        : Verdict{VerdictKind::kNothingToTest, VerdictLevel::kNone, 0};
}

// In the order of the enumerators.
constexpr std::array kCaveats = {"no_prediction", "nothing_to_test", "poor_fit",     "undetermined_background",
                                 "latent_gate",   "empty_control",   "unlikely_bin", "abcd_disagrees"};
constexpr std::array kVerdictKinds = {"no_working_point", "nothing_to_test", "no_excess",   "mild_excess",
                                      "evidence",         "beyond_5_sigma",  "gate_failed", "poor_fit",
                                      "no_fit",           "benchmark_only",  "blind",       "no_category",
                                      "separation_only"};
constexpr std::array kVerdictLevels = {"none", "mild", "excess", "invalid"};

bool is_among(std::span<const char* const> words, std::string_view word) {
  return std::ranges::find(words, word, [](const char* known) { return std::string_view(known); }) != words.end();
}

bool is_as_truth(const AucSummary& auc, const AucSummary& idealized) {
  return auc.n > 0 && auc.mean <= idealized.mean + idealized.spread;
}

}  // namespace

bool is_bound(double global_p_value, std::size_t n_toys) {
  return n_toys > 0 && global_p_value * (static_cast<double>(n_toys) + 1) < 1.5;
}

bool Judgement::has(Caveat caveat) const { return std::ranges::find(caveats, caveat) != caveats.end(); }

Judgement judge_abcd(double z, bool has_prediction, bool has_empty_control, bool gate_failed) {
  Judgement judgement{.is_quotable = std::isfinite(z) && !gate_failed};
  if (gate_failed) {
    judgement.caveats.push_back(Caveat::kLatentGate);
  }
  if (!has_prediction) {
    judgement.caveats.push_back(Caveat::kNoPrediction);
  } else if (!std::isfinite(z)) {
    judgement.caveats.push_back(Caveat::kNothingToTest);
  } else if (has_empty_control) {
    judgement.caveats.push_back(Caveat::kEmptyControl);
  }
  return judgement;
}

Judgement judge_bump(double z, double goodness_of_fit, bool has_unlikely_bin, double predicted_error, double observed) {
  const bool is_poor = goodness_of_fit < kSmallestGoodness;
  Judgement judgement{.is_quotable = std::isfinite(z) && !is_poor && !has_unlikely_bin};
  if (!std::isfinite(z)) {
    judgement.caveats.push_back(Caveat::kNoPrediction);
  }
  if (is_poor) {
    judgement.caveats.push_back(Caveat::kPoorFit);
  }
  if (has_unlikely_bin) {
    judgement.caveats.push_back(Caveat::kUnlikelyBin);
  }
  if (!(predicted_error <= std::max(1.0, observed))) {
    judgement.caveats.push_back(Caveat::kUndeterminedBackground);
  }
  return judgement;
}

Judgement judge_template_count(double z, double z_of_abcd) {
  Judgement judgement{.is_quotable = std::isfinite(z)};
  if (!std::isfinite(z)) {
    judgement.caveats.push_back(Caveat::kNothingToTest);
  }
  if (std::isfinite(z) && std::isfinite(z_of_abcd) && std::abs(z - z_of_abcd) > kSameZ) {
    judgement.caveats.push_back(Caveat::kAbcdDisagrees);
  }
  return judgement;
}

Judgement judge_categories(double z, double goodness_of_fit, bool has_unlikely_bin) {
  const bool is_poor = !(goodness_of_fit >= kSmallestGoodness);
  Judgement judgement{.is_quotable = std::isfinite(z) && !is_poor && !has_unlikely_bin};
  if (!std::isfinite(z)) {
    judgement.caveats.push_back(Caveat::kNothingToTest);
  }
  if (is_poor) {
    judgement.caveats.push_back(Caveat::kPoorFit);
  }
  if (has_unlikely_bin) {
    judgement.caveats.push_back(Caveat::kUnlikelyBin);
  }
  return judgement;
}

AucSummary summarise_auc(std::span<const double> auc) {
  AucSummary summary{.n = auc.size(), .mean = std::numeric_limits<double>::quiet_NaN()};
  if (auc.empty()) {
    return summary;
  }
  const auto n = static_cast<double>(auc.size());
  summary.mean = std::accumulate(auc.begin(), auc.end(), 0.0) / n;
  double squares = 0;
  for (const double value : auc) {
    squares += (value - summary.mean) * (value - summary.mean);
  }
  summary.spread = auc.size() > 1 ? std::sqrt(squares / (n - 1)) : 0;
  summary.lowest = *std::ranges::min_element(auc);
  summary.highest = *std::ranges::max_element(auc);
  return summary;
}

ClosureJudgement judge_closure(const std::string& region, const AucSummary& method, const AucSummary& idealized,
                               const AucSummary& simulation) {
  ClosureJudgement judgement{.region = region, .simulation_is_as_truth = is_as_truth(simulation, idealized)};
  if (method.n == 0 || idealized.n == 0) {
    return judgement;
  }
  if (is_as_truth(method, idealized)) {
    judgement.level = ClosureLevel::kAsTruth;
  } else {
    const bool is_better = simulation.n > 0 && method.mean < simulation.mean;
    judgement.level = is_better ? ClosureLevel::kBetterThanSimulation : ClosureLevel::kFails;
  }
  return judgement;
}

std::vector<ClosureJudgement> judge_closures(const std::string& title, const AucLookup& auc_of) {
  std::vector<ClosureJudgement> closures;
  for (const char* region : {"control region", "signal region"}) {
    closures.push_back(
        judge_closure(region, auc_of(region, title), auc_of(region, "idealized"), auc_of(region, "simulation")));
  }
  return closures;
}

// A bump hunt rests on the sidebands of the spectrum after the cut, whatever the flow does.
bool falls_with_gate(EvidenceKind kind) { return kind == EvidenceKind::kAbcd; }

double z_after_choice(double z, std::size_t n_settings) {
  const double p = 0.5 * std::erfc(z / std::numbers::sqrt2);
  const bool is_beyond_numbers = p == 0;  // from 38 standard deviations on
  if (n_settings <= 1 || !std::isfinite(z) || p >= 0.5 || is_beyond_numbers) {
    return z;
  }
  return stats::to_significance({std::min(0.5, static_cast<double>(n_settings) * p)}).z;
}

Verdict judge_search(const VerdictFacts& all_facts) {
  VerdictFacts facts = all_facts;
  for (double& z : facts.z) {
    z = z_after_choice(z, facts.n_settings);
  }
  Verdict verdict = facts.is_blind    ? of_blind_search(facts)
                    : facts.z.empty() ? without_working_points(facts)
                                      : of_working_points(facts);
  verdict.closure = facts.closure;
  if (facts.n_settings > 1 && verdict.working_point) {
    verdict.choice = AfterChoice{facts.n_settings, facts.z[*verdict.working_point]};
  }
  return verdict;
}

bool is_caveat(std::string_view word) { return is_among(kCaveats, word); }

bool is_verdict_kind(std::string_view word) { return is_among(kVerdictKinds, word); }

bool is_verdict_level(std::string_view word) { return is_among(kVerdictLevels, word); }

const char* to_string(Caveat caveat) { return kCaveats.at(static_cast<std::size_t>(caveat)); }

const char* to_string(ClosureLevel level) {
  constexpr std::array kWords = {"untested", "as_truth", "better_than_simulation", "fails"};
  return kWords.at(static_cast<std::size_t>(level));
}

const char* to_string(VerdictKind kind) { return kVerdictKinds.at(static_cast<std::size_t>(kind)); }

const char* to_string(VerdictLevel level) { return kVerdictLevels.at(static_cast<std::size_t>(level)); }

const char* to_string(EvidenceKind kind) { return kEvidenceNames.at(static_cast<std::size_t>(kind)); }

}  // namespace eddy::search
