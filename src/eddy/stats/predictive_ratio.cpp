#include <eddy/stats/intervals.hpp>
#include <eddy/stats/predictive_ratio.hpp>
#include <eddy/stats/spread_of_one_more.hpp>

#include <cassert>
#include <cmath>
#include <vector>

namespace eddy::stats {

std::optional<PredictiveRatio> predictive_ratio(std::span<const double> observed, std::span<const double> predicted) {
  assert(observed.size() == predicted.size());
  std::vector<double> logs;
  double sum = 0;
  for (std::size_t i = 0; i < observed.size(); ++i) {
    if (std::isfinite(predicted[i]) && predicted[i] >= 0) {
      logs.push_back(std::log((observed[i] + 0.5) / (predicted[i] + 0.5)));
      sum += logs.back();
    }
  }
  if (logs.size() < 2) {
    return {};
  }
  const auto n = static_cast<double>(logs.size());
  const double mean = sum / n;
  double squares = 0;
  for (const double value : logs) {
    squares += (value - mean) * (value - mean);
  }
  const double above_one_sigma = to_p_value({1}).value;
  return PredictiveRatio{.factor = std::exp(mean),
                         .error = spread_of_one_more(squares / (n - 1), n - 1, n, above_one_sigma)};
}

}  // namespace eddy::stats
