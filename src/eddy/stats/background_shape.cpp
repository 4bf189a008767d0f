#include <eddy/base/error.hpp>
#include <eddy/base/symmetric_matrix.hpp>
#include <eddy/stats/background_shape.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/quadrature/gauss.hpp>
#include <cmath>
#include <numeric>

namespace eddy::stats {
namespace {

constexpr unsigned kDijetPoints = 10;      // error below 1e-12 where x and 1 - x vary by a factor 2 at most
constexpr unsigned kBernsteinPoints = 20;  // exact for polynomials of degree 39
constexpr std::size_t kLargestOrder = 2 * kBernsteinPoints - 1;

struct Node {
  double x = 0;
  double weight = 0;
};

/// Gauss-Legendre nodes of [low, high].
template <unsigned n_points>
void append_nodes(double low, double high, std::vector<Node>& nodes) {
  using Rule = boost::math::quadrature::gauss<double, n_points>;
  const double centre = 0.5 * (low + high);
  const double half = 0.5 * (high - low);
  for (std::size_t i = 0; i < Rule::abscissa().size(); ++i) {
    nodes.push_back({centre - half * Rule::abscissa()[i], half * Rule::weights()[i]});
    nodes.push_back({centre + half * Rule::abscissa()[i], half * Rule::weights()[i]});
  }
}

/// Halves an interval of x until x and 1 - x change by at most a factor 2 in each part.
void append_dijet_nodes(double low, double high, std::vector<Node>& nodes) {
  if (high <= 2 * low && 1 - low <= 2 * (1 - high)) {
    append_nodes<kDijetPoints>(low, high, nodes);
    return;
  }
  const double middle = 0.5 * (low + high);
  append_dijet_nodes(low, middle, nodes);
  append_dijet_nodes(middle, high, nodes);
}

/// Derivatives of ln f by ln p0, p1 ... p4.
std::vector<double> dijet_basis(double x, std::size_t n) {
  const double log_x = std::log(x);
  std::vector<double> basis{1, std::log1p(-x), -log_x, -log_x * log_x, -log_x * log_x * log_x};
  basis.resize(n);
  return basis;
}

/// B_k(t), k = 0 ... order, times order + 1: integral 1 over [0, 1].
std::vector<double> bernstein_basis(double t, std::size_t order) {
  std::vector<double> basis{static_cast<double>(order + 1)};
  for (std::size_t degree = 1; degree <= order; ++degree) {
    basis.push_back(0);
    for (std::size_t k = degree; k > 0; --k) {
      basis[k] = (1 - t) * basis[k] + t * basis[k - 1];
    }
    basis[0] *= 1 - t;
  }
  return basis;
}

std::vector<double> identity(std::size_t n) {
  std::vector<double> matrix(n * n);
  for (std::size_t i = 0; i < n; ++i) {
    matrix[i * n + i] = 1;
  }
  return matrix;
}

/// Removes from column j of `rows` what the columns before it hold, at `weights`, then scales it to norm 1; `transform`
/// goes through the same operations.
void orthonormalise_column(std::size_t j, std::size_t n, std::span<const double> weights, std::vector<double>& rows,
                           std::vector<double>& transform) {
  const auto product = [&](std::size_t a, std::size_t b) {
    double sum = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      sum += weights[i] * rows[i * n + a] * rows[i * n + b];
    }
    return sum;
  };
  const auto subtract = [&](double factor, std::size_t from, std::vector<double>& matrix) {
    for (std::size_t i = 0; i < matrix.size() / n; ++i) {
      matrix[i * n + j] -= factor * matrix[i * n + from];
    }
  };
  for (int pass = 0; pass < 2; ++pass) {  // twice is enough (Kahan): the raw functions are nearly collinear
    for (std::size_t k = 0; k < j; ++k) {
      const double overlap = product(j, k);
      subtract(overlap, k, rows);
      subtract(overlap, k, transform);
    }
    const double norm = std::sqrt(product(j, j));
    subtract(1 - 1 / norm, j, rows);
    subtract(1 - 1 / norm, j, transform);
  }
}

/// The matrix that turns the raw functions of a dijet fit into orthonormal ones at the bin centres.
std::vector<double> orthonormal_combinations(const DijetShape& shape, std::span<const double> edges,
                                             std::span<const double> weights) {
  const std::size_t n = shape.n_parameters;
  std::vector<double> rows;
  for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
    const auto basis = dijet_basis(0.5 * (edges[i] + edges[i + 1]) / shape.sqrt_s, n);
    rows.insert(rows.end(), basis.begin(), basis.end());
  }
  std::vector<double> transform = identity(n);
  for (std::size_t j = 0; j < n; ++j) {
    orthonormalise_column(j, n, weights, rows, transform);
  }
  return transform;
}

