#include <eddy/report/histogram.hpp>

#include <eddy/stats/intervals.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace eddy::report {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// The nearest, in ratio, of 1, 2, 2.5, 5 and 10 times a power of ten.
double round_width(double width) {
  const double power = std::pow(10.0, std::floor(std::log10(width)));
  double nearest = 10 * power;
  for (const double step : {1.0, 2.0, 2.5, 5.0}) {
    if (std::abs(std::log(step * power / width)) < std::abs(std::log(nearest / width))) {
      nearest = step * power;
    }
  }
  return nearest;
}

std::size_t bin_of(const std::vector<double>& edges, double value) {
  const auto inner = std::upper_bound(edges.begin() + 1, edges.end() - 1, value);
  return static_cast<std::size_t>(inner - edges.begin()) - 1;
}

/// Points at `scale(bin)` times the counts and their Garwood limits.
template <class ScaleOfBin>
Trace scaled_points(const Histogram& histogram, const std::string& name, const std::string& role, ScaleOfBin scale) {
  Trace trace{.kind = TraceKind::kPoints, .name = name, .role = role, .x = centres_of(histogram.edges)};
  for (std::size_t bin = 0; bin < histogram.counts.size(); ++bin) {
    const EffectiveCount count = effective_count(histogram, bin);
    const stats::Interval interval = stats::garwood(count.n);
    const double factor = scale(bin) * count.unit;
    trace.y.push_back(scale(bin) * histogram.counts[bin]);
    trace.low.push_back(factor * interval.low);
    trace.high.push_back(factor * interval.high);
  }
  trace.counts = histogram.counts;
  return trace;
}

}  // namespace

double Histogram::total() const { return std::accumulate(counts.begin(), counts.end(), 0.0); }

std::vector<double> centres_of(const std::vector<double>& edges) {
  std::vector<double> centres;
  for (std::size_t bin = 0; bin + 1 < edges.size(); ++bin) {
    centres.push_back(0.5 * (edges[bin] + edges[bin + 1]));
  }
  return centres;
}

std::vector<double> round_edges(double low, double high, std::size_t n_bins, double anchor) {
  const double extent = high - low;
  const double width = extent > 0 ? round_width(extent / static_cast<double>(n_bins)) : 1.0;
  // The tolerance keeps a limit that is an edge up to rounding from opening a bin of its own.
  const auto first = static_cast<std::int64_t>(std::floor((low - anchor) / width + 1e-6));
  const auto last = std::max(static_cast<std::int64_t>(std::ceil((high - anchor) / width - 1e-6)), first + 1);
  std::vector<double> edges;
  for (std::int64_t i = first; i <= last; ++i) {
    edges.push_back(anchor + static_cast<double>(i) * width);
  }
  return edges;
}

double quantile(std::vector<float> values, double q) {
  std::erase_if(values, [](float value) { return !std::isfinite(value); });
  if (values.empty()) {
    return kNaN;
  }
  const auto rank = static_cast<std::ptrdiff_t>(std::llround(q * static_cast<double>(values.size() - 1)));
  std::nth_element(values.begin(), values.begin() + rank, values.end());
  return values[static_cast<std::size_t>(rank)];
}

std::vector<double> common_edges(std::span<const std::vector<float>> samples, std::size_t n_bins, double anchor) {
  constexpr double kTail = 0.001;
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  for (const auto& values : samples) {
    low = std::fmin(low, quantile(values, kTail));
    high = std::fmax(high, quantile(values, 1 - kTail));
  }
  return low <= high ? round_edges(low, high, n_bins, anchor) : round_edges(0, 1, n_bins);
}

Histogram fill(std::vector<double> edges, std::span<const float> values, std::span<const float> weights) {
  Histogram histogram{std::move(edges), {}, 0};
  histogram.counts.assign(histogram.edges.size() - 1, 0.0);
  histogram.variance.assign(weights.empty() ? 0 : histogram.counts.size(), 0.0);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isnan(values[i])) {
      ++histogram.n_nan;
      continue;
    }
    const std::size_t bin = bin_of(histogram.edges, values[i]);
    histogram.counts[bin] += weights.empty() ? 1.0 : weights[i];
    if (!weights.empty()) {
      histogram.variance[bin] += double{weights[i]} * weights[i];
    }
  }
  return histogram;
}

