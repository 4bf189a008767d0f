#include <eddy/base/error.hpp>
#include <eddy/base/infinity.hpp>
#include <eddy/stats/abcd_likelihood.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/tools/minima.hpp>
#include <cmath>
#include <limits>

namespace eddy::stats {
namespace {

constexpr double kDecrement = 1e-12;  // Newton decrement at the end: twice the error of the half deviance
constexpr int kMaxNewtonSteps = 500;
constexpr double kLargestStep = 3;  // in ln b, ln c, ln d and pull: further away the quadratic model means nothing
constexpr double kEmptyStart = 0.5;

using Parameters = std::array<double, 4>;  // ln b, ln c, ln d, pull

/// One region at one point: the derivatives are with respect to ln(background).
struct Region {
  double value = 0;
  double first = 0;
  double second = 0;
  double fisher = 0;  // expectation of second, never negative
  double score = 0;   // 1 - n / mean, the derivative with respect to the mean
};

Region evaluate_region(double n, double leaked, double background) {
  const double mean = leaked + background;
  if (mean <= 0) {  // the exponential underflowed; 1 - n / mean keeps its limit for an empty count
    return {poisson_half_deviance(n, 0), 0, 0, 0, n > 0 ? -base::kInfinity : 1.0};
  }
  const double score = (mean - n) / mean;
  return {poisson_half_deviance(n, mean), background * score, background * (1 - n / mean * (leaked / mean)),
          background * (background / mean), score};
}

struct Point {
  Region a, b, c, d;
  double value = 0;
};

/// The conditional problem: experiment and signal fixed, nuisances free.
class Conditional {
 public:
  Conditional(const AbcdCounts& counts, const AbcdModel& model, double signal)
      : counts_(counts), model_(model), signal_(signal), log_closure_(std::log(model.closure)) {}

  [[nodiscard]] Point evaluate(const Parameters& x) const {
    const double a = std::exp(log_closure_ + model_.closure_error * x[3] + x[0] + x[1] - x[2]);
    Point point{evaluate_region(counts_.a, signal_, a),
                evaluate_region(counts_.b, model_.leakage_b * signal_, std::exp(x[0])),
                evaluate_region(counts_.c, model_.leakage_c * signal_, std::exp(x[1])),
                evaluate_region(counts_.d, model_.leakage_d * signal_, std::exp(x[2]))};
    point.value = point.a.value + point.b.value + point.c.value + point.d.value + 0.5 * x[3] * x[3];
    return point;
  }

  /// ln(background in A) = ln closure + direction . x.
  [[nodiscard]] Parameters direction() const { return {1, 1, -1, model_.closure_error}; }

  [[nodiscard]] Parameters gradient(const Point& point, const Parameters& x) const {
    const double a = point.a.first;
    return {a + point.b.first, a + point.c.first, point.d.first - a, model_.closure_error * a + x[3]};
  }

  [[nodiscard]] double slope(const Point& point) const {
    const auto share = [](double leakage, const Region& region) { return leakage > 0 ? leakage * region.score : 0; };
    return point.a.score + share(model_.leakage_b, point.b) + share(model_.leakage_c, point.c) +
           share(model_.leakage_d, point.d);
  }

  /// A mean n = exp(ln n) carries a relative rounding error of some ulp ln n, and n times its square is a decrement.
  [[nodiscard]] double attainable_decrement() const {
    constexpr double kRounding = 1e-27;
    return kDecrement + kRounding * (counts_.a + counts_.b + counts_.c + counts_.d);
  }

  /// Start from B, C, D as they are.
  [[nodiscard]] Parameters predicted_start() const {
    const auto start = [&](double n, double leakage) { return std::log(std::max(n - leakage * signal_, kEmptyStart)); };
    return {start(counts_.b, model_.leakage_b), start(counts_.c, model_.leakage_c), start(counts_.d, model_.leakage_d),
            0};
  }

