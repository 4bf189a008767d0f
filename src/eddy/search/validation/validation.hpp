#pragma once
// What a chain that was tried without signal says of its own prediction: plain values.

#include <cstddef>
#include <string>
#include <vector>

namespace eddy::search {

/// What a background prediction is multiplied by, and what it is charged for that: truth = factor * predicted *
/// exp(error * N(0, 1)).
struct Correction {
  double factor = 1;
  double error = 0;
};

/// Fresh events per event of the data, outside the signal region and in it.
struct FreshFactors {
  double beside = 1;
  double inside = 1;
};

/// One cut in all experiments. The counts are those of many fresh events, on a scale that all experiments share.
struct ValidatedCut {
  double efficiency = 1;
  std::vector<double> observed = {};   ///< background that passes in the signal region
  std::vector<double> predicted = {};  ///< what the chain expected; NaN where it has no prediction
  bool is_known = false;               ///< two experiments or more have a prediction
  Correction correction = {};          ///< that of the search; none where nothing is known
};

struct Validation {
  std::string source;  ///< where the events of the experiments come from
  std::size_t n_experiments = 0;
  std::size_t n_failed = 0;  ///< of these: no result at all
  FreshFactors fresh = {};   ///< what is judged
  std::vector<ValidatedCut> cuts = {};
  std::vector<std::string> warnings = {};
};

}  // namespace eddy::search
