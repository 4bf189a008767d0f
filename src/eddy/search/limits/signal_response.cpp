#include <eddy/search/limits/signal_response.hpp>

#include <algorithm>
#include <cmath>

namespace eddy::search {
namespace {

/// An injection as a point of the fit.
struct Point {
  double passed = 0;
  double fitted = 0;
  double weight = 1;
};

std::vector<Point> points_of(const std::vector<Injection>& injections, std::size_t cut) {
  std::vector<Point> points;
  for (const Injection& injection : injections) {
    if (cut < injection.cuts.size() && injection.cuts[cut].signal) {
      const stats::PassingSignal& signal = *injection.cuts[cut].signal;
      points.push_back({injection.cuts[cut].passed, signal.fitted, 1 / (signal.error * signal.error)});
    }
  }
  return points;
}

template <class Quantity>
double weighted_sum(const std::vector<Point>& points, const Quantity& quantity) {
  double sum = 0;
  for (const Point& point : points) {
    sum += point.weight * quantity(point);
  }
  return sum;
}

}  // namespace

SignalResponse signal_response(const std::vector<Injection>& injections, std::size_t cut) {
  constexpr std::size_t kFewest = 4;
  constexpr double kLargestError = 1.0 / 3;
  const std::vector<Point> points = points_of(injections, cut);
  if (points.size() < kFewest) {
    return {};
  }
  const double w = weighted_sum(points, [](const Point&) { return 1.0; });
  const double x = weighted_sum(points, [](const Point& p) { return p.passed; }) / w;
  const double y = weighted_sum(points, [](const Point& p) { return p.fitted; }) / w;
  const double xx = weighted_sum(points, [&](const Point& p) { return (p.passed - x) * (p.passed - x); });
  const double xy = weighted_sum(points, [&](const Point& p) { return (p.passed - x) * (p.fitted - y); });
  if (!(xx > 0)) {
    return {};
  }
  SignalResponse response{.slope = xy / xx, .offset = y - xy / xx * x};
  const double scatter = weighted_sum(
      points, [&](const Point& p) { return std::pow(p.fitted - response.offset - response.slope * p.passed, 2); });
  response.slope_error = std::sqrt(scatter / (static_cast<double>(points.size() - 2) * xx));
  response.is_measured = response.slope_error <= kLargestError;
  return response.is_measured ? response : SignalResponse{};
}

stats::PassingSignal without_response(const stats::PassingSignal& signal, const SignalResponse& response) {
  return {signal.fitted / response.slope, signal.error / response.slope, signal.upper_limit / response.slope};
}

}  // namespace eddy::search
