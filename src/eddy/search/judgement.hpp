#pragma once
// What may be quoted of a search, and what must be said beside it. Made here, once; stored in result.json; reports put
// it in words. Functions of plain numbers, so that results of earlier versions are judged by the same rules.

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace eddy::search {

enum class EvidenceKind;

/// Goodness of fit below which a background shape does not describe the data, and no number of it may be quoted.
inline constexpr double kSmallestGoodness = 0.01;

/// Whether a global p-value, (k + 1) / (n + 1) for k of n toys, is only known to be small: no toy reached the data.
/// False without toys.
[[nodiscard]] bool is_bound(double global_p_value, std::size_t n_toys);

/// What a reader of a working point must know.
enum class Caveat {
  kNoPrediction,            ///< the counts allow no prediction, or no fit converged
  kNothingToTest,           ///< nothing is seen and nothing expected
  kPoorFit,                 ///< the background shape does not describe the sidebands (p < 0.01)
  kUndeterminedBackground,  ///< sparse bins leave the background uncertain by more than the counts themselves
  kLatentGate,              ///< the flow's own errors may be what the score finds
  kEmptyControl,            ///< region B or C is empty: the background is 0, and its error that of an empty count
  kUnlikelyBin,             ///< a bin lacks events that the fit is sure of, as where a selection vetoes them
  kAbcdDisagrees,           ///< the other estimate of the background gives a Z that differs by more than one
};

struct Judgement {
  bool is_quotable = true;
  std::vector<Caveat> caveats = {};
  [[nodiscard]] bool has(Caveat caveat) const;
};

/// `z`: not finite where there is none. `has_prediction`: false where counts allowed none.
[[nodiscard]] Judgement judge_abcd(double z, bool has_prediction, bool has_empty_control, bool gate_failed);
/// `goodness_of_fit`: of the background shape, NaN without a fit.
[[nodiscard]] Judgement judge_bump(double z, double goodness_of_fit, bool has_unlikely_bin, double predicted_error,
                                   double observed);
[[nodiscard]] Judgement judge_template_count(double z, double z_of_abcd);
/// `goodness_of_fit`: of the background beside the largest excess, NaN where it cannot be judged, which is no better
/// than poor.
[[nodiscard]] Judgement judge_categories(double z, double goodness_of_fit, bool has_unlikely_bin);

/// How well constructed background agrees with true background.
enum class ClosureLevel { kUntested, kAsTruth, kBetterThanSimulation, kFails };

/// AUCs of the runs of a closure test.
struct AucSummary {
  std::size_t n = 0;
  double mean = 0;    ///< NaN without runs
  double spread = 0;  ///< standard deviation between runs; 0 for one
  double lowest = 0;
  double highest = 0;
};
[[nodiscard]] AucSummary summarise_auc(std::span<const double> auc);

/// Closure in one region: classifiers tell constructed from true background as little as two true samples from each
/// other (within one standard deviation), less than they tell the simulation, or neither.
struct ClosureJudgement {
  std::string region;
  ClosureLevel level = ClosureLevel::kUntested;
  bool simulation_is_as_truth = false;  ///< then there are too few events to see what the method corrects
};
[[nodiscard]] ClosureJudgement judge_closure(const std::string& region, const AucSummary& method,
                                             const AucSummary& idealized, const AucSummary& simulation);

/// AUCs of the closure test of this name in this region.
using AucLookup = std::function<AucSummary(const std::string& region, const std::string& name)>;
/// Closure in both regions, the control region first; `title` is what the method is called in its tests.
[[nodiscard]] std::vector<ClosureJudgement> judge_closures(const std::string& title, const AucLookup& auc_of);

/// Whether no number of this kind of evidence stands where the latent gate failed.
[[nodiscard]] bool falls_with_gate(EvidenceKind kind);

/// What the search as a whole says.
enum class VerdictKind {
  kNoWorkingPoint,
  kNothingToTest,
  kNoExcess,
  kMildExcess,  ///< Z >= 2
  kEvidence,    ///< Z >= 3
  kBeyondFiveSigma,
  kGateFailed,  ///< no number may be quoted
  kPoorFit,     ///< no background fit is good enough for a number
  kNoFit,
  kBenchmarkOnly,  ///< data without sidebands
  kBlind,          ///< the signal region is closed
  kNoCategory,
  kSeparationOnly,  ///< no mass is configured
};

/// How loud it is said.
enum class VerdictLevel { kNone, kMild, kExcess, kInvalid };

/// What is left of the Z of the working point that decides, its settings having been chosen by the same data.
struct AfterChoice {
  std::size_t n_settings = 1;
  double z = 0;
};

/// Of the same data by `n_settings` settings: p-values times their number (Bonferroni), of which none is less likely by
/// chance than that. At 1/2 and above there is no excess that could be too large, and nothing is changed.
[[nodiscard]] double z_after_choice(double z, std::size_t n_settings);

struct Verdict {
  VerdictKind kind = VerdictKind::kNoWorkingPoint;
  VerdictLevel level = VerdictLevel::kNone;
  std::optional<std::size_t> working_point = {};  ///< the most significant that counts
  std::vector<ClosureJudgement> closure = {};     ///< of extrapolated background
  std::optional<AfterChoice> choice = {};         ///< nothing where the settings were not chosen by the data
};

/// What a verdict is made from.
struct VerdictFacts {
  EvidenceKind evidence = {};
  bool is_blind = false;
  bool gate_failed = false;    ///< and no number stands without the gate
  bool has_mass = true;        ///< of spaces of losses
  std::size_t n_settings = 1;  ///< among which these were chosen by the same data
  std::vector<double> z = {};  ///< of each working point; not finite where there is none
  std::vector<Judgement> judgements = {};
  std::vector<ClosureJudgement> closure = {};  ///< the control region first
};
[[nodiscard]] Verdict judge_search(const VerdictFacts& facts);

/// Whether result.json may have this word there.
[[nodiscard]] bool is_caveat(std::string_view word);
[[nodiscard]] bool is_verdict_kind(std::string_view word);
[[nodiscard]] bool is_verdict_level(std::string_view word);
/// Words of result.json: "poor_fit", "as_truth", "evidence", "mild".
[[nodiscard]] const char* to_string(Caveat caveat);
[[nodiscard]] const char* to_string(ClosureLevel level);
[[nodiscard]] const char* to_string(VerdictKind kind);
[[nodiscard]] const char* to_string(VerdictLevel level);

}  // namespace eddy::search
