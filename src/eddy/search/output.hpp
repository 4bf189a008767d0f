#pragma once
// What a search hands to the report and to result.json: plain values, no behaviour.

#include <eddy/base/artefact.hpp>
#include <eddy/base/matrix.hpp>
#include <eddy/classify/roc.hpp>
#include <eddy/stats/abcd.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace eddy::search {

/// A named quantity with its unit, for axis labels.
struct Quantity {
  std::string name;
  std::string unit;
};

/// Events of one kind as the figures need them; all members have one entry (row) per event, or are empty.
struct Sample {
  std::string name;                            ///< "data", "template", "signal"
  base::Matrix x;                              ///< features, physical units
  std::vector<float> context;                  ///< the tail variable, physical units
  std::vector<std::uint8_t> in_signal_region;  ///< 1 above M_c
  base::Matrix latent;       ///< z = f(x; M) of one flow; of a flow that never saw the event where it is template
  std::vector<float> score;  ///< mean classifier output in (0, 1)
  std::vector<float>
      background_efficiency;        ///< fraction of template events that score at least as high, in the event's fold:
                                    ///< a working point at efficiency e keeps the events with a value <= e
  std::vector<std::uint8_t> truth;  ///< 1 = signal; empty without labels
};

/// One working point of the search (DESIGN.md, result.json).
struct WorkingPoint {
  double efficiency = 0;           ///< nominal background efficiency
  std::vector<double> thresholds;  ///< R_c of each fold
  stats::AbcdCounts counts;
  stats::AbcdPrediction prediction;
  double s_over_sqrt_b = 0;
  stats::AbcdModel model;  ///< with the closure systematic
  stats::AbcdFit fit;
  std::optional<double> true_background;  ///< labelled background events in A, where labels exist
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

/// How well a score separates labelled signal from background.
struct Evaluation {
  std::string name;  ///< "CONRAD", "supervised", "idealized (x)", "idealized (z)"
  double auc = 0.5;
  classify::SicSummary sic;
  std::vector<classify::RocPoint> curve;  ///< thinned
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

/// Which file was read and what came out of it.
struct InputRecord {
  std::string role;  ///< "data", "template", "inject", "benchmark background", ...
  std::string file;
  std::string sha256;
  std::size_t n_read = 0;
  std::size_t n_selected = 0;
  std::size_t n_signal_region = 0;
  std::size_t n_control_region = 0;
  std::size_t n_dropped_nonfinite = 0;
  std::vector<std::size_t> n_clipped;  ///< per feature: values outside the range of the scaler
};

/// Everything a CONRAD run found.
struct ConradOutput {
  std::string name;
  std::uint64_t seed = 1;
  std::vector<Quantity> features;
  Quantity context;
  double context_cut = 0;     ///< M_c, smallest context in the signal region (for lines in figures)
  std::string signal_region;  ///< the expression
  std::string selection;
  std::string classifier_space;  ///< "z" or "x_prime"
  std::string reference;         ///< "normal", "template", "control_region"
  std::size_t n_injected = 0;
  std::optional<double> injected_s_over_sqrt_b;  ///< in the signal region of all data
  std::vector<InputRecord> inputs;
  Sample data;
  Sample template_sample;  ///< events that at least one flow never saw (all, with five flows or more)
  Sample signal;           ///< labelled signal that was not injected, for figures and evaluation; empty without labels
  std::vector<WorkingPoint> working_points;
  std::vector<ClosureCurve> closure;
  std::vector<Evaluation> evaluations;  ///< the method first; empty without labels
  std::vector<TrainingCurve> training;
  LatentGate gate;
  std::vector<std::string> warnings;  ///< everything a reader of the result must know
};

}  // namespace eddy::search