  /// Start from nuisances moved, each by its own uncertainty, until the background explains what the signal leaves of
  /// A.
  [[nodiscard]] Parameters pulled_start() const {
    Parameters x = predicted_start();
    const double gap = std::log(std::max(counts_.a - signal_, kEmptyStart)) - (log_closure_ + x[0] + x[1] - x[2]);
    const Parameters variance{std::exp(-x[0]), std::exp(-x[1]), std::exp(-x[2]), 1};
    const Parameters v = direction();
    double total = 0;
    for (std::size_t j = 0; j < 4; ++j) {
      total += v[j] * v[j] * variance[j];
    }
    for (std::size_t j = 0; j < 4; ++j) {
      x[j] += gap * v[j] * variance[j] / total;
    }
    return x;
  }

  [[nodiscard]] bool has_second_start() const { return signal_ > 0 && counts_.a > signal_; }

 private:
  AbcdCounts counts_;
  AbcdModel model_;
  double signal_;
  double log_closure_;
};

double dot(const Parameters& x, const Parameters& y) { return x[0] * y[0] + x[1] * y[1] + x[2] * y[2] + x[3] * y[3]; }

/// diag(B, C, D, 1) + A v v^T.
struct Hessian {
  Parameters diagonal{};
  double rank_one = 0;
};

/// Solves (diag + rank_one v v^T) x = -gradient by L D L^T; nothing when a pivot is not positive beyond rounding.
std::optional<Parameters> solve_descent(const Hessian& hessian, const Parameters& v, const Parameters& gradient) {
  constexpr double kSmallestPivot = 1e-13;
  std::array<Parameters, 4> lower{};
  Parameters pivot{};
  Parameters x{};
  for (std::size_t i = 0; i < 4; ++i) {
    double left = hessian.diagonal[i] + hessian.rank_one * v[i] * v[i];
    x[i] = -gradient[i];
    for (std::size_t j = 0; j < i; ++j) {
      double entry = hessian.rank_one * v[i] * v[j];
      for (std::size_t k = 0; k < j; ++k) {
        entry -= lower[i][k] * lower[j][k] * pivot[k];
      }
      lower[i][j] = entry / pivot[j];
      left -= lower[i][j] * lower[i][j] * pivot[j];
      x[i] -= lower[i][j] * x[j];
    }
    pivot[i] = left;
    if (!(left > kSmallestPivot * (std::abs(hessian.diagonal[i]) + std::abs(hessian.rank_one) * v[i] * v[i]))) {
      return std::nullopt;
    }
  }
  for (std::size_t i = 4; i-- > 0;) {
    x[i] /= pivot[i];
    for (std::size_t k = i + 1; k < 4; ++k) {
      x[i] -= lower[k][i] * x[k];
    }
  }
  return x;
}

/// In place of a negative curvature: the expected one, and no less than the gradient, so that a background that shrinks
/// to nothing (both tend to 0, the expected curvature faster) takes steps of order 1 in its logarithm.
double positive_curvature(const Region& region) {
  const double curvature = region.second > 0 ? region.second : region.fisher + std::abs(region.first);
  return std::max(curvature, std::numeric_limits<double>::min());
}

/// The same for positive curvatures, by Sherman and Morrison, which cannot fail.
Parameters convex_step(const Hessian& hessian, const Parameters& v, const Parameters& gradient) {
  Parameters scaled_gradient{};
  Parameters scaled_v{};
  for (std::size_t j = 0; j < 4; ++j) {
    scaled_gradient[j] = gradient[j] / hessian.diagonal[j];
    scaled_v[j] = v[j] / hessian.diagonal[j];
  }
  const double correction = hessian.rank_one * dot(v, scaled_gradient) / (1 + hessian.rank_one * dot(v, scaled_v));
  Parameters step{};
  for (std::size_t j = 0; j < 4; ++j) {
    step[j] = correction * scaled_v[j] - scaled_gradient[j];
  }
  return step;
}

/// The Newton step or, where the Hessian is indefinite (signal and background compete for the same events), a descent
/// step.
Parameters newton_step(const Point& point, const Parameters& gradient, const Parameters& v) {
  const Hessian exact{{point.b.second, point.c.second, point.d.second, 1}, point.a.second};
  if (const auto step = solve_descent(exact, v, gradient)) {
    return *step;
  }
  return convex_step({{positive_curvature(point.b), positive_curvature(point.c), positive_curvature(point.d), 1},
                      positive_curvature(point.a)},
                     v, gradient);
}

double shortened(const Parameters& step) {
  double largest = 0;
  for (const double value : step) {
    largest = std::max(largest, std::abs(value));
  }
  return largest > kLargestStep ? kLargestStep / largest : 1;
}

Parameters moved(const Parameters& x, const Parameters& step, double length) {
  return {x[0] + length * step[0], x[1] + length * step[1], x[2] + length * step[2], x[3] + length * step[3]};
}

struct Minimum {
  Parameters x{};
  Point point;
  bool converged = false;
};

/// Moves `at` along `step`, or a fraction of it, to a smaller value; false when rounding leaves none.
bool descend(const Conditional& problem, Minimum& at, const Parameters& step, double decrement) {
  // The slack is the rounding of `value`: without it a last step at large counts would be refused for ever.
  const double slack = 1e-14 * (1 + at.point.value);
  for (double length = shortened(step); length > 1e-12; length /= 2) {
    const Parameters x = moved(at.x, step, length);
    const Point point = problem.evaluate(x);
    if (point.value <= at.point.value - 1e-4 * length * decrement + slack) {
      at.x = x;
      at.point = point;
      return true;
    }
  }
  return false;
}

/// Goes on along the step from `before` to `at`, where that is better still.
void stretch(const Conditional& problem, const Parameters& before, Minimum& at) {
  constexpr double kReach = 4;
  const Parameters x = moved(before, moved(at.x, before, -1), kReach);
  const Point point = problem.evaluate(x);
  if (point.value < at.point.value) {
    at.x = x;
    at.point = point;
  }
}

Minimum minimise(const Conditional& problem, const Parameters& start) {
  // Newton is done after so many steps, unless a background shrinks to nothing: by one factor e in each.
  constexpr int kOrdinary = 8;
  // Rounding ends a descent early where means tend to 0 together (b c / d finite): then this decrement was good enough.
  constexpr double kStalled = 1e-6;
  Minimum best{start, problem.evaluate(start), false};
  const Parameters v = problem.direction();
  const double enough = problem.attainable_decrement();
  double smallest = base::kInfinity;
  for (int iteration = 0; iteration < kMaxNewtonSteps; ++iteration) {
    const Parameters gradient = problem.gradient(best.point, best.x);
    const Parameters step = newton_step(best.point, gradient, v);
    const double decrement = -dot(gradient, step);
    if (decrement >= 0 && decrement < enough) {
      best.converged = true;
      return best;
    }
    const Parameters before = best.x;
    if (!(decrement >= 0) || !descend(problem, best, step, decrement)) {
      best.converged = smallest < kStalled;
      return best;
    }
    smallest = std::min(smallest, decrement);
    if (iteration >= kOrdinary) {
      stretch(problem, before, best);
    }
  }
  return best;
}

Minimum best_minimum(const Conditional& problem) {
  Minimum best = minimise(problem, problem.predicted_start());
  if (problem.has_second_start()) {
    const Minimum other = minimise(problem, problem.pulled_start());
    if (other.converged && (!best.converged || other.point.value < best.point.value)) {
      best = other;
    }
  }
  return best;
}

/// The smallest profile for signal >= 0 when no signal makes all means equal to the counts. It may have two minima
/// (leaked signal competes with the background), so a scan comes before the descent.
AbcdBestFit search_best_fit(const AbcdCounts& counts, const AbcdModel& model) {
  constexpr int kScan = 12;
  constexpr int kBits = 20;  // the profile is flat at its minimum: 1e-6 of the bracket is 1e-12 of its variation
  const auto profile = [&](double signal) { return profile_at(counts, model, signal).half_deviance; };
  const double step = 1.5 * std::max(counts.a, 1.0) / kScan;  // more signal than events in A helps nowhere
  const AbcdBestFit none{0, profile(0)};
  AbcdBestFit best = none;
  for (int i = 1; i <= kScan; ++i) {
    const double value = profile(i * step);
    if (value < best.half_deviance) {
      best = {i * step, value};
    }
  }
  const auto [signal, value] =
      boost::math::tools::brent_find_minima(profile, std::max(0.0, best.signal - step), best.signal + step, kBits);
  return value < none.half_deviance ? AbcdBestFit{signal, value} : none;
}

}  // namespace

double poisson_half_deviance(double n, double mean) {
  if (n <= 0) {
    return mean;
  }
  if (mean <= 0) {
    return base::kInfinity;
  }
  const double x = (mean - n) / n;
  return n * (x - std::log1p(x));
}

double background_in_a(const AbcdNuisances& nuisances, const AbcdModel& model) {
  return model.closure * std::exp(model.closure_error * nuisances.pull) * nuisances.b * (nuisances.c / nuisances.d);
}

AbcdCounts expected_counts(const AbcdNuisances& nuisances, double signal, const AbcdModel& model) {
  return {signal + background_in_a(nuisances, model), model.leakage_b * signal + nuisances.b,
          model.leakage_c * signal + nuisances.c, model.leakage_d * signal + nuisances.d};
}

AbcdDeviance half_deviance(const AbcdCounts& counts, const AbcdModel& model, double signal,
                           const AbcdNuisances& nuisances) {
  const Conditional problem(counts, model, signal);
  const Parameters x{std::log(nuisances.b), std::log(nuisances.c), std::log(nuisances.d), nuisances.pull};
  const Point point = problem.evaluate(x);
  return {point.value, problem.slope(point), problem.gradient(point, x)};
}

AbcdProfile profile_at(const AbcdCounts& counts, const AbcdModel& model, double signal) {
  const Conditional problem(counts, model, signal);
  const Minimum minimum = best_minimum(problem);
  if (!minimum.converged) {
    throw base::NumericError(
        fmt::format("the ABCD fit at signal = {} of {} with closure {} +- {} did not converge: check the leakage "
                    "fractions ({}, {}, {}) "
                    "and the closure uncertainty, or choose a working point with more events",
                    signal, describe(counts), model.closure, model.closure_error, model.leakage_b, model.leakage_c,
                    model.leakage_d));
  }
  const Parameters& x = minimum.x;
  AbcdProfile profile;
  profile.nuisances = {std::exp(x[0]), std::exp(x[1]), std::exp(x[2]), x[3]};
  profile.expected = expected_counts(profile.nuisances, signal, model);
  profile.half_deviance = minimum.point.value;
  profile.slope = problem.slope(minimum.point);
  return profile;
}

std::optional<double> saturated_signal(const AbcdCounts& counts, const AbcdModel& model) {
  // (A - s)(D - l_d s) = closure (B - l_b s)(C - l_c s) is quadratic: s^2 - linear s + constant = 0, the root next to
  // 0.
  const double square = model.leakage_d - model.closure * model.leakage_b * model.leakage_c;
  const double linear =
      counts.d + model.leakage_d * counts.a - model.closure * (model.leakage_b * counts.c + model.leakage_c * counts.b);
  const double constant = counts.a * counts.d - model.closure * counts.b * counts.c;
  const double discriminant = linear * linear - 4 * square * constant;
  if (!(linear > 0) || discriminant < 0) {
    return std::nullopt;
  }
  const double signal = 2 * constant / (linear + std::sqrt(discriminant));
  // A root that uses up D belongs to no finite transfer factor: it solves 0 = 0 only where B or C is empty.
  constexpr double kLeftInD = 1e-9;
  const bool possible = signal <= counts.a && model.leakage_b * signal <= counts.b &&
                        model.leakage_c * signal <= counts.c && model.leakage_d * signal < (1 - kLeftInD) * counts.d;
  return possible ? std::optional(signal) : std::nullopt;
}

AbcdBestFit bounded_best_fit(const AbcdCounts& counts, const AbcdModel& model) {
  const std::optional<double> saturated = saturated_signal(counts, model);
  if (saturated && *saturated >= 0) {
    return {*saturated, 0};
  }
  return saturated ? AbcdBestFit{0, profile_at(counts, model, 0).half_deviance} : search_best_fit(counts, model);
}

double signed_root(const AbcdCounts& counts, const AbcdModel& model) {
  const double null = profile_at(counts, model, 0).half_deviance;
  const AbcdBestFit best = bounded_best_fit(counts, model);
  return best.signal > 0 ? std::sqrt(2 * std::max(0.0, null - best.half_deviance)) : -std::sqrt(2 * null);
}

std::string describe(const AbcdCounts& counts) {
  return fmt::format("A = {}, B = {}, C = {}, D = {}", counts.a, counts.b, counts.c, counts.d);
}

}  // namespace eddy::stats
