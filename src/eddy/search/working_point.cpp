#include <eddy/search/working_point.hpp>

namespace eddy::search {

WorkingPoint cut_at(std::span<const ScoreCalibration> calibrations, double efficiency) {
  WorkingPoint point{.efficiency = efficiency,
                     .realised_efficiency = realised_cut(calibrations, efficiency).efficiency};
  for (const ScoreCalibration& calibration : calibrations) {
    point.thresholds.push_back(calibration.threshold(efficiency));
  }
  return point;
}

void count_truth(const ScoredSample& data, WorkingPoint& point) {
  if (data.truth.empty()) {
    return;
  }
  double background = 0;
  double signal = 0;
  for (std::size_t i = 0; i < data.truth.size(); ++i) {
    if (data.in_signal_region[i] != 0 && data.background_efficiency[i] <= static_cast<float>(point.efficiency)) {
      (data.truth[i] != 0 ? signal : background) += 1;
    }
  }
  point.true_background = background;
  point.true_signal = signal;
}

}  // namespace eddy::search
