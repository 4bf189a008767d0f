#include <eddy/stats/predictive_ratio.hpp>

#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>

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
  const double sd = std::sqrt(squares / (n - 1));
  const double one_sigma = boost::math::cdf(boost::math::normal(), 1.0);
  const double t = boost::math::quantile(boost::math::students_t(n - 1), one_sigma);
  return PredictiveRatio{.factor = std::exp(mean), .error = t * sd * std::sqrt(1 + 1 / n)};
}

}  // namespace eddy::stats
