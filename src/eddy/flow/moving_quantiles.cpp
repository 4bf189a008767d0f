#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/base/symmetric_matrix.hpp>
#include <eddy/flow/moving_quantiles.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

namespace eddy::flow {
namespace {

constexpr std::size_t kMostQuantiles = 41;
constexpr std::size_t kEventsPerBin = 615;
constexpr std::size_t kEventsBetween = 15;  // neighbouring quantiles of a bin
constexpr std::size_t kFewestBins = 8;
constexpr std::size_t kMostBins = 64;
constexpr double kSmallestContext = 1e-30;  // whose logarithm is taken
constexpr double kSmallestWidth = 1e-6;     // of a segment, of the distance of the outermost quantiles
/// Segments become narrower by no more than this: parabolas through noise, or through values of which many are alike,
/// may meet, and events between them would be thrown far apart.
constexpr double kSmallestPart = 0.1;

/// Rows in the order of their place, divided into bins of equal numbers.
std::vector<std::vector<std::size_t>> bins_of(const std::vector<double>& place) {
  std::vector<std::size_t> order(place.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t row) { return place[row]; });
  const std::size_t n_bins = std::clamp(place.size() / kEventsPerBin, kFewestBins, kMostBins);
  std::vector<std::vector<std::size_t>> bins;
  for (std::size_t b = 0; b < n_bins; ++b) {
    const auto first = order.begin() + static_cast<std::ptrdiff_t>(b * order.size() / n_bins);
    const auto last = order.begin() + static_cast<std::ptrdiff_t>((b + 1) * order.size() / n_bins);
    bins.emplace_back(first, last);
  }
  return bins;
}

/// The value that a fraction of sorted `values` lies below, between two of them.
double quantile_of(const std::vector<float>& values, double fraction) {
  const double at =
      std::clamp(fraction * static_cast<double>(values.size()) - 0.5, 0.0, static_cast<double>(values.size() - 1));
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, values.size() - 1);
  const double share = at - static_cast<double>(below);
  return (1 - share) * values[below] + share * values[above];
}

/// Least squares of a parabola through points of equal weight; their mean where they lie at fewer than three places.
std::array<double, 3> fit_parabola(const std::vector<double>& place, const std::vector<double>& value) {
  base::SymmetricMatrix normal(3);
  std::vector<double> right(3);
  for (std::size_t i = 0; i < place.size(); ++i) {
    const std::array<double, 3> powers = {1, place[i], place[i] * place[i]};
    for (std::size_t r = 0; r < 3; ++r) {
      right[r] += powers[r] * value[i];
      for (std::size_t c = 0; c < 3; ++c) {
        normal(r, c) += powers[r] * powers[c];
      }
    }
  }
  const base::Cholesky cholesky(normal);
  if (!cholesky.positive_definite()) {
    return {right[0] / normal(0, 0), 0, 0};
  }
  const std::vector<double> solution = cholesky.solve(right);
  return {solution[0], solution[1], solution[2]};
}

/// The segment between two of ascending `knots` that `value` belongs to; the outermost go on beyond.
template <class Knots>
std::size_t segment_of(const Knots& knots, double value) {
  std::size_t low = 0;  // the segment is one of [low, high)
  std::size_t high = knots.size() - 1;
  while (high - low > 1) {
    const std::size_t middle = low + (high - low) / 2;
    (value < knots[middle] ? high : low) = middle;
  }
  return low;
}

template <class From, class To>
double slope_of(const From& from, const To& to, std::size_t segment) {
  return (to[segment + 1] - to[segment]) / (from[segment + 1] - from[segment]);
}

template <class From, class To>
double interpolate(const From& from, const To& to, double value) {
  const std::size_t segment = segment_of(from, value);
  return to[segment] + slope_of(from, to, segment) * (value - from[segment]);
}

double at(const std::array<double, 3>& parabola, double place) {
  const auto& [a, b, c] = parabola;
  return a + place * (b + place * c);
}

/// The smallest value of a parabola between -1 and 1.
double smallest_of(const std::array<double, 3>& parabola) {
  const double ends = std::min(at(parabola, -1), at(parabola, 1));
  const double vertex = -0.5 * parabola[1] / parabola[2];  // infinite, or not a number, for a line
  return std::abs(vertex) < 1 ? std::min(ends, at(parabola, vertex)) : ends;
}

}  // namespace

