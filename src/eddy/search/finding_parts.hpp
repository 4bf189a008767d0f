#pragma once
// What searches find beside their working points: plain values, no behaviour. A part that a method does not have stays
// empty.

#include <eddy/base/matrix.hpp>
#include <eddy/classify/roc.hpp>
#include <eddy/search/sample.hpp>
#include <eddy/stats/mass_histogram.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace eddy::search {

/// A quantity over retrainings at one efficiency: its median and the central 68 %.
struct MedianBand {
  double efficiency = 0;
  double median = 0;
  double low = 0;
  double high = 0;
};

/// What one retraining alone reaches.
struct RetrainingQuality {
  double auc = 0.5;
  classify::SicSummary sic;
};

/// How well a score separates labelled signal from background.
struct Evaluation {
  std::string name;  ///< "CONRAD", "LaCATHODE", "supervised", "idealized (x)", ...
  double auc = 0.5;
  classify::SicSummary sic;
  std::vector<classify::RocPoint> curve;  ///< thinned
  std::vector<RetrainingQuality> retrainings =
      {};                             ///< each alone; empty where the method has no independent retrainings
  std::vector<MedianBand> band = {};  ///< SIC over retrainings against background efficiency
};

/// Loss of one flow or network per epoch.
struct TrainingCurve {
  std::string name;
  std::vector<double> train;
  std::vector<double> validation;
  std::size_t best_epoch = 0;  ///< 0-based
};

/// Is the latent of held-out template events N(0, 1)? A classifier that can tell means that the flow is not good
/// enough.
struct LatentGate {
  double auc = 0.5;
  double auc_error = 0;  ///< statistical
  double limit = 0.507;  ///< largest AUC that counts as valid
  bool passed = true;
};

/// r = predicted / true background against background efficiency (CONRAD fig. 4).
struct ClosurePoint {
  double efficiency = 0;
  double predicted = 0;
  double observed = 0;  ///< background events in A
  double ratio = 1;
  double ratio_error = 0;     ///< Poisson errors of B, C, D propagated
  double observed_error = 0;  ///< relative Poisson error of the background count in A: the band around 1
};
struct ClosureCurve {
  std::string name;  ///< "background in data (truth)", "held-out template"
  std::vector<ClosurePoint> points;
};

/// How far cuts on the scores of one detector change the mass spectrum of the background (LaCATHODE eq. 5): chi2/ndof
/// between the spectra before and after the cut, over retrainings. The efficiency is that in the signal region.
struct SculptingCurve {
  std::string name;  ///< "LaCATHODE", "idealized (x)", ...; as in Evaluation
  std::vector<MedianBand> points;
};

/// A share of some events by a density, and its central 68.3 % interval by likelihood ratio, within 0 and 1.
struct EventShare {
  double fraction = 0;
  double low = 0;
  double high = 1;
  std::size_t n_events = 0;  ///< of which it is a share
};

/// How much of the signal region a density of the signal, learned beside that of the background, says to be signal
/// (R-ANODE, 2312.11629). An estimate of the method, and no evidence: both densities are taken to be exact.
struct SignalFraction {
  EventShare signal_region = {};
  /// Of the sidebands within half a window of it, where there should be none: what the density of the background lacks.
  /// Nothing where there are too few events to tell.
  std::optional<EventShare> beside = {};
  std::optional<double> truth = {};  ///< the labelled fraction in the signal region; nothing without labels
};

/// ARGOS at one cut: eps_data / sqrt(eps) - sqrt(eps), which is eps_signal / sqrt(eps) times the fraction of signal
/// where the template is what the background is (2511.14832).
struct ArgosPoint {
  double efficiency = 1;  ///< eps: of the template
  double passing = 1;     ///< eps_data: of the data in the signal region
  double value = 0;
  double error = 0;  ///< statistical, of data and template
};

/// How good the score is, by the data and a template of the background alone: no label enters. It orders scores of the
/// same data; what the template gets wrong enters as signal would.
struct Argos {
  std::string reference = {};          ///< what the template is: "samples of the sideband density"
  std::size_t n_data = 0;              ///< events in the signal region
  double n_template = 0;               ///< effective number
  std::vector<ArgosPoint> curve = {};  ///< loose to tight; empty without events
  ArgosPoint best = {};                ///< the largest
  double chance_median = 0;            ///< of the largest, were the data like the template
  double chance_95 = 0;                ///< 95 % of the largest are below, likewise
};

/// chi2/ndof of all kinds of cuts on the same events.
struct Sculpting {
  std::string events;  ///< which events: "background in data (truth)" or "data"
  std::size_t n_events = 0;
  std::size_t n_bins = 0;
  std::vector<SculptingCurve> curves;      ///< the method first
  std::vector<MedianBand> random_subsets;  ///< of 100 random subsets of the same size
};

/// Mass spectrum of the events of Sculpting::events that pass a cut on one detector's score.
struct Spectrum {
  std::string name;       ///< "all", or as in Evaluation
  double efficiency = 1;  ///< in the signal region; 1: no cut
  stats::MassHistogram histogram;
};

