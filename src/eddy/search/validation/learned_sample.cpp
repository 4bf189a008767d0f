#include <eddy/base/json.hpp>
#include <eddy/events/split.hpp>
#include <eddy/search/copies.hpp>
#include <eddy/search/flow_ensemble.hpp>
#include <eddy/search/validation/learned_sample.hpp>
#include <eddy/stats/poisson_quantile.hpp>

#include <algorithm>
#include <numeric>

namespace eddy::search {

base::Matrix LearnedDensity::sample(base::MatrixView context, const base::RandomStream& stream) const {
  const base::Matrix x = flow.sample(context, stream);
  return steps.is_needed() ? rounded_to_steps(steps, x) : x;
}

LearnedDensity learn_density(const Search& search, const Sample& sample) {
  constexpr double kValidationFraction = 0.25;
  const Dequantisation steps = needs_flow(search.config) ? Dequantisation{} : steps_of(search.config, sample.x);
  Sample spread = sample;
  if (steps.is_needed()) {
    spread.x = dequantised(steps, sample.x, sample.context);
  }
  const base::Seed seed = seed_of(search.config);
  const std::vector<std::uint8_t> is_validation =
      events::assign_subset(seed, "null generator validation", split_index(sample), kValidationFraction);
  const base::Json artefact =
      train_flow({.sample = spread, .is_validation = is_validation, .settings = search.config.flow}, search.config,
                 "flow of null experiments", search.store, search.monitor);
  return {.flow = flow::Flow::from_json(artefact.at("flows").front()), .steps = steps};
}

std::vector<std::size_t> draw_rows(const std::vector<std::size_t>& rows, double mean, base::RandomStream stream,
                                   const std::vector<float>& weight) {
  std::vector<double> cumulative;
  double sum = 0;  // in double: float32 loses small weights in a large sum
  for (const float w : weight) {
    cumulative.push_back(sum += w);
  }
  const double n = stats::PoissonQuantile(mean)(stream.uniform());
  std::vector<std::size_t> drawn;
  for (double i = 0; i < n; ++i) {
    if (cumulative.empty()) {
      drawn.push_back(rows[stream.below(rows.size())]);
    } else {
      const auto at = std::ranges::upper_bound(cumulative, stream.uniform() * cumulative.back());
      drawn.push_back(rows[std::min<std::size_t>(static_cast<std::size_t>(at - cumulative.begin()), rows.size() - 1)]);
    }
  }
  return drawn;
}

std::vector<float> draw_masses(const std::vector<double>& edges, const std::vector<double>& expected, double factor,
                               base::RandomStream& stream) {
  std::vector<float> masses;
  for (std::size_t b = 0; b < expected.size(); ++b) {
    const double n = stats::PoissonQuantile(factor * expected[b])(stream.uniform());
    for (double i = 0; i < n; ++i) {
      masses.push_back(static_cast<float>(edges[b] + (edges[b + 1] - edges[b]) * stream.uniform()));
    }
  }
  return masses;
}

Sample sample_like(const Sample& like, const std::vector<std::size_t>& rows, bool keeps_weights,
                   const LearnedDensity& density, const base::RandomStream& stream) {
  Sample sample{.name = like.name, .context = base::take_rows(like.context, rows), .quantities = like.quantities};
  sample.x = density.sample(sample.context, stream);
  sample.in_signal_region = take(like.in_signal_region, rows);
  if (keeps_weights) {
    sample.weight = take(like.weight, rows);
  }
  sample.index.resize(rows.size());
  std::iota(sample.index.begin(), sample.index.end(), std::uint64_t{0});
  return sample;
}

SearchInputs null_inputs_like(const SearchInputs& inputs) {
  SearchInputs drawn;
  drawn.features = inputs.features;
  drawn.contexts = inputs.contexts;
  drawn.signal_template_masses = inputs.signal_template_masses;
  drawn.signal_template_weights = inputs.signal_template_weights;
  drawn.records = {{.role = "data", .file = {}, .sha256 = {}, .n_clipped = {}}};
  return drawn;
}

}  // namespace eddy::search
