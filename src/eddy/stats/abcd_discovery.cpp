#include <eddy/base/parallel.hpp>
#include <eddy/stats/abcd_discovery.hpp>
#include <eddy/stats/abcd_toys.hpp>

#include <algorithm>
#include <cmath>

namespace eddy::stats {
namespace {

constexpr double kTie =
    1e-6;  // roots closer than this belong to the same counts: the fits agree to about 1e-6 at root 0

/// Weights of the toys on one side of the observation, 0 for the others.
std::vector<double> tail_weights(const AbcdToyMixture& toys, const AbcdModel& model, double observed,
                                 std::size_t n_toys) {
  const bool upper = observed > 0;
  std::vector<double> weights(n_toys);
  base::parallel_blocks(n_toys, kToyBlock, [&](std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) {
      const AbcdToy toy = toys.draw(i);
      const bool reached = signed_root(toy.counts, model_of(toy, model)) >= observed - kTie;
      weights[i] = reached == upper ? toys.weight(toy, 0) : 0;
    }
  });
  return weights;
}

}  // namespace

ToyPValue toy_p_value(const AbcdCounts& counts, const AbcdModel& model, const AbcdProfile& null,
                      const base::RandomStream& stream, std::size_t n_toys) {
  const std::array sources{source_of(null, model), AbcdToySource{counts, std::log(model.closure)}};
  const AbcdToyMixture toys(sources, model.closure_error, stream);
  const double observed = signed_root(counts, model);
  double sum = 0;
  double sum_squares = 0;
  for (const double weight : tail_weights(toys, model, observed, n_toys)) {
    sum += weight;
    sum_squares += weight * weight;
  }
  const double n = static_cast<double>(n_toys);
  const double tail = std::min(1.0, sum / n);  // the smaller tail is summed and the other is its complement
  const double error = std::sqrt(std::max(0.0, sum_squares / n - tail * tail) / n);
  return {{observed > 0 ? tail : 1 - tail}, error};
}

}  // namespace eddy::stats