void check_dijet(const DijetShape& shape, std::span<const double> edges) {
  if (shape.n_parameters < 3 || shape.n_parameters > 5) {
    throw base::InputError(
        fmt::format("a dijet function has 3 to 5 parameters but {} are asked for: choose 3, 4 or 5, or Bernstein "
                    "polynomials",
                    shape.n_parameters));
  }
  if (!(edges.front() > 0 && edges.back() < shape.sqrt_s) || std::isinf(shape.sqrt_s)) {
    throw base::InputError(
        fmt::format("a dijet function needs masses between 0 and sqrt(s) = {} but the fit range is {} to {}: give "
                    "sqrt(s) in the unit of the mass",
                    shape.sqrt_s, edges.front(), edges.back()));
  }
}

void check_bernstein(const BernsteinShape& shape) {
  if (shape.order > kLargestOrder) {
    throw base::InputError(
        fmt::format("a Bernstein polynomial of order {} is beyond the largest one, {}: choose a "
                    "lower order, for example by the F-test",
                    shape.order, kLargestOrder));
  }
}

/// Weighted least squares: the x that minimises sum of weights * (rows x - y)^2; 0 when undetermined.
std::vector<double> least_squares(const std::vector<double>& rows, std::size_t n, const std::vector<double>& y,
                                  const std::vector<double>& weights) {
  base::SymmetricMatrix normal(n);
  std::vector<double> right(n);
  for (std::size_t i = 0; i < y.size(); ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      right[j] += weights[i] * rows[i * n + j] * y[i];
      for (std::size_t k = 0; k < n; ++k) {
        normal(j, k) += weights[i] * rows[i * n + j] * rows[i * n + k];
      }
    }
  }
  const base::Cholesky decomposition(normal);
  return decomposition.positive_definite() ? decomposition.solve(right) : std::vector<double>(n);
}

}  // namespace

std::size_t n_parameters(const BackgroundShape& shape) {
  const auto* dijet = std::get_if<DijetShape>(&shape);
  return dijet != nullptr ? dijet->n_parameters : std::get<BernsteinShape>(shape).order + 1;
}

std::vector<std::string> parameter_names(const BackgroundShape& shape) {
  std::vector<std::string> names;
  if (const auto* dijet = std::get_if<DijetShape>(&shape)) {
    for (std::size_t i = 0; i < dijet->n_parameters; ++i) {
      names.push_back(i == 0 ? "ln p0" : fmt::format("p{}", i));
    }
    return names;
  }
  for (std::size_t k = 0; k <= std::get<BernsteinShape>(shape).order; ++k) {
    names.push_back(fmt::format("c{}", k));
  }
  return names;
}

std::string describe(const BackgroundShape& shape) {
  if (const auto* dijet = std::get_if<DijetShape>(&shape)) {
    return fmt::format("dijet function with {} parameters", dijet->n_parameters);
  }
  return fmt::format("Bernstein polynomial of order {}", std::get<BernsteinShape>(shape).order);
}

BinnedShape::BinnedShape(const BackgroundShape& shape, std::span<const double> edges) : BinnedShape(shape, edges, {}) {}

BinnedShape::BinnedShape(const BackgroundShape& shape, std::span<const double> edges, std::span<const double> weights) {
  if (const auto* dijet = std::get_if<DijetShape>(&shape)) {
    tabulate(*dijet, edges, weights);
  } else {
    tabulate(std::get<BernsteinShape>(shape), edges);
  }
}

void BinnedShape::tabulate(const DijetShape& shape, std::span<const double> edges, std::span<const double> weights) {
  check_dijet(shape, edges);
  n_ = shape.n_parameters;
  to_quoted_ = weights.empty() ? identity(n_) : orthonormal_combinations(shape, edges, weights);
  std::vector<Node> nodes;
  offsets_.push_back(0);
  for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
    append_dijet_nodes(edges[i] / shape.sqrt_s, edges[i + 1] / shape.sqrt_s, nodes);
    offsets_.push_back(nodes.size());
  }
  for (const Node& node : nodes) {
    const std::vector<double> raw = dijet_basis(node.x, n_);
    for (std::size_t j = 0; j < n_; ++j) {
      double sum = 0;
      for (std::size_t k = 0; k < n_; ++k) {
        sum += raw[k] * to_quoted_[k * n_ + j];
      }
      table_.push_back(sum);
    }
    node_weights_.push_back(node.weight * shape.sqrt_s);
  }
}