EffectiveCount effective_count(const Histogram& histogram, std::size_t bin) {
  const double count = histogram.counts[bin];
  if (histogram.variance.empty()) {
    return {count, 1};
  }
  if (count > 0) {
    return {count * count / histogram.variance[bin], histogram.variance[bin] / count};
  }
  const double squares = std::accumulate(histogram.variance.begin(), histogram.variance.end(), 0.0);
  return {0, histogram.total() > 0 ? squares / histogram.total() : 1};  // what one event more would count
}

std::vector<double> fill_2d(const std::vector<double>& x_edges, const std::vector<double>& y_edges,
                            std::span<const float> x, std::span<const float> y, std::span<const float> weights) {
  const std::size_t n_x = x_edges.size() - 1;
  std::vector<double> counts(n_x * (y_edges.size() - 1), 0.0);
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (!std::isnan(x[i]) && !std::isnan(y[i])) {
      counts[bin_of(y_edges, y[i]) * n_x + bin_of(x_edges, x[i])] += weights.empty() ? 1.0 : weights[i];
    }
  }
  return counts;
}

Trace density_step(const Histogram& histogram, const std::string& name, const std::string& role) {
  const double total = histogram.total();
  Trace trace{.kind = TraceKind::kStep, .name = name, .role = role, .x = histogram.edges};
  for (std::size_t bin = 0; bin < histogram.counts.size(); ++bin) {
    trace.y.push_back(total > 0 ? histogram.counts[bin] / (total * histogram.width(bin)) : 0.0);
  }
  trace.counts = histogram.counts;
  return trace;
}

Trace density_points(const Histogram& histogram, const std::string& name, const std::string& role) {
  const double total = histogram.total();
  return scaled_points(histogram, name, role,
                       [&](std::size_t bin) { return total > 0 ? 1 / (total * histogram.width(bin)) : 0.0; });
}

Trace count_points(const Histogram& histogram, const std::string& name, const std::string& role) {
  return scaled_points(histogram, name, role, [](std::size_t) { return 1.0; });
}

Trace ratio_points(const Histogram& numerator, const Histogram& denominator, const std::string& name,
                   const std::string& role) {
  const double scale = denominator.total() / numerator.total();
  return scaled_points(numerator, name, role, [&](std::size_t bin) {
    const bool both = numerator.counts[bin] > 0 && denominator.counts[bin] > 0;
    return both ? scale / denominator.counts[bin] : kNaN;
  });
}

Trace relative_error_band(const Histogram& histogram, const std::string& name, const std::string& role) {
  Trace trace{.kind = TraceKind::kBand, .name = name, .role = role, .x = histogram.edges};
  for (std::size_t bin = 0; bin < histogram.counts.size(); ++bin) {
    const double n = effective_count(histogram, bin).n;
    const double error = n > 0 ? 1 / std::sqrt(n) : kNaN;
    trace.low.push_back(1 - error);
    trace.high.push_back(1 + error);
  }
  return trace;
}

std::array<double, 2> ratio_range(const std::vector<Trace>& traces) {
  std::size_t n_all = 0;
  std::size_t n_inside = 0;
  for (const Trace& trace : traces) {
    for (const double y : trace.y) {
      n_all += std::isfinite(y) ? 1 : 0;
      n_inside += y >= 0.5 && y <= 1.5 ? 1 : 0;
    }
  }
  return 10 * n_inside >= 9 * n_all ? std::array<double, 2>{0.5, 1.5} : std::array<double, 2>{0, 2};
}

std::array<double, 2> ratio_range_from_zero(const std::vector<double>& ratios) {
  const double largest =
      std::accumulate(ratios.begin(), ratios.end(), 0.0, [](double a, double b) { return std::fmax(a, b); });
  return {0, std::clamp(1.2 * largest, 2.0, kMaxRatio)};
}

std::array<double, 2> log_range(const std::vector<Trace>& traces, double headroom) {
  double low = std::numeric_limits<double>::infinity();
  double high = 0;
  for (const Trace& trace : traces) {
    for (const double y : trace.y) {
      if (std::isfinite(y) && y > 0) {
        low = std::min(low, y);
        high = std::max(high, y);
      }
    }
  }
  return high > 0 ? std::array<double, 2>{0.5 * low, headroom * high} : std::array<double, 2>{0.1, 1};
}

}  // namespace eddy::report
