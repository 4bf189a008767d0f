#include <eddy/base/artefact.hpp>
#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/events/quantile_map.hpp>

#include <fmt/format.h>
#include <boost/math/special_functions/erf.hpp>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>

namespace eddy::events {
namespace {

constexpr std::size_t kSegments = 256;       // about 0.04 in normal score for a million events
constexpr double kMinEventsPerSegment = 50;  // 1 / sqrt(50) = 14 % noise of a slope

double normal_score(double probability) { return -std::numbers::sqrt2 * boost::math::erfc_inv(2.0 * probability); }

double normal_probability(double score) { return 0.5 * std::erfc(-score / std::numbers::sqrt2); }

struct Knot {
  float x = 0;
  double rank = 0;  ///< number of events below, tied ones counted half
};

double middle_rank(std::span<const float> sorted, float x) {
  const auto [first, last] = std::equal_range(sorted.begin(), sorted.end(), x);
  return 0.5 * static_cast<double>((first - sorted.begin()) + (last - sorted.begin()));
}

/// Distinct values at evenly spaced normal scores, the smallest and the largest value included.
std::vector<Knot> candidate_knots(std::span<const float> sorted) {
  const double n = static_cast<double>(sorted.size());
  const double lowest_score = normal_score(0.5 / n);
  std::vector<Knot> knots = {{sorted.front(), middle_rank(sorted, sorted.front())}};
  for (std::size_t k = 1; k <= kSegments; ++k) {
    const double score = lowest_score * (1.0 - 2.0 * static_cast<double>(k) / kSegments);
    const auto index = std::min(sorted.size() - 1, static_cast<std::size_t>(normal_probability(score) * n));
    const float x = k == kSegments ? sorted.back() : sorted[index];
    if (x > knots.back().x) {
      knots.push_back({x, middle_rank(sorted, x)});
    }
  }
  return knots;
}

/// Drops inner knots until enough events lie between neighbours; the first and the last stay.
std::vector<Knot> thin_knots(const std::vector<Knot>& knots) {
  const Knot& last = knots.back();
  std::vector<Knot> kept = {knots.front()};
  for (std::size_t k = 1; k + 1 < knots.size(); ++k) {
    const bool far_from_previous = knots[k].rank - kept.back().rank >= kMinEventsPerSegment;
    const bool far_from_last = last.rank - knots[k].rank >= kMinEventsPerSegment;
    if (far_from_previous && far_from_last) {
      kept.push_back(knots[k]);
    }
  }
  kept.push_back(last);
  return kept;
}

std::vector<Knot> quantile_knots(std::span<const float> values) {
  std::vector<float> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  return thin_knots(candidate_knots(sorted));
}

/// Harmonic means of the neighbouring secants, which bound a knot's slope by twice the flatter one.
std::vector<double> knot_slopes(std::span<const float> x, std::span<const float> u) {
  std::vector<double> inverse_secants;
  for (std::size_t k = 0; k + 1 < x.size(); ++k) {
    inverse_secants.push_back((static_cast<double>(x[k + 1]) - x[k]) / (static_cast<double>(u[k + 1]) - u[k]));
  }
  std::vector<double> slopes = {1.0 / inverse_secants.front()};
  for (std::size_t k = 0; k + 1 < inverse_secants.size(); ++k) {
    slopes.push_back(2.0 / (inverse_secants[k] + inverse_secants[k + 1]));
  }
  slopes.push_back(1.0 / inverse_secants.back());
  return slopes;
}

/// One segment of a monotone rational-quadratic spline (Gregory and Delbourgo 1982) from the unit interval to itself,
/// with slopes `left` and `right` at its ends.
struct UnitSegment {
  double left = 1;
  double right = 1;

