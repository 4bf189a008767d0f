#include <eddy/stats/abcd_discovery.hpp>
#include <eddy/stats/abcd_toys.hpp>

#include <algorithm>
#include <cmath>

namespace eddy::stats {
namespace {

// Roots closer than this are ties: the noise of a root of 0 is sqrt(2e-12), more where means vanish together.
constexpr double kRootTie = 1e-4;

/// Weights of the toys on one side of the observation, 0 for the others.
std::vector<double> tail_weights(const AbcdToyMixture& toys, const AbcdModel& model, double observed,
                                 std::size_t n_toys, const base::Monitor& monitor) {
  const bool upper = observed > 0;
  std::vector<double> weights(n_toys);
  fit_toys(
      n_toys,
      [&](std::size_t i) {
        const AbcdToy toy = toys.draw(i);
        const bool reached = signed_root(toy.counts, model_of(toy, model)) >= observed - kRootTie;
        weights[i] = reached == upper ? toys.weight(toy, 0) : 0;
      },
      monitor);
  return weights;
}

}  // namespace

ToyPValue toy_p_value(const AbcdCounts& counts, const AbcdModel& model, const AbcdProfile& null,
                      const base::RandomStream& stream, std::size_t n_toys, const base::Monitor& monitor) {
  const std::array sources{source_of(null, model), AbcdToySource{counts, std::log(model.closure)}};
  const AbcdToyMixture toys(sources, model.closure_error, stream);
  const double observed = signed_root(counts, model);
  double sum = 0;
  double sum_squares = 0;
  for (const double weight : tail_weights(toys, model, observed, n_toys, monitor)) {
    sum += weight;
    sum_squares += weight * weight;
  }
  const double n = static_cast<double>(n_toys);
  const double tail = std::min(1.0, sum / n);  // the smaller tail is summed and the other is its complement
  const double error = std::sqrt(std::max(0.0, sum_squares / n - tail * tail) / n);
  if (observed > 0) {
    return {{tail}, error};
  }
  return {{std::min(1 - tail, n / (n + 1))}, error};  // not 1: n toys above the observation do not prove certainty
}

}  // namespace eddy::stats
