#pragma once
// Pseudo-events of null experiments: real contexts, learned features.

#include <eddy/base/random.hpp>
#include <eddy/flow/flow.hpp>
#include <eddy/search/dequantisation.hpp>
#include <eddy/search/inputs.hpp>
#include <eddy/search/sample.hpp>
#include <eddy/search/search.hpp>

#include <cstddef>
#include <vector>

namespace eddy::search {

/// p(x | context) as a flow knows it; features that take steps, which methods without a flow see as they are, take them
/// in samples too.
struct LearnedDensity {
  flow::Flow flow;
  Dequantisation steps = {};

  /// Features at `context`: (n_events, n_features).
  [[nodiscard]] base::Matrix sample(base::MatrixView context, const base::RandomStream& stream) const;
};

/// Learns the density of all events of `sample`, a quarter of which are kept for validation, as a task of the search.
[[nodiscard]] LearnedDensity learn_density(const Search& search, const Sample& sample);

/// A Poisson number of events, with mean `mean`, of `rows` of some sample, drawn with replacement; in proportion to
/// `weight` (one per row), where it is not empty.
[[nodiscard]] std::vector<std::size_t> draw_rows(const std::vector<std::size_t>& rows, double mean,
                                                 base::RandomStream stream, const std::vector<float>& weight = {});

/// Masses in bins between `edges` that hold `factor` times `expected` events on average: Poisson numbers, uniform
/// inside.
[[nodiscard]] std::vector<float> draw_masses(const std::vector<double>& edges, const std::vector<double>& expected,
                                             double factor, base::RandomStream& stream);

/// Events at the contexts, and in the regions, of `like` at `rows`, with its weights where `keeps_weights`, and
/// features of `density`. No labels, no copies.
[[nodiscard]] Sample sample_like(const Sample& like, const std::vector<std::size_t>& rows, bool keeps_weights,
                                 const LearnedDensity& density, const base::RandomStream& stream);

/// Inputs with the names and units of `inputs`, and no events yet.
[[nodiscard]] SearchInputs null_inputs_like(const SearchInputs& inputs);

}  // namespace eddy::search
