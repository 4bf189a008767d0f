#include <eddy/search/calibration.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace eddy::search {

ScoreCalibration::ScoreCalibration(std::vector<float> reference_scores) : scores_(std::move(reference_scores)) {
  std::ranges::sort(scores_);
}

float ScoreCalibration::efficiency(float score) const {
  const auto n_at_least = scores_.end() - std::ranges::lower_bound(scores_, score);
  return static_cast<float>(static_cast<double>(n_at_least + 1) / static_cast<double>(scores_.size() + 1));
}

float ScoreCalibration::threshold(double efficiency) const {
  // (n_at_least + 1) / (n + 1) <= efficiency
  const double allowed = std::floor(efficiency * static_cast<double>(scores_.size() + 1) - 1);
  if (scores_.empty() || allowed < 1) {
    return scores_.empty() ? 0.0F : std::nextafter(scores_.back(), std::numeric_limits<float>::infinity());
  }
  return scores_[scores_.size() - static_cast<std::size_t>(allowed)];
}

}  // namespace eddy::search
