#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/base/symmetric_matrix.hpp>
#include <eddy/classify/linear_discriminant.hpp>
#include <eddy/classify/training_sample.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

namespace eddy::classify {
namespace {

/// Standardised events with balanced weights.
struct Sample {
  base::MatrixView x;
  std::span<const std::uint8_t> label;
  const std::vector<float>& weight;
};

using ClassMeans = std::array<std::vector<double>, 2>;

void require_both_classes(std::span<const std::uint8_t> label, const std::vector<float>& weight) {
  std::array<std::size_t, 2> counts{};
  for (std::size_t i = 0; i < label.size(); ++i) {
    counts[label[i]] += weight[i] > 0 ? 1 : 0;
  }
  if (counts[0] == 0 || counts[1] == 0) {
    throw base::InputError(fmt::format(
        "the discriminant got {} data and {} reference events of weight above 0, and needs both; loosen the "
        "selection",
        counts[1], counts[0]));
  }
}

ClassMeans means_of(const Sample& sample) {
  ClassMeans means;
  std::array<double, 2> sums{};
  means.fill(std::vector<double>(sample.x.cols));
  for (std::size_t i = 0; i < sample.x.rows; ++i) {
    const std::uint8_t c = sample.label[i];
    sums[c] += sample.weight[i];
    for (std::size_t j = 0; j < sample.x.cols; ++j) {
      means[c][j] += static_cast<double>(sample.weight[i]) * sample.x(i, j);
    }
  }
  for (std::size_t c = 0; c < 2; ++c) {
    std::ranges::transform(means[c], means[c].begin(), [&](double sum) { return sum / sums[c]; });
  }
  return means;
}

/// Mean of the covariances of both classes: their weights have equal sums.
base::SymmetricMatrix pooled_covariance(const Sample& sample, const ClassMeans& means) {
  const std::size_t n = sample.x.cols;
  base::SymmetricMatrix covariance(n);
  std::vector<double> distance(n);
  double sum = 0;
  for (std::size_t i = 0; i < sample.x.rows; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      distance[j] = sample.x(i, j) - means[sample.label[i]][j];
    }
    for (std::size_t j = 0; j < n; ++j) {
      const double weighted = sample.weight[i] * distance[j];
      for (std::size_t k = 0; k <= j; ++k) {
        covariance(j, k) += weighted * distance[k];
      }
    }
    sum += sample.weight[i];
  }
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t k = 0; k <= j; ++k) {
      covariance(j, k) = covariance(k, j) = covariance(j, k) / sum;
    }
  }
  return covariance;
}

void add_ridge(double ridge, base::SymmetricMatrix& covariance) {
  double trace = 0;
  for (std::size_t j = 0; j < covariance.size; ++j) {
    trace += covariance(j, j);
  }
  for (std::size_t j = 0; j < covariance.size; ++j) {
    covariance(j, j) += ridge * trace / static_cast<double>(covariance.size);
  }
}

std::vector<double> direction_of(const base::SymmetricMatrix& covariance, const ClassMeans& means, double ridge) {
  const base::Cholesky decomposition(covariance);
  if (!decomposition.positive_definite()) {
    throw base::NumericError(
        fmt::format("the covariance of the {} features is singular, with a ridge of {}; drop features that are "
                    "functions of others, or raise the ridge",
                    covariance.size, ridge));
  }
  std::vector<double> difference(covariance.size);
  std::ranges::transform(means[1], means[0], difference.begin(), std::minus<>());
  return decomposition.solve(difference);
}

double dot(std::span<const float> row, const std::vector<double>& direction) {
  return std::inner_product(direction.begin(), direction.end(), row.begin(), 0.0);
}

double logistic(double log_odds) { return 1 / (1 + std::exp(-log_odds)); }

/// Log odds = slope * discriminant + offset.
struct Line {
  double slope = 1;
  double offset = 0;
};

/// Cross-entropy of a line, its gradient and its curvature by (slope, offset).
struct LineLoss {
  double value = 0;
  std::array<double, 2> gradient{};
  std::array<double, 3> curvature{};  ///< slope slope, slope offset, offset offset
};

LineLoss loss_of(const Line& line, const Sample& sample, const std::vector<double>& discriminant,
                 const std::array<double, 2>& targets) {
  LineLoss loss;
  for (std::size_t i = 0; i < discriminant.size(); ++i) {
    const double log_odds = line.slope * discriminant[i] + line.offset;
    const double target = targets[sample.label[i]];
    const double p = logistic(log_odds);
    const double w = sample.weight[i];
    loss.value += w * (std::max(log_odds, 0.0) + std::log1p(std::exp(-std::abs(log_odds))) - target * log_odds);
    loss.gradient[0] += w * (p - target) * discriminant[i];
    loss.gradient[1] += w * (p - target);
    loss.curvature[0] += w * p * (1 - p) * discriminant[i] * discriminant[i];
    loss.curvature[1] += w * p * (1 - p) * discriminant[i];
    loss.curvature[2] += w * p * (1 - p);
  }
  return loss;
}