void BinnedShape::tabulate(const BernsteinShape& shape, std::span<const double> edges) {
  check_bernstein(shape);
  n_ = shape.order + 1;
  to_quoted_ = identity(n_);
  const double range = edges.back() - edges.front();
  for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
    std::vector<Node> nodes;
    append_nodes<kBernsteinPoints>((edges[i] - edges.front()) / range, (edges[i + 1] - edges.front()) / range, nodes);
    std::vector<double> integral(n_);
    for (const Node& node : nodes) {
      const std::vector<double> basis = bernstein_basis(node.x, shape.order);
      for (std::size_t k = 0; k < n_; ++k) {
        integral[k] += node.weight * basis[k];
      }
    }
    table_.insert(table_.end(), integral.begin(), integral.end());
  }
}

void BinnedShape::evaluate(std::span<const double> coordinates, std::span<double> contents,
                           std::span<double> gradient) const {
  const auto dot = [&](std::size_t row) {
    return std::inner_product(coordinates.begin(), coordinates.end(), table_.begin() + row * n_, 0.0);
  };
  if (offsets_.empty()) {
    for (std::size_t i = 0; i < n_bins(); ++i) {
      contents[i] = dot(i);
    }
    std::ranges::copy(table_, gradient.begin());
    return;
  }
  std::ranges::fill(contents, 0.0);
  std::ranges::fill(gradient, 0.0);
  for (std::size_t i = 0; i + 1 < offsets_.size(); ++i) {
    for (std::size_t node = offsets_[i]; node < offsets_[i + 1]; ++node) {
      const double value = node_weights_[node] * std::exp(dot(node));
      contents[i] += value;
      for (std::size_t j = 0; j < n_; ++j) {
        gradient[i * n_ + j] += value * table_[node * n_ + j];
      }
    }
  }
}

std::vector<double> BinnedShape::start(std::span<const double> counts, const std::vector<bool>& fitted) const {
  return offsets_.empty() ? multiplicative_start(counts, fitted) : logarithmic_start(counts, fitted);
}

std::vector<double> BinnedShape::logarithmic_start(std::span<const double> counts,
                                                   const std::vector<bool>& fitted) const {
  std::vector<double> y;
  std::vector<double> weights;
  std::vector<double> rows;
  for (std::size_t i = 0; i < n_bins(); ++i) {
    if (!fitted[i]) {
      continue;
    }
    std::vector<double> mean(n_);
    double width = 0;
    for (std::size_t node = offsets_[i]; node < offsets_[i + 1]; ++node) {
      width += node_weights_[node];
      for (std::size_t j = 0; j < n_; ++j) {
        mean[j] += node_weights_[node] * table_[node * n_ + j];
      }
    }
    std::ranges::transform(mean, std::back_inserter(rows), [&](double value) { return value / width; });
    weights.push_back(counts[i] + 0.5);  // half an event keeps the logarithm of an empty bin finite
    y.push_back(std::log(weights.back() / width));
  }
  return least_squares(rows, n_, y, weights);
}

std::vector<double> BinnedShape::multiplicative_start(std::span<const double> counts,
                                                      const std::vector<bool>& fitted) const {
  constexpr int kPasses = 20;
  std::vector<double> contents(n_bins());
  std::vector<double> gradient(table_.size());
  std::vector<double> coordinates(n_, 1.0);
  for (int pass = 0; pass < kPasses; ++pass) {  // expectation maximisation: never less likely, never negative
    evaluate(coordinates, contents, gradient);
    for (std::size_t k = 0; k < n_; ++k) {
      double seen = 0;
      double accepted = 0;
      for (std::size_t i = 0; i < n_bins(); ++i) {
        seen += fitted[i] ? table_[i * n_ + k] * counts[i] / contents[i] : 0;
        accepted += fitted[i] ? table_[i * n_ + k] : 0;
      }
      coordinates[k] *= seen / accepted;
    }
  }
  // Off the bound, so that a step which ends there changes the likelihood by more than rounding.
  constexpr double kSmallest = 1e-4;
  const double floor = kSmallest * *std::ranges::max_element(coordinates);
  std::ranges::transform(coordinates, coordinates.begin(), [&](double value) { return std::max(value, floor); });
  return coordinates;
}

}  // namespace eddy::stats