/// What the background in the closed signal region lets one expect, without a cut: a cut needs a score, and a score the
/// events there.
struct Expectation {
  std::string source;           ///< where the background comes from: "sidebands", "constructed background"
  double background = 0;        ///< events
  double background_error = 0;  ///< all together
  double signal_3_sigma = 0;    ///< events of signal with a median significance of 3 (stats::asimov_significance)
  double signal_5_sigma = 0;
  std::array<double, 5> expected_limit = {};  ///< on the signal, 95 %: counts of background alone at -2 ... 2 sigma
};

/// Event weights of the constructed background of one region, all models together.
struct WeightSummary {
  std::string region;    ///< "control region", "signal region"
  std::string kind;      ///< "w(m)" or "w(x, m)"
  std::size_t n = 0;     ///< events
  double mean = 0;       ///< data events per simulated event
  double largest = 0;    ///< over the mean
  double effective = 0;  ///< effective sample size (sum w)^2 / sum w^2, of one model
  std::size_t n_clipped = 0;
  std::size_t n_at_edge = 0;  ///< events with a feature at the edge of the simulation's range, where flows are cut
};

/// Can a classifier tell constructed background from true background (2311.12924, fig. 5)? Trained and evaluated on
/// different halves of events that no other training has seen, with the weights applied.
struct ClosureTest {
  std::string region;             ///< "control region", "signal region"
  std::string name;               ///< "Reweight", ..., "idealized" (two true samples), "simulation" (as it is)
  std::size_t n_true = 0;         ///< events per run
  std::size_t n_constructed = 0;  ///< events per run
  std::vector<double> auc;        ///< of each run: another classifier, and another model where there are several
  std::vector<MedianBand> sic;    ///< true events as signal, constructed as background; over runs
};

/// Events of one region as the method constructs them, beside true and simulated ones. Columns: features, then context.
struct RegionComparison {
  std::string region;
  std::string true_name;    ///< "data", "background in data (truth)"
  base::Matrix truth = {};  ///< what the constructed events should look like
  base::Matrix constructed = {};
  std::vector<float> weight = {};             ///< of the constructed events; sums to the expected number of true events
  std::vector<std::size_t> source = {};       ///< simulated event behind each; events of one source fluctuate together
  base::Matrix simulation = {};               ///< as it is
  std::vector<float> simulation_weight = {};  ///< of these events; empty: 1 each
};

/// Background events that are expected to pass a cut, of one origin; columns as in SelectedEvents.
struct ExpectedEvents {
  base::Matrix columns = {};
  std::vector<float> weight = {};        ///< sums to the part of the prediction that they stand for
  std::vector<std::size_t> source = {};  ///< events of one source fluctuate together
};

/// What passes one cut in the signal region, beside the background that is expected to.
struct SelectedEvents {
  std::size_t working_point = 0;  ///< the cut: its position among the working points
  double predicted = 0;           ///< background events, corrected where it was
  double predicted_error = 0;
  std::string background;                ///< what shows it: "template", "constructed background", "sidebands"
  base::Matrix columns = {};             ///< of the data that pass: features, then contexts, if these are compared
  std::vector<std::uint8_t> truth = {};  ///< of the same events; empty without labels
  std::vector<ExpectedEvents> expected = {};
};

/// What an excess looks like: a description, and no evidence.
struct Anomaly {
  std::optional<SelectedEvents> selected = {};  ///< nothing where no cut has events and a prediction
  ScoredSample most_signal_like = {};           ///< events of the signal region, the most signal-like first
};

/// The bump hunt in all events, each weighted by its likelihood ratio in place of a cut: a cross-check, which nothing
/// calibrates, and no evidence of a working point. Sums are of weights.
struct WeightedSpectrum {
  std::vector<double> edges;       ///< (n_bins + 1), the fit range
  std::vector<double> sums;        ///< (n_bins)
  std::vector<double> variance;    ///< (n_bins): sums of squared weights
  std::vector<double> background;  ///< (n_bins): fit of background alone
  std::vector<double> fitted;      ///< (n_bins): fit of background and signal
  double event_weight = 1;         ///< of one equivalent event of the sidebands: sum w^2 / sum w
  double n_effective = 0;          ///< (sum w)^2 / sum w^2 of the signal region
  double strength = 0;             ///< fitted signal
  double strength_error = 0;
  double p_value = 0.5;  ///< local, one-sided
  double z = 0;
  double goodness_of_fit = 1;  ///< of the background shape in the sidebands
};

/// Events of one kind in the space of losses.
struct LossSample {
  std::string name;                  ///< "data", "background", or as [[prior]] and [[evaluate]] are named
  std::vector<std::uint64_t> index;  ///< rows in the file, of copies that of the first: what halves are made from
  base::Matrix loss;                 ///< (n_events, n_losses): that of the background network, then of each prior
  std::vector<float> mass;           ///< empty where no mass is configured
  std::vector<float> weight = {};    ///< what each event counts; empty: 1 each
};

/// How well labelled signal is told from held-out background by one score.
struct Separation {
  std::string signal;  ///< as [[evaluate]] is named
  Evaluation evaluation;
  double rejection_30 = 0;  ///< 1 / background efficiency at a signal efficiency of 30 %; 0 where too few events pass
  double rejection_50 = 0;
};

}  // namespace eddy::search
