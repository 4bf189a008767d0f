#pragma once
// What a chain that was tried without signal says of its own prediction: plain values.

#include <eddy/search/sample.hpp>
#include <eddy/stats/mass_histogram.hpp>
#include <eddy/stats/shared_shift.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace eddy::search {

/// What a background prediction is multiplied by, and what it is charged for that: truth = factor * predicted *
/// exp(error * N(0, 1)).
struct Correction {
  double factor = 1;
  double error = 0;
  /// Of a fit for a signal: standard deviation of what it finds where there is none, relative to the background of the
  /// signal region and in the shape of the signal (the spurious signal).
  double spurious = 0;
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
  Correction experiments = {};         ///< what they say; none where nothing is known
  /// How far the windows are off beyond that, relative to it; nothing where none has a prediction.
  std::optional<stats::SharedShift> windows = {};
  /// What a fit for a signal finds in the windows once that is corrected, relative to the background there; likewise.
  std::optional<stats::SharedShift> spurious = {};
  Correction correction = {};  ///< that of the search: of the experiments, and of what windows add
};

/// One cut in a window.
struct WindowCut {
  double efficiency = 1;
  double observed = 0;                 ///< events that pass in the window
  double predicted = 0;                ///< by the rest of the spectrum, without the signal region
  double predicted_error = 0;          ///< of the fit
  stats::MassHistogram spectrum = {};  ///< what passes the cut, without the signal region
  std::vector<bool> closed = {};       ///< its bins that touch the signal region, shape (n_bins)
  std::int64_t order = 0;              ///< of the background shape, as in [bump_hunt]
};

/// A place beside the signal region where the chain was tried as if it was that.
struct ValidationWindow {
  double low = 0;
  double high = 0;
  std::vector<WindowCut> cuts = {};  ///< those with a prediction
  std::string failure = {};          ///< why there is nothing else; empty: there is
};

/// All of them.
struct TriedWindows {
  Quantity axis = {};                    ///< along which they lie
  stats::MassWindow signal_region = {};  ///< where that lies
  std::vector<ValidationWindow> windows = {};
  std::string none = {};  ///< a sentence for a search that has none
};

struct Validation {
  std::string source;  ///< where the events of the experiments come from
  std::size_t n_experiments = 0;
  std::size_t n_failed = 0;  ///< of these: no result at all
  FreshFactors fresh = {};   ///< what is judged
  std::vector<ValidatedCut> cuts = {};
  TriedWindows tried = {};
  std::vector<std::string> warnings = {};
};

}  // namespace eddy::search
