#include <eddy/classify/boosting_loss.hpp>
#include <eddy/net/logistic.hpp>
#include <eddy/net/panels.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>

namespace eddy::classify {
namespace {

constexpr std::size_t kBlock = 128 * net::kPanel;  // seven arrays of a block stay in the second-level cache
constexpr std::size_t kSums = 8;                   // independent sums, so that none waits for the one before
// Curvature of an event of weight 1 that is surely right or wrong, as in XGBoost: a leaf of such events stays finite.
constexpr float kLeastCurvature = 1e-16F;
constexpr float kLeastWeight = 1e-30F;  // keeps 0 / 0 out

using Lanes = std::array<double, kSums>;

double total(const Lanes& lanes) {
  double sum = 0;
  for (const double lane : lanes) {
    sum += lane;
  }
  return sum;
}

/// Adds `value` to the sum over training or validation events. n is a multiple of kSums.
BoostingLoss::Means sum_parts(std::size_t n, const float* value, const float* in_training) {
  Lanes train{};
  Lanes validation{};
  for (std::size_t i = 0; i < n; i += kSums) {
    for (std::size_t lane = 0; lane < kSums; ++lane) {
      const float of_training = in_training[i + lane] * value[i + lane];
      train[lane] += of_training;
      validation[lane] += value[i + lane] - of_training;
    }
  }
  return {total(train), total(validation)};
}

/// From derivatives of all events to those of the training events. w p (1 - p) follows from w |p - label|.
void derive(std::size_t n, const float* weight, const float* in_training, float* gradient, float* curvature) {
  for (std::size_t i = 0; i < n; ++i) {
    const float error = std::abs(gradient[i]);
    const float bend = error - error * error / std::max(weight[i], kLeastWeight);
    curvature[i] = in_training[i] * std::max(bend, kLeastCurvature * weight[i]);
    gradient[i] *= in_training[i];
  }
}

}  // namespace

BoostingLoss::BoostingLoss(std::span<const std::uint8_t> label, const WeightedSplit& split)
    : logit_(kBlock), loss_(kBlock), n_events_(label.size()) {
  assert(split.weight.size() == n_events_ && split.is_validation.size() == n_events_);
  const std::size_t n_padded = net::round_up(n_events_, net::kPanel);
  for (net::AlignedVector<float>* values : {&target_, &weight_, &in_training_, &gradient_, &curvature_}) {
    values->resize(n_padded);
  }
  std::ranges::copy(label, target_.begin());
  std::ranges::copy(split.weight, weight_.begin());
  std::ranges::transform(split.is_validation, in_training_.begin(), [](auto flag) { return flag == 0 ? 1.0F : 0.0F; });
  sum_weights_ = sum_parts(n_padded, weight_.data(), in_training_.data());
}

void BoostingLoss::evaluate_block(std::span<const float> log_odds, std::size_t first) {
  const std::size_t n = std::min(kBlock, target_.size() - first);
  std::ranges::copy(log_odds.subspan(first, std::min(n, n_events_ - first)), logit_.begin());
  net::logistic_loss(n, logit_.data(), target_.data() + first, weight_.data() + first, loss_.data(),
                     gradient_.data() + first);
  const Means sums = sum_parts(n, loss_.data(), in_training_.data() + first);
  sums_.train += sums.train;
  sums_.validation += sums.validation;
  derive(n, weight_.data() + first, in_training_.data() + first, gradient_.data() + first, curvature_.data() + first);
}

BoostingLoss::Means BoostingLoss::evaluate(std::span<const float> log_odds) {
  assert(log_odds.size() == n_events_);
  sums_ = {};
  for (std::size_t first = 0; first < target_.size(); first += kBlock) {
    evaluate_block(log_odds, first);
  }
  return {sums_.train / sum_weights_.train, sums_.validation / sum_weights_.validation};
}

}  // namespace eddy::classify
