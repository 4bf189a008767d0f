#include <eddy/search/calibration.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace eddy::search {

ScoreCalibration::ScoreCalibration(std::vector<float> reference_scores) : scores_(std::move(reference_scores)) {
  std::ranges::sort(scores_);
}

ScoreCalibration::ScoreCalibration(std::vector<float> reference_scores, std::vector<float> weights) {
  const std::size_t n = reference_scores.size();
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return reference_scores[i]; });
  double sum = 0;
  for (const std::size_t i : order) {
    scores_.push_back(reference_scores[i]);
    weights_.push_back(weights[i]);
    sum += weights[i];
  }
  n_at_least_.resize(n + 1);
  for (std::size_t i = n; i-- > 0;) {
    n_at_least_[i] = n_at_least_[i + 1] + weights_[i] / sum * static_cast<double>(n);
  }
}

float ScoreCalibration::efficiency(float score) const {
  const auto at = std::ranges::lower_bound(scores_, score);
  const double n_at_least = weights_.empty() ? static_cast<double>(scores_.end() - at)
                                             : n_at_least_[static_cast<std::size_t>(at - scores_.begin())];
  return static_cast<float>((n_at_least + 1) / static_cast<double>(scores_.size() + 1));
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

std::vector<ScoreCalibration> calibrate_by_fold(std::span<const float> scores,
                                                std::span<const std::uint8_t> is_reference,
                                                std::span<const std::uint8_t> fold, std::size_t n_folds) {
  std::vector<std::vector<float>> reference(n_folds);
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (is_reference[i] != 0) {
      reference[fold[i]].push_back(scores[i]);
    }
  }
  std::vector<ScoreCalibration> calibrations;
  for (std::vector<float>& of_fold : reference) {
    calibrations.emplace_back(std::move(of_fold));
  }
  return calibrations;
}

}  // namespace eddy::search