MovingQuantiles MovingQuantiles::fit(base::MatrixView x, base::MatrixView context) {
  if (context.cols != 1) {
    throw base::InputError(fmt::format(
        "[flow] moving_quantiles follows one context variable, and there are {}; set it to false", context.cols));
  }
  if (x.rows < kFewestForMovingQuantiles) {
    throw base::InputError(
        fmt::format("[flow] moving_quantiles needs at least {} events to learn from, and there are {}; set it to false",
                    kFewestForMovingQuantiles, x.rows));
  }
  MovingQuantiles map;
  std::vector<float> contexts(x.rows);
  for (std::size_t i = 0; i < x.rows; ++i) {
    contexts[i] = context(i, 0);
  }
  const auto [smallest, largest] = std::ranges::minmax(contexts);
  map.is_logarithmic_ = smallest > 0;
  map.low_ = map.is_logarithmic_ ? std::log(static_cast<double>(smallest)) : smallest;
  map.high_ = map.is_logarithmic_ ? std::log(static_cast<double>(largest)) : largest;
  std::vector<double> place(x.rows);
  std::ranges::transform(contexts, place.begin(), [&](float value) { return map.place_of(value); });
  const std::vector<std::vector<std::size_t>> bins = bins_of(place);
  map.reference_place_ = place[bins[bins.size() / 2].front()];
  std::vector<double> centre;
  for (const std::vector<std::size_t>& bin : bins) {
    const double sum =
        std::accumulate(bin.begin(), bin.end(), 0.0, [&](double s, std::size_t row) { return s + place[row]; });
    centre.push_back(sum / static_cast<double>(bin.size()));
  }
  const std::size_t n_quantiles = std::min(kMostQuantiles, x.rows / bins.size() / kEventsBetween);
  for (std::size_t f = 0; f < x.cols; ++f) {
    std::vector<std::vector<double>> values(n_quantiles);  // of each quantile in each bin
    for (const std::vector<std::size_t>& bin : bins) {
      std::vector<float> sorted(bin.size());
      std::ranges::transform(bin, sorted.begin(), [&](std::size_t row) { return x(row, f); });
      std::ranges::sort(sorted);
      for (std::size_t q = 0; q < n_quantiles; ++q) {
        const double fraction = (static_cast<double>(q) + 0.5) / static_cast<double>(n_quantiles);
        values[q].push_back(quantile_of(sorted, fraction));
      }
    }
    Feature feature;
    for (const std::vector<double>& of_quantile : values) {
      feature.quantiles.push_back(fit_parabola(centre, of_quantile));
    }
    map.set_reference(feature);
    map.features_.push_back(std::move(feature));
  }
  return map;
}

double MovingQuantiles::place_of(float context) const {
  const double value = is_logarithmic_ ? std::log(std::max<double>(context, kSmallestContext)) : context;
  return high_ > low_ ? 2 * (std::clamp(value, low_, high_) - low_) / (high_ - low_) - 1 : 0;
}

void MovingQuantiles::fill_quantiles(const Feature& feature, double place, std::vector<double>& values) {
  values.resize(feature.quantiles.size());
  for (std::size_t q = 0; q < values.size(); ++q) {
    const double value = at(feature.quantiles[q], place);
    values[q] = q == 0 ? value : std::max(value, values[q - 1] + feature.smallest_steps[q - 1]);
  }
}

/// The quantiles of a feature at a place, ascending. Where most parabolas are in order by themselves, each is computed
/// when it is looked at, from the nearest that nothing moves: a search through them looks at few.
class MovingQuantiles::QuantilesAt {
 public:
  /// `values` is space for those that are computed together.
  QuantilesAt(const Feature& feature, double place, std::vector<double>& values)
      : feature_(feature), place_(place), values_(values) {
    if (!feature.is_mostly_anchored) {
      fill_quantiles(feature, place, values);
    }
  }
  [[nodiscard]] std::size_t size() const { return feature_.quantiles.size(); }
  double operator[](std::size_t q) const {
    if (!feature_.is_mostly_anchored) {
      return values_[q];
    }
    std::size_t from = q;
    while (feature_.anchored[from] == 0) {
      --from;
    }
    double value = at(feature_.quantiles[from], place_);
    while (from++ < q) {
      value = std::max(at(feature_.quantiles[from], place_), value + feature_.smallest_steps[from - 1]);
    }
    return value;
  }

 private:
  const Feature& feature_;
  double place_;
  const std::vector<double>& values_;
};

template <class Use>
void MovingQuantiles::for_each_value(base::MatrixView context, const Use& use) const {
  std::vector<double> values;
  for (std::size_t i = 0; i < context.rows; ++i) {
    const double place = place_of(context(i, 0));
    for (std::size_t f = 0; f < features_.size(); ++f) {
      use(i, f, QuantilesAt(features_[f], place, values), features_[f].reference);
    }
  }
}

