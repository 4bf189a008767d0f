#include <eddy/search/linear_dependence.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace eddy::search {
namespace {

constexpr double kRoundings = 4;  // squared rounding errors that a column may have for one that must be

/// A column as deviations from its mean in units of their norm.
struct Column {
  std::vector<double> values;  ///< empty for one of a single value
  double rounding = 0;         ///< squared norm of what float32 rounds away, on average
};

/// Of a value: half a unit in the last place, evenly distributed.
double rounding_variance(double value) {
  constexpr int kBits = 24;
  const double half_unit = value == 0 ? 0 : std::ldexp(1.0, std::ilogb(value) - kBits);
  return half_unit * half_unit / 3;
}

Column normalised(base::MatrixView x, std::size_t c) {
  Column column;
  double sum = 0;
  for (std::size_t i = 0; i < x.rows; ++i) {
    column.values.push_back(x(i, c));
    sum += x(i, c);
    column.rounding += rounding_variance(x(i, c));
  }
  double squares = 0;
  for (double& value : column.values) {
    value -= sum / static_cast<double>(x.rows);
    squares += value * value;
  }
  if (!(squares > 0)) {
    return {};
  }
  for (double& value : column.values) {
    value /= std::sqrt(squares);
  }
  column.rounding /= squares;
  return column;
}

/// Whether two columns are one, or its negative, up to rounding and to what a file with five digits keeps.
bool are_copies(const Column& a, const Column& b) {
  constexpr double kEqual = 1e-10;
  double same = 0;
  double opposite = 0;
  for (std::size_t i = 0; i < std::min(a.values.size(), b.values.size()); ++i) {
    same += (a.values[i] - b.values[i]) * (a.values[i] - b.values[i]);
    opposite += (a.values[i] + b.values[i]) * (a.values[i] + b.values[i]);
  }
  return !a.values.empty() && std::min(same, opposite) < kEqual + kRoundings * (a.rounding + b.rounding);
}

double product(const std::vector<double>& a, const std::vector<double>& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

/// Independent columns, each as the directions before it and one of its own (Gram and Schmidt).
class Span {
 public:
  /// What is left of `values` beside the span; `along` are its components in the directions.
  [[nodiscard]] std::vector<double> rest(std::vector<double> values, std::vector<double>& along) const {
    along.assign(directions_.size(), 0);
    for (int pass = 0; pass < 2; ++pass) {  // the second takes out what rounding left of the first
      for (std::size_t k = 0; k < directions_.size(); ++k) {
        const double component = product(directions_[k], values);
        along[k] += component;
        for (std::size_t i = 0; i < values.size(); ++i) {
          values[i] -= component * directions_[k][i];
        }
      }
    }
    return values;
  }

  /// Factors of the columns whose sum has the components `along`.
  [[nodiscard]] std::vector<double> factors(std::vector<double> along) const {
    for (std::size_t k = along.size(); k-- > 0;) {
      along[k] /= own_[k];
      for (std::size_t j = 0; j < k; ++j) {
        along[j] -= along[k] * along_[k][j];
      }
    }
    return along;
  }

  /// Adds column `number` with what rest() said of it.
  void add(std::size_t number, double rounding, std::vector<double> rest, std::vector<double> along) {
    const double norm = std::sqrt(product(rest, rest));
    for (double& value : rest) {
      value /= norm;
    }
    numbers_.push_back(number);
    rounding_.push_back(rounding);
    directions_.push_back(std::move(rest));
    along_.push_back(std::move(along));
    own_.push_back(norm);
  }

  /// Squared norm of the rounding errors of a sum with these factors.
  [[nodiscard]] double rounding(const std::vector<double>& factors) const {
    double sum = 0;
    for (std::size_t k = 0; k < factors.size(); ++k) {
      sum += factors[k] * factors[k] * rounding_[k];
    }
    return sum;
  }

  /// Columns whose factor is no rounding error; the column least independent of the others is known worst.
  [[nodiscard]] std::vector<std::size_t> columns_with(const std::vector<double>& factors, double tolerance) const {
    constexpr double kErrors = 3;
    const double smallest = kErrors * std::sqrt(tolerance) / *std::ranges::min_element(own_);
    std::vector<std::size_t> columns;
    for (std::size_t k = 0; k < factors.size(); ++k) {
      if (std::abs(factors[k]) > smallest) {
        columns.push_back(numbers_[k]);
      }
    }
    return columns;
  }

 private:
  std::vector<std::size_t> numbers_;
  std::vector<double> rounding_;
  std::vector<std::vector<double>> directions_;
  std::vector<std::vector<double>> along_;  ///< components in the directions before
  std::vector<double> own_;                 ///< component in its own direction
};

}  // namespace

std::optional<LinearDependence> find_linear_dependence(base::MatrixView x) {
  if (x.rows < 2 * x.cols + 2) {
    return std::nullopt;
  }
  Span span;
  std::vector<Column> earlier;
  for (std::size_t c = 0; c < x.cols; ++c) {
    Column column = normalised(x, c);
    earlier.push_back(column);
    if (column.values.empty()) {
      continue;
    }
    const auto copied = std::find_if(earlier.begin(), earlier.end() - 1,
                                     [&](const Column& other) { return are_copies(other, column); });
    if (copied != earlier.end() - 1) {
      return LinearDependence{c, {static_cast<std::size_t>(copied - earlier.begin())}};
    }
    std::vector<double> along;
    std::vector<double> rest = span.rest(std::move(column.values), along);
    const std::vector<double> factors = span.factors(along);
    const double tolerance = kRoundings * (column.rounding + span.rounding(factors));
    if (product(rest, rest) > tolerance) {
      span.add(c, column.rounding, std::move(rest), std::move(along));
      continue;
    }
    const std::vector<std::size_t> on =
        along.empty() ? std::vector<std::size_t>() : span.columns_with(factors, tolerance);
    if (!on.empty()) {
      return LinearDependence{c, on};
    }
  }
  return std::nullopt;
}

}  // namespace eddy::search
