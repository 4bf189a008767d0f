#pragma once
// Small dense symmetric matrices: covariances and the normal equations of a fit.

#include <cstddef>
#include <span>
#include <vector>

namespace eddy::base {

/// A matrix of shape (size, size), row-major, both triangles filled. The owner keeps it symmetric.
struct SymmetricMatrix {
  std::size_t size = 0;
  std::vector<double> values;

  SymmetricMatrix() = default;
  explicit SymmetricMatrix(std::size_t n) : size(n), values(n * n) {}
  [[nodiscard]] double& operator()(std::size_t i, std::size_t j) { return values[i * size + j]; }
  [[nodiscard]] double operator()(std::size_t i, std::size_t j) const { return values[i * size + j]; }
};

/// jacobian * covariance * jacobian^T: linear propagation. `jacobian` is row-major, shape (n, covariance.size).
[[nodiscard]] SymmetricMatrix propagate(std::span<const double> jacobian, const SymmetricMatrix& covariance);

/// Cholesky decomposition of a matrix scaled to a unit diagonal, so that the units of parameters do not matter.
class Cholesky {
 public:
  explicit Cholesky(const SymmetricMatrix& matrix);

  /// False when the matrix is singular to rounding (or holds a NaN); solve and inverse must not be called then.
  [[nodiscard]] bool positive_definite() const { return positive_definite_; }
  /// x with matrix * x = right_side.
  [[nodiscard]] std::vector<double> solve(std::span<const double> right_side) const;
  [[nodiscard]] SymmetricMatrix inverse() const;

 private:
  SymmetricMatrix lower_;
  std::vector<double> scale_;
  bool positive_definite_ = true;
};

}  // namespace eddy::base