/// Newton's method with halved steps on a convex function; ends where nothing changes any more.
Line calibrate(const Sample& sample, const std::vector<double>& discriminant) {
  constexpr int kSteps = 100;
  constexpr double kSmallestStep = 1e-10;
  const auto n_data = static_cast<double>(std::ranges::count(sample.label, 1));
  const double n_reference = static_cast<double>(sample.label.size()) - n_data;
  const std::array<double, 2> targets = {1 / (n_reference + 2), (n_data + 1) / (n_data + 2)};
  Line line;
  LineLoss loss = loss_of(line, sample, discriminant, targets);
  double fraction = 1;
  for (int step = 0; step < kSteps && fraction > kSmallestStep; ++step) {
    const auto& [ss, so, oo] = loss.curvature;
    const double determinant = ss * oo - so * so;
    if (!(determinant > 0)) {
      break;
    }
    const double slope = (oo * loss.gradient[0] - so * loss.gradient[1]) / determinant;
    const double offset = (ss * loss.gradient[1] - so * loss.gradient[0]) / determinant;
    for (fraction = 1; fraction > kSmallestStep; fraction /= 2) {
      const Line next{line.slope - fraction * slope, line.offset - fraction * offset};
      LineLoss next_loss = loss_of(next, sample, discriminant, targets);
      if (next_loss.value < loss.value) {
        line = next;
        loss = next_loss;
        break;
      }
    }
  }
  return line;
}

}  // namespace

void describe(LinearSettings& s, base::OptionVisitor& visitor) {
  visitor.visit({.key = "ridge",
                 .meaning = "added to the variances of the features, as a fraction of their mean",
                 .minimum = 0,
                 .maximum = 1},
                s.ridge);
}

LinearDiscriminant::LinearDiscriminant(events::Scaler scaler, std::vector<double> direction, double offset)
    : scaler_(std::move(scaler)), direction_(std::move(direction)), offset_(offset) {
  scaler_.require_features(direction_.size());
}

LinearDiscriminant LinearDiscriminant::fit(base::MatrixView x, std::span<const std::uint8_t> label,
                                           std::span<const float> weight, const LinearSettings& settings) {
  require_training_events(x, label, weight);
  const std::vector<float> balanced = balanced_weights(label, weight);
  require_both_classes(label, balanced);
  const events::Scaler scaler = fit_input_scaler(x);
  const base::Matrix inputs = scaler.forward(x);
  const Sample sample{inputs, label, balanced};
  const ClassMeans means = means_of(sample);
  base::SymmetricMatrix covariance = pooled_covariance(sample, means);
  add_ridge(settings.ridge, covariance);
  std::vector<double> direction = direction_of(covariance, means, settings.ridge);
  double middle = 0;
  for (std::size_t j = 0; j < direction.size(); ++j) {
    middle += 0.5 * direction[j] * (means[0][j] + means[1][j]);
  }
  std::vector<double> discriminant(inputs.rows());
  for (std::size_t i = 0; i < discriminant.size(); ++i) {
    discriminant[i] = dot(inputs.row(i), direction) - middle;
  }
  const Line line = calibrate(sample, discriminant);
  std::ranges::transform(direction, direction.begin(), [&](double d) { return line.slope * d; });
  return {scaler, std::move(direction), line.offset - line.slope * middle};
}

std::vector<float> LinearDiscriminant::predict(base::MatrixView x) const {
  if (x.cols != direction_.size()) {
    throw base::InputError(
        fmt::format("a discriminant of {} inputs cannot take {} features; give the columns it was "
                    "fitted on",
                    direction_.size(), x.cols));
  }
  require_finite(x);
  constexpr float kLargest = 1 - std::numeric_limits<float>::epsilon() / 2;
  const base::Matrix inputs = scaler_.forward(x);
  std::vector<float> probability(x.rows);
  for (std::size_t i = 0; i < x.rows; ++i) {
    const auto p = static_cast<float>(logistic(offset_ + dot(inputs.row(i), direction_)));
    probability[i] = std::clamp(p, std::numeric_limits<float>::min(), kLargest);
  }
  return probability;
}

base::Json LinearDiscriminant::to_json() const {
  return {{"scaler", scaler_.to_json()}, {"direction", direction_}, {"offset", offset_}};
}

LinearDiscriminant LinearDiscriminant::from_json(const base::Json& json) {
  return {events::Scaler::from_json(json.at("scaler")), json.at("direction").get<std::vector<double>>(),
          json.at("offset").get<double>()};
}

}  // namespace eddy::classify
