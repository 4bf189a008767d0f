#pragma once
// What came out of a search, of whichever family: what reports, result.json and other programs read.

#include <eddy/search/dequantisation.hpp>
#include <eddy/search/evidence.hpp>
#include <eddy/search/families.hpp>
#include <eddy/search/finding_parts.hpp>
#include <eddy/search/input_record.hpp>
#include <eddy/search/judgement.hpp>
#include <eddy/search/sample.hpp>
#include <eddy/search/validation/null_calibration.hpp>
#include <eddy/search/validation/validation.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace eddy::search {

inline constexpr double kNoNumber = std::numeric_limits<double>::quiet_NaN();

/// Numbers of a cut before the prediction was corrected.
struct RawNumbers {
  double predicted = kNoNumber;
  double predicted_error = kNoNumber;
  double p_value = kNoNumber;
  double z = kNoNumber;
};

/// One cut on the anomaly score (categories: on the losses), what passes it, and what that says. Numbers that do not
/// exist are NaN.
struct WorkingPoint {
  double efficiency = kNoNumber;           ///< nominal: of the background (bumps: of the signal-region data); 1: no cut
  double realised_efficiency = kNoNumber;  ///< the fraction that passes: more than nominal where ties are kept whole
  std::vector<double> thresholds = {};     ///< R_c of each fold; empty without a cut
  double observed = 0;                     ///< events in the signal region that pass
  double predicted = kNoNumber;            ///< background events expected among them
  double predicted_error = kNoNumber;
  double s_over_sqrt_b = kNoNumber;
  double p_value = kNoNumber;  ///< local, one-sided
  double z = kNoNumber;
  double strength = kNoNumber;  ///< fitted signal events, negative for a deficit; where signal is fitted
  double strength_error = kNoNumber;
  double upper_limit = kNoNumber;  ///< signal events, 95 % confidence level
  std::array<double, 5> expected_limit = {kNoNumber, kNoNumber, kNoNumber, kNoNumber, kNoNumber};  ///< -2 ... 2 sigma
  std::optional<double> true_background = {};  ///< labelled background events among the observed, where labels exist
  std::optional<double> true_signal = {};
  std::optional<RawNumbers> raw = {};  ///< before the prediction was corrected; nothing where it was not
  Correction correction = {};          ///< what the prediction was corrected by
  Evidence evidence = {};
  Judgement judgement = {};
};

/// A search in a space of losses (QUAK).
struct LossSpace {
  double signal_width = 0.03;            ///< standard deviation of the signal that is sought, relative to its mass
  std::vector<std::string> losses = {};  ///< "background", then the names of the priors
  LossSample data = {};
  LossSample background = {};                ///< held out
  std::vector<LossSample> priors = {};       ///< held out
  std::vector<LossSample> signals = {};      ///< of [[evaluate]]
  std::optional<CutSearch> cuts = {};        ///< method 1, which is biased; nothing without mass or a fitted cut
  std::vector<Separation> separations = {};  ///< how well the space tells signals from background
};

/// Everything a search found.
struct Finding {
  std::string method;                           ///< as in the configuration: "conrad", "lacathode", ...
  std::string family;                           ///< as the table of families has it: "resonant"
  EvidenceKind evidence = EvidenceKind::kAbcd;  ///< of its working points
  std::string name;
  std::uint64_t seed = 1;
  std::size_t n_settings = 1;  ///< among which these were chosen by the same data
  // What was asked for.
  std::vector<Quantity> features;
  Dequantisation dequantisation;   ///< of the features: those that take steps are spread within them
  Quantity context;                ///< the first of them
  std::vector<Quantity> contexts;  ///< all: several in extrapolations
  std::string signal_region;       ///< the expression
  std::string selection;
  std::size_t n_injected = 0;
  std::optional<double> injected_s_over_sqrt_b;    ///< in the signal region of all data
  bool is_blind = false;                           ///< the signal region is closed: there are no working points
  std::optional<double> context_cut;               ///< M_c, smallest context in the signal region of a tail
  std::optional<stats::MassWindow> signal_window;  ///< smallest and largest mass in a signal region with two sides
  std::string classifier_space;                    ///< "x", "z", "x_prime"; "ratio" for ANODE and R-ANODE
  std::string reference;  ///< what the data were compared with: "normal", "control_region", ...
  std::size_t n_folds = 0;
  std::size_t n_retrainings = 0;  ///< independent flows and classifiers per fold, averaged in the search
  std::size_t n_models = 0;       ///< of an extrapolated background
  std::size_t n_scored = 0;       ///< events of the data that are scored: all, or those of one fold
  std::vector<InputRecord> inputs;
  // Events, for figures and scores.h5.
  ScoredSample data;
  ScoredSample template_sample;  ///< events that at least one flow never saw (all, with five flows or more)
  ScoredSample signal;  ///< labelled signal that was not injected, for figures and evaluation; empty without labels
  // What was found.
  std::vector<WorkingPoint> working_points;
  std::vector<Expectation> expected;  ///< of a blind search, where the background is known without the signal region
  Verdict verdict;
  std::optional<LatentGate> gate;  ///< held-out latents against N(0, 1); where the method has a flow
  std::vector<ClosureCurve> closure;
  std::vector<ClosureTest> closure_tests;
  std::vector<RegionComparison> regions;
  std::vector<WeightSummary> weights;
  std::optional<SignalFraction> signal_fraction;      ///< where the density of the signal is learned
  std::optional<Anomaly> anomaly;                     ///< nothing without a score, and of a blind search
  std::optional<WeightedSpectrum> weighted_spectrum;  ///< of resonant searches with a fit
  std::optional<Argos> argos;                         ///< where a score has a template, and the region is open
  std::optional<Sculpting> sculpting;                 ///< nothing without sidebands
  std::vector<Spectrum> spectra;                      ///< likewise
  std::optional<LossSpace> loss_space;
  std::optional<Validation> validation;        ///< nothing without validation experiments
  std::optional<NullCalibration> calibration;  ///< nothing without null experiments
  std::vector<Evaluation> evaluations;         ///< the method first; empty without labels
  std::vector<TrainingCurve> training;
  std::vector<std::string> warnings;  ///< everything a reader of the result must know
};

/// The evidence of the first working point where it is of this kind; null where there is none.
template <class Kind>
const Kind* evidence_of(const Finding& finding) {
  return finding.working_points.empty() ? nullptr : std::get_if<Kind>(&finding.working_points.front().evidence);
}

/// Fills the judgement of each working point and the verdict.
void judge(Finding& finding);

}  // namespace eddy::search
