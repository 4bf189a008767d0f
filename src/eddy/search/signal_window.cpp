#include <eddy/base/error.hpp>
#include <eddy/base/infinity.hpp>
#include <eddy/search/signal_window.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace eddy::search {

double roundest_between(double low, double high) {
  if (low < 0 && high >= 0) {
    return 0;
  }
  const double largest = std::max(std::abs(low), std::abs(high));
  for (int power = static_cast<int>(std::ceil(std::log10(largest))); power > -30; --power) {
    const double step = std::pow(10.0, std::abs(power));
    // Dividing by a whole number keeps decimal fractions exact: 3.3, not 3.3000000000000003.
    const double candidate = power < 0 ? std::floor(high * step) / step : std::floor(high / step) * step;
    if (candidate > low && candidate <= high) {
      return candidate;
    }
  }
  return high;
}

stats::MassWindow signal_window(const Sample& data) {
  double first = base::kInfinity;
  double last = -base::kInfinity;
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (data.in_signal_region[i] != 0) {
      first = std::min<double>(first, data.context(i, 0));
      last = std::max<double>(last, data.context(i, 0));
    }
  }
  double below = -base::kInfinity;
  double above = base::kInfinity;
  for (std::size_t i = 0; i < data.size(); ++i) {
    const double m = data.context(i, 0);
    if (data.in_signal_region[i] != 0) {
      continue;
    }
    if (m > first && m < last) {
      throw base::InputError(fmt::format(
          "the signal region reaches from {} to {} but an event at {} outside it lies in between; a bump hunt "
          "needs one window, such as signal = \"mjj > 3300 && mjj < 3700\"",
          first, last, m));
    }
    (m <= first ? below : above) = m <= first ? std::max(below, m) : std::min(above, m);
  }
  return {std::isfinite(below) ? roundest_between(below, first) : first,
          std::isfinite(above) ? roundest_between(last, above) : last};
}

}  // namespace eddy::search
