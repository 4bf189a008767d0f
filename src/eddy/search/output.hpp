#pragma once
// What every search hands to the report and to result.json: plain values, no behaviour. conrad_output.hpp and
// resonant_output.hpp add what one family of methods finds.

#include <eddy/base/json_fwd.hpp>
#include <eddy/classify/roc.hpp>
#include <eddy/search/sample.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
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
  std::size_t n_copies = 0;            ///< selected events that equal an earlier one
  std::size_t n_also_in_data = 0;      ///< of other roles: selected events that equal one of the data
  std::vector<std::size_t> n_clipped;  ///< per feature: values outside the range of the scaler
  std::vector<std::pair<std::string, std::string>> units = {};  ///< of the columns that were read and have one
  std::string weight = {};    ///< the column of the weights; empty: every event counts 1
  double sum_of_weights = 0;  ///< of the selected events; with weights alone, as what follows
  double n_effective = 0;     ///< (sum w)^2 / sum w^2
  std::size_t n_negative_weights = 0;
};

/// What all searches hand over.
struct SearchOutput {
  std::string method;  ///< as in the configuration: "conrad", "lacathode", ...
  std::string name;
  std::uint64_t seed = 1;
  std::vector<Quantity> features;
  Quantity context;                ///< the first of them
  std::vector<Quantity> contexts;  ///< all: several in extrapolations
  std::string signal_region;       ///< the expression
  std::string selection;
  std::size_t n_injected = 0;
  std::optional<double> injected_s_over_sqrt_b;  ///< in the signal region of all data
  std::vector<InputRecord> inputs;
  ScoredSample data;
  ScoredSample signal;  ///< labelled signal that was not injected, for figures and evaluation; empty without labels
  std::vector<Evaluation> evaluations;  ///< the method first; empty without labels
  std::vector<TrainingCurve> training;
  std::vector<std::string> warnings;  ///< everything a reader of the result must know
};

}  // namespace eddy::search
