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
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  // By the same comparison that counts events, so that ties and rounding cannot tell the two apart.
  const auto passes = [&](float score) { return this->efficiency(score) <= static_cast<float>(efficiency); };
  if (!passes(kInfinity)) {
    return kInfinity;
  }
  const auto first = std::ranges::partition_point(scores_, [&](float score) { return !passes(score); });
  return first != scores_.begin() ? std::nextafter(*(first - 1), kInfinity) : -kInfinity;
}

}  // namespace eddy::search
