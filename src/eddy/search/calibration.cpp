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
  if (scores_.empty()) {
    return 0.0F;
  }
  // By the same comparison that counts events, so that ties and rounding cannot tell the two apart.
  const auto first = std::ranges::partition_point(
      scores_, [&](float score) { return this->efficiency(score) > static_cast<float>(efficiency); });
  return first != scores_.end() ? *first : std::nextafter(scores_.back(), std::numeric_limits<float>::infinity());
}

}  // namespace eddy::search
