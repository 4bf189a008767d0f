#include <eddy/base/symmetric_matrix.hpp>

#include <cmath>

namespace eddy::base {
namespace {

constexpr double kSingular = 1e-13;  // pivot of a unit-diagonal matrix that rounding alone explains

}  // namespace

SymmetricMatrix propagate(std::span<const double> jacobian, const SymmetricMatrix& covariance) {
  const std::size_t p = covariance.size;
  const std::size_t n = p > 0 ? jacobian.size() / p : 0;
  std::vector<double> half(n * p);  // jacobian * covariance
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < p; ++k) {
      for (std::size_t j = 0; j < p; ++j) {
        half[i * p + k] += jacobian[i * p + j] * covariance(j, k);
      }
    }
  }
  SymmetricMatrix result(n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = 0;
      for (std::size_t k = 0; k < p; ++k) {
        sum += half[i * p + k] * jacobian[j * p + k];
      }
      result(i, j) = result(j, i) = sum;
    }
  }
  return result;
}

Cholesky::Cholesky(const SymmetricMatrix& matrix) : lower_(matrix.size), scale_(matrix.size) {
  const std::size_t n = matrix.size;
  for (std::size_t i = 0; i < n; ++i) {
    positive_definite_ = positive_definite_ && matrix(i, i) > 0 && std::isfinite(matrix(i, i));
    scale_[i] = positive_definite_ ? 1 / std::sqrt(matrix(i, i)) : 1;
  }
  for (std::size_t i = 0; i < n && positive_definite_; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = matrix(i, j) * scale_[i] * scale_[j];
      for (std::size_t k = 0; k < j; ++k) {
        sum -= lower_(i, k) * lower_(j, k);
      }
      if (i == j) {
        positive_definite_ = sum > kSingular;
      }
      lower_(i, j) = i == j ? std::sqrt(sum) : sum / lower_(j, j);
    }
  }
}

std::vector<double> Cholesky::solve(std::span<const double> right_side) const {
  const std::size_t n = lower_.size;
  std::vector<double> x(n);
  for (std::size_t i = 0; i < n; ++i) {
    x[i] = right_side[i] * scale_[i];
    for (std::size_t k = 0; k < i; ++k) {
      x[i] -= lower_(i, k) * x[k];
    }
    x[i] /= lower_(i, i);
  }
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t k = i + 1; k < n; ++k) {
      x[i] -= lower_(k, i) * x[k];
    }
    x[i] /= lower_(i, i);
  }
  for (std::size_t i = 0; i < n; ++i) {
    x[i] *= scale_[i];
  }
  return x;
}

SymmetricMatrix Cholesky::inverse() const {
  const std::size_t n = lower_.size;
  SymmetricMatrix result(n);
  std::vector<double> unit(n);
  for (std::size_t j = 0; j < n; ++j) {
    unit[j] = 1;
    const std::vector<double> column = solve(unit);
    unit[j] = 0;
    for (std::size_t i = 0; i < n; ++i) {
      result(i, j) = column[i];
    }
  }
  return result;
}

}  // namespace eddy::base
