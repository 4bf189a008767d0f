#pragma once
// What null experiments say of a search: plain values.

#include <eddy/stats/null_distribution.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace eddy::search {

/// One cut in all null experiments.
struct CalibratedPoint {
  double efficiency = 1;
  double observed_z = 0;                          ///< of the search; not finite where it has none
  std::vector<double> null_z = {};                ///< of each experiment that has one
  std::size_t n_nothing = 0;                      ///< experiments with nothing to test: below any Z
  std::size_t n_without = 0;                      ///< experiments in which no fit gave a Z
  stats::NullMoments moments = {};                ///< of null_z
  std::optional<stats::CalibratedPValue> p = {};  ///< nothing where experiments or search have no Z
};

struct NullCalibration {
  std::string source;  ///< where the events of the experiments come from
  std::size_t n_experiments = 0;
  std::size_t n_failed = 0;  ///< of these: no result at all
  std::vector<CalibratedPoint> points = {};
  std::optional<CalibratedPoint> best_cut = {};  ///< of spaces of losses: the best of all cuts and masses (method 1)
  /// The smallest of the calibrated p-values over all cuts, times their number (Bonferroni): an upper bound of the
  /// p-value of the search as a whole. Nothing where no cut is calibrated.
  std::optional<double> global_p_value = {};
  std::optional<double> global_z = {};
  std::vector<std::string> warnings = {};
};

}  // namespace eddy::search
