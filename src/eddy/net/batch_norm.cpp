#include <eddy/net/batch_norm.hpp>
#include <eddy/net/dense.hpp>

#include <algorithm>
#include <cmath>

namespace eddy::net {
namespace {

constexpr double kEpsilon = 1e-5;

/// Calls f(first number of the row of `feature` in panel p, samples that count there, p).
template <class F>
void for_each_row(std::size_t n_samples, std::size_t n_features, std::size_t feature, const F& f) {
  for (std::size_t p = 0; p < panels_of(n_samples); ++p) {
    f((p * n_features + feature) * kPanel, std::min(kPanel, n_samples - p * kPanel), p);
  }
}

struct Moments {
  double mean = 0;
  double variance = 0;  ///< with 1/N
};

template <class T>
Moments moments_of(const T* x, std::size_t n_samples, std::size_t n_features, std::size_t feature) {
  Moments moments;
  const auto n = static_cast<double>(n_samples);
  for_each_row(n_samples, n_features, feature, [&](std::size_t row, std::size_t n_valid, std::size_t) {
    for (std::size_t s = 0; s < n_valid; ++s) {
      moments.mean += x[row + s] / n;
    }
  });
  for_each_row(n_samples, n_features, feature, [&](std::size_t row, std::size_t n_valid, std::size_t) {
    for (std::size_t s = 0; s < n_valid; ++s) {
      const double distance = x[row + s] - moments.mean;
      moments.variance += distance * distance / n;
    }
  });
  return moments;
}

}  // namespace

void BatchNorm::initialise(std::span<float> parameters) const {
  std::ranges::fill(parameters.first(n_parameters()), 0.0F);
  std::ranges::fill(parameters.subspan(3 * stride_, n_features_), 1.0F);
}

void BatchNorm::fill_mask(std::span<float> mask) const {
  std::ranges::fill(mask.first(n_parameters()), 0.0F);
  std::ranges::fill(mask.first(n_features_), 1.0F);
  std::ranges::fill(mask.subspan(stride_, n_features_), 1.0F);
}

template <class T>
void BatchNorm::forward_training(const T* parameters, std::size_t n_samples, T* x, T* log_jacobian, T* normalised,
                                 T* saved) const {
  for (std::size_t d = 0; d < n_features_; ++d) {
    const Moments moments = moments_of(x, n_samples, n_features_, d);
    const auto mean = static_cast<T>(moments.mean);
    const auto inverse_sigma = static_cast<T>(1 / std::sqrt(moments.variance + kEpsilon));
    const T gamma = std::exp(parameters[d]);
    const T log_slope = std::log(inverse_sigma) + parameters[d];
    saved[d] = inverse_sigma;
    for_each_row(n_samples, n_features_, d, [&](std::size_t row, std::size_t, std::size_t p) {
      for (std::size_t s = 0; s < kPanel; ++s) {
        normalised[row + s] = (x[row + s] - mean) * inverse_sigma;
        x[row + s] = gamma * normalised[row + s] + parameters[stride_ + d];
        if (log_jacobian != nullptr) {
          log_jacobian[p * kPanel + s] += log_slope;
        }
      }
    });
  }
}

template <class T>
void BatchNorm::backward(const T* parameters, std::size_t n_samples, const T* normalised, const T* saved,
                         const T* d_log_jacobian, T* d, T* gradient) const {
  const auto n = static_cast<double>(n_samples);
  for (std::size_t f = 0; f < n_features_; ++f) {
    double sum_d = 0;
    double sum_d_normalised = 0;
    double sum_d_log_jacobian = 0;
    for_each_row(n_samples, n_features_, f, [&](std::size_t row, std::size_t n_valid, std::size_t p) {
      for (std::size_t s = 0; s < n_valid; ++s) {
        sum_d += d[row + s];
        sum_d_normalised += static_cast<double>(d[row + s]) * normalised[row + s];
        sum_d_log_jacobian += d_log_jacobian != nullptr ? d_log_jacobian[p * kPanel + s] : 0;
      }
    });
    const T gamma = std::exp(parameters[f]);
    gradient[f] += static_cast<T>(gamma * sum_d_normalised + sum_d_log_jacobian);
    gradient[stride_ + f] += static_cast<T>(sum_d);
    // dL/dx = gamma / sigma (dL/dy - mean(dL/dy) - n mean(dL/dy n)) - n / (N sigma) sum(dL/d log_jacobian)
    const auto mean_d = static_cast<T>(sum_d / n);
    const auto along = static_cast<T>(gamma * sum_d_normalised / n + sum_d_log_jacobian / n);
    for_each_row(n_samples, n_features_, f, [&](std::size_t row, std::size_t n_valid, std::size_t) {
      for (std::size_t s = 0; s < n_valid; ++s) {
        d[row + s] = saved[f] * (gamma * (d[row + s] - mean_d) - normalised[row + s] * along);
      }
    });
  }
}

template <class T>
BatchNorm::Line<T> BatchNorm::line(const T* parameters, std::size_t feature) const {
  const T variance = parameters[3 * stride_ + feature];
  const T log_slope = parameters[feature] - std::log(variance + static_cast<T>(kEpsilon)) / 2;
  const T slope = std::exp(log_slope);
  return {log_slope, slope, parameters[stride_ + feature] - slope * parameters[2 * stride_ + feature]};
}

template <class T>
void BatchNorm::forward(const T* parameters, std::size_t n_panels, T* x, T* log_jacobian) const {
  for (std::size_t d = 0; d < n_features_; ++d) {
    const Line<T> of_feature = line(parameters, d);
    for_each_row(n_panels * kPanel, n_features_, d, [&](std::size_t row, std::size_t, std::size_t p) {
      for (std::size_t s = 0; s < kPanel; ++s) {
        x[row + s] = of_feature.slope * x[row + s] + of_feature.offset;
        if (log_jacobian != nullptr) {
          log_jacobian[p * kPanel + s] += of_feature.log_slope;
        }
      }
    });
  }
}

template <class T>
void BatchNorm::inverse(const T* parameters, std::size_t n_panels, T* y) const {
  for (std::size_t d = 0; d < n_features_; ++d) {
    const T slope = std::exp(parameters[d]) / std::sqrt(parameters[3 * stride_ + d] + static_cast<T>(kEpsilon));
    for_each_row(n_panels * kPanel, n_features_, d, [&](std::size_t row, std::size_t, std::size_t) {
      for (std::size_t s = 0; s < kPanel; ++s) {
        y[row + s] = (y[row + s] - parameters[stride_ + d]) / slope + parameters[2 * stride_ + d];
      }
    });
  }
}

void BatchNorm::set_constants(std::size_t n_samples, const float* x, std::span<float> parameters) const {
  for (std::size_t d = 0; d < n_features_; ++d) {
    const Moments moments = moments_of(x, n_samples, n_features_, d);
    parameters[2 * stride_ + d] = static_cast<float>(moments.mean);
    parameters[3 * stride_ + d] = static_cast<float>(moments.variance);
  }
}

template void BatchNorm::forward_training(const float*, std::size_t, float*, float*, float*, float*) const;
template void BatchNorm::forward_training(const double*, std::size_t, double*, double*, double*, double*) const;
template void BatchNorm::backward(const float*, std::size_t, const float*, const float*, const float*, float*,
                                  float*) const;
template void BatchNorm::backward(const double*, std::size_t, const double*, const double*, const double*, double*,
                                  double*) const;
template BatchNorm::Line<float> BatchNorm::line(const float*, std::size_t) const;
template BatchNorm::Line<double> BatchNorm::line(const double*, std::size_t) const;
template void BatchNorm::forward(const float*, std::size_t, float*, float*) const;
template void BatchNorm::forward(const double*, std::size_t, double*, double*) const;
template void BatchNorm::inverse(const float*, std::size_t, float*) const;
template void BatchNorm::inverse(const double*, std::size_t, double*) const;

}  // namespace eddy::net