  [[nodiscard]] double denominator(double t) const { return 1.0 + (left + right - 2.0) * t * (1.0 - t); }
  [[nodiscard]] double value(double t) const { return t * (t + left * (1.0 - t)) / denominator(t); }
  [[nodiscard]] double slope(double t) const {
    const double numerator = right * t * t + 2.0 * t * (1.0 - t) + left * (1.0 - t) * (1.0 - t);
    return numerator / (denominator(t) * denominator(t));
  }
  /// The root in [0, 1] of value(t) = y, in the form without cancellation.
  [[nodiscard]] double solve(double y) const {
    const double s = left + right - 2.0;
    const double a = 1.0 - left + y * s;
    const double b = left - y * s;
    const double discriminant = std::max(0.0, b * b + 4.0 * a * y);
    return std::clamp(2.0 * y / (b + std::sqrt(discriminant)), 0.0, 1.0);
  }
};

/// The segment of the spline that holds a value, and where its ends are.
struct Place {
  double x0 = 0;
  double width = 1;
  double u0 = 0;
  double height = 1;
  UnitSegment unit;
};

/// Index of the segment of ascending `knots` that contains `value`; the edge segments contain all beyond them.
std::size_t segment_of(std::span<const float> knots, float value) {
  const auto inner = knots.subspan(1, knots.size() - 2);
  return static_cast<std::size_t>(std::upper_bound(inner.begin(), inner.end(), value) - inner.begin());
}

Place place_at(std::span<const float> x, std::span<const float> u, std::span<const double> slopes, std::size_t k) {
  const double width = static_cast<double>(x[k + 1]) - x[k];
  const double height = static_cast<double>(u[k + 1]) - u[k];
  const double inverse_secant = width / height;
  return {x[k], width, u[k], height, {slopes[k] * inverse_secant, slopes[k + 1] * inverse_secant}};
}

bool is_ascending(const std::vector<float>& values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i]) || (i > 0 && values[i] <= values[i - 1])) {
      return false;
    }
  }
  return true;
}

}  // namespace

QuantileMap QuantileMap::fit(std::span<const float> values) {
  QuantileMap map;
  for (const Knot& knot : quantile_knots(values)) {
    map.x_.push_back(knot.x);
    map.u_.push_back(static_cast<float>(normal_score(knot.rank / static_cast<double>(values.size()))));
  }
  assert(map.x_.front() < map.x_.back());
  map.slopes_ = knot_slopes(map.x_, map.u_);
  return map;
}

float QuantileMap::forward(float x) const {
  const float clipped = std::clamp(x, x_.front(), x_.back());
  const Place place = place_at(x_, u_, slopes_, segment_of(x_, clipped));
  return static_cast<float>(place.u0 + place.height * place.unit.value((clipped - place.x0) / place.width));
}

float QuantileMap::inverse(float u) const {
  const float clipped = std::clamp(u, u_.front(), u_.back());
  const Place place = place_at(x_, u_, slopes_, segment_of(u_, clipped));
  return static_cast<float>(place.x0 + place.width * place.unit.solve((clipped - place.u0) / place.height));
}

double QuantileMap::log_slope(float x) const {
  const float clipped = std::clamp(x, x_.front(), x_.back());
  const Place place = place_at(x_, u_, slopes_, segment_of(x_, clipped));
  const double unit_slope = place.unit.slope((clipped - place.x0) / place.width);
  return std::log(unit_slope) + std::log(place.height) - std::log(place.width);
}

base::Json QuantileMap::to_json() const { return {{"x", base::pack_floats(x_)}, {"u", base::pack_floats(u_)}}; }

QuantileMap QuantileMap::from_json(const base::Json& json) {
  QuantileMap map;
  map.x_ = base::unpack_floats(json.at("x"));
  map.u_ = base::unpack_floats(json.at("u"));
  if (map.x_.size() != map.u_.size() || map.x_.size() == 1 || !is_ascending(map.x_) || !is_ascending(map.u_)) {
    throw base::InputError(fmt::format(
        "a map of quantiles with {} values and {} scores does not rise: its file is damaged; train the model "
        "again",
        map.x_.size(), map.u_.size()));
  }
  if (!map.x_.empty()) {
    map.slopes_ = knot_slopes(map.x_, map.u_);
  }
  return map;
}

}  // namespace eddy::events
