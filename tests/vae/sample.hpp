#pragma once

#include <eddy/base/matrix.hpp>
#include <eddy/base/random.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace eddy::test {

/// Variances of the principal components of GaussianSample.
inline constexpr std::array<double, 4> kPrincipalVariances = {4, 2, 0.3, 0.2};

/// Normal events in four dimensions, correlated: the principal components are turned by an orthogonal matrix. One event
/// in four is for validation.
struct GaussianSample {
  explicit GaussianSample(std::size_t n, std::uint64_t seed = 1) : x(n, 4), is_validation(n) {
    // A Hadamard matrix over 2 is orthogonal and mixes all components.
    constexpr int kSigns[4][4] = {{1, 1, 1, 1}, {1, -1, 1, -1}, {1, 1, -1, -1}, {1, -1, -1, 1}};
    base::RandomStream stream({seed}, "gaussian sample");
    for (std::size_t i = 0; i < n; ++i) {
      is_validation[i] = i % 4 == 0 ? 1 : 0;
      std::array<double, 4> row{};
      for (std::size_t k = 0; k < 4; ++k) {
        const double component = std::sqrt(kPrincipalVariances[k]) * stream.normal();
        for (std::size_t d = 0; d < 4; ++d) {
          row[d] += 0.5 * kSigns[k][d] * component;
        }
      }
      for (std::size_t d = 0; d < 4; ++d) {
        x(i, d) = static_cast<float>(row[d]);
      }
    }
  }
  base::Matrix x;
  std::vector<std::uint8_t> is_validation;
};

/// The same squeezed into (0, 1).
inline base::Matrix to_unit_interval(base::Matrix x) {
  for (float& value : x.values()) {
    value = 1 / (1 + std::exp(-value));
  }
  return x;
}

}  // namespace eddy::test
