#pragma once
// What a search with extrapolated background (Reweight, Generate, Morph) found: plain values, no behaviour.

#include <eddy/search/conrad/conrad_output.hpp>
#include <eddy/stats/counting.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace eddy::search {

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

/// The number of background events that pass a cut, from the constructed background.
struct TemplatePrediction {
  double predicted = 0;
  double statistical_error = 0;    ///< of the weighted simulated events; where none passes, that of an empty count
  double model_error = 0;          ///< standard deviation between the background models
  double closure = 1;              ///< predicted / observed at the same cut in the control region
  double closure_error = 0;        ///< relative: |closure - 1|, or how well that is known
  double extrapolation_error = 0;  ///< relative, as configured
  double error = 0;                ///< all together
};

/// One cut on the anomaly score.
struct ExtrapolationWorkingPoint {
  double efficiency = 0;                ///< fraction of the constructed background that passes
  double realised_efficiency = 0;       ///< the same as it is: more than nominal where ties are kept whole
  std::vector<double> thresholds = {};  ///< R_c of each fold
  double observed = 0;                  ///< signal-region data events that pass
  TemplatePrediction prediction = {};
  stats::CountingResult counting = {};
  double s_over_sqrt_b = 0;
  WorkingPoint abcd = {};  ///< the alternative: control region and failing events, with the non-independence of score
                           ///< and region taken from the constructed background
  std::optional<double> true_background = {};  ///< labelled background events among the observed
  std::optional<double> true_signal = {};
};

/// Everything a search with extrapolated background found.
struct ExtrapolationOutput : SearchOutput {
  std::string stage;  ///< "cr": blind; "sr"
  std::size_t n_models = 0;
  std::vector<WeightSummary> weights;
  std::vector<ClosureTest> closure_tests;
  std::vector<RegionComparison> regions;
  std::vector<ClosureCurve> closure;  ///< predicted / true background against efficiency, in both regions
  std::vector<ExtrapolationWorkingPoint> working_points;  ///< empty when blind
};

}  // namespace eddy::search
