#include <eddy/search/resonant/context_density.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace eddy::search {
namespace {

double standard_deviation(std::span<const float> values) {
  const double n = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  double sum = 0;
  for (const float value : values) {
    sum += (value - mean) * (value - mean);
  }
  return std::sqrt(sum / n);
}

double reflected_into(stats::MassWindow window, double m) {
  if (m < window.low) {
    m = 2 * window.low - m;
  } else if (m > window.high) {
    m = 2 * window.high - m;
  }
  return std::clamp(m, window.low, window.high);  // for a kernel wider than the window
}

}  // namespace

base::Matrix sample_context(std::span<const float> contexts, stats::MassWindow window, double bandwidth, std::size_t n,
                            const base::RandomStream& stream) {
  constexpr double kScott = -0.2;  // of one dimension
  const double width =
      bandwidth > 0 ? bandwidth : standard_deviation(contexts) * std::pow(static_cast<double>(contexts.size()), kScott);
  base::Matrix sampled(n, 1);
  for (std::size_t i = 0; i < n; ++i) {
    base::RandomStream draw = stream.starting_at(2 * i);
    const double centre = contexts[draw.below(contexts.size())];
    sampled(i, 0) = static_cast<float>(reflected_into(window, centre + width * draw.normal()));
  }
  return sampled;
}

}  // namespace eddy::search