void MovingQuantiles::find_anchors(Feature& feature) {
  constexpr double kRounding = 1e-9;  // of the values: much more than that of their sums
  constexpr double kMost = 0.7;
  const std::size_t n = feature.quantiles.size();
  feature.anchored.assign(n, 1);
  for (std::size_t q = 1; q < n; ++q) {
    double steps = kRounding * std::max(std::abs(at(feature.quantiles[q], 1)), std::abs(at(feature.quantiles[q], -1)));
    for (std::size_t below = q; below-- > 0 && feature.anchored[q] != 0;) {
      steps += feature.smallest_steps[below];
      Parabola distance = feature.quantiles[q];
      std::ranges::transform(distance, feature.quantiles[below], distance.begin(), std::minus<>());
      feature.anchored[q] = smallest_of(distance) > steps ? 1 : 0;
    }
  }
  const auto n_anchored = static_cast<double>(std::ranges::count(feature.anchored, 1));
  feature.is_mostly_anchored = n_anchored > kMost * static_cast<double>(n);
}

void MovingQuantiles::set_reference(Feature& feature) const {
  const std::size_t n_segments = feature.quantiles.size() - 1;
  feature.smallest_steps.assign(n_segments, 0);
  fill_quantiles(feature, reference_place_, feature.reference);
  const double width = feature.reference.back() - feature.reference.front();
  feature.smallest_steps.assign(n_segments, kSmallestWidth * (width > 0 ? width : 1));
  fill_quantiles(feature, reference_place_, feature.reference);
  for (std::size_t i = 0; i < n_segments; ++i) {
    feature.smallest_steps[i] = kSmallestPart * (feature.reference[i + 1] - feature.reference[i]);
  }
  find_anchors(feature);
}

base::Matrix MovingQuantiles::forward(base::MatrixView x, base::MatrixView context) const {
  base::Matrix stationary(x.rows, x.cols);
  for_each_value(context, [&](std::size_t i, std::size_t f, const auto& knots, const auto& reference) {
    stationary(i, f) = static_cast<float>(interpolate(knots, reference, x(i, f)));
  });
  return stationary;
}

base::Matrix MovingQuantiles::inverse(base::MatrixView stationary, base::MatrixView context) const {
  base::Matrix x(stationary.rows, stationary.cols);
  for_each_value(context, [&](std::size_t i, std::size_t f, const auto& knots, const auto& reference) {
    x(i, f) = static_cast<float>(interpolate(reference, knots, stationary(i, f)));
  });
  return x;
}

std::vector<double> MovingQuantiles::log_jacobian(base::MatrixView x, base::MatrixView context) const {
  std::vector<double> sums(x.rows);
  for_each_value(context, [&](std::size_t i, std::size_t f, const auto& knots, const auto& reference) {
    sums[i] += std::log(slope_of(knots, reference, segment_of(knots, x(i, f))));
  });
  return sums;
}

base::Json MovingQuantiles::to_json() const {
  base::Json features = base::Json::array();
  for (const Feature& feature : features_) {
    features.push_back(feature.quantiles);
  }
  return {{"logarithmic", is_logarithmic_},
          {"low", low_},
          {"high", high_},
          {"reference", reference_place_},
          {"features", std::move(features)}};
}

MovingQuantiles MovingQuantiles::from_json(const base::Json& json) {
  MovingQuantiles map;
  map.is_logarithmic_ = json.at("logarithmic");
  map.low_ = json.at("low");
  map.high_ = json.at("high");
  map.reference_place_ = json.at("reference");
  if (!(map.low_ <= map.high_) || !std::isfinite(map.high_ - map.low_) || !(std::abs(map.reference_place_) <= 1)) {
    throw base::InputError(
        "moving quantiles have no range of contexts: the model file is damaged; run the search again");
  }
  for (const base::Json& quantiles : json.at("features")) {
    Feature feature{.quantiles = quantiles.get<std::vector<Parabola>>(), .reference = {}, .smallest_steps = {}};
    const auto is_finite = [](const Parabola& parabola) {
      return std::ranges::all_of(parabola, [](double value) { return std::isfinite(value); });
    };
    if (feature.quantiles.size() < 2 || !std::ranges::all_of(feature.quantiles, is_finite)) {
      throw base::InputError(
          "moving quantiles need two finite ones or more: the model file is damaged; run the search again");
    }
    map.set_reference(feature);
    map.features_.push_back(std::move(feature));
  }
  return map;
}

}  // namespace eddy::flow
