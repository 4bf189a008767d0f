#include <eddy/search/extrapolation/background_model.hpp>
#include <eddy/search/extrapolation/extrapolation_nulls.hpp>
#include <eddy/search/validation/learned_sample.hpp>

#include <memory>
#include <numeric>
#include <utility>

namespace eddy::search {
namespace {

/// What the events of an experiment are drawn from.
struct World {
  LearnedDensity density;            ///< p(x | m) of the simulation, all regions
  std::vector<float> signal_weight;  ///< of each simulated event of the signal region: expected data events
};

/// Mean over the models of what each expects at every simulated event of the signal region.
std::vector<float> expected_in_signal_region(const Search& search) {
  const auto& [inputs, config, store, monitor] = search;
  const BackgroundModels models = train_background_models(inputs, config, store, monitor);
  const std::vector<std::size_t> rows = region_rows(inputs.simulation, true);
  SearchConfig one_copy = config;
  one_copy.extrapolation.copies = 1;
  std::vector<float> mean(rows.size());
  for (const BackgroundModel& model : models.models) {
    const base::RandomStream unused({1}, "weights of null experiments");
    const ConstructedBackground background = construct_background(model, inputs.simulation, rows, one_copy, unused);
    for (std::size_t i = 0; i < mean.size(); ++i) {
      mean[i] += background.weight[i] / static_cast<float>(models.models.size());
    }
  }
  return mean;
}

/// So many times the data of an experiment: the control region at the contexts of the data, the signal region at those
/// of the simulation, with the weights that the models have learned.
Sample draw_data(const SearchInputs& inputs, const World& world, const base::RandomStream& stream,
                 const FreshFactors& factors) {
  const base::Seed seed{stream.bits_at(0)};
  const std::vector<std::size_t> control = region_rows(inputs.data, false);
  Sample data = sample_like(
      inputs.data, draw_rows(control, factors.beside * static_cast<double>(control.size()), {seed, "control region"}),
      false, world.density, {seed, "control region features"});
  const double expected = std::accumulate(world.signal_weight.begin(), world.signal_weight.end(), 0.0);
  const Sample signal_region = sample_like(inputs.simulation,
                                           draw_rows(region_rows(inputs.simulation, true), factors.inside * expected,
                                                     {seed, "signal region"}, world.signal_weight),
                                           false, world.density, {seed, "signal region features"});
  data.x = base::stack_rows(data.x, signal_region.x);
  data.context = base::stack_rows(data.context, signal_region.context);
  data.in_signal_region.resize(data.x.rows(), 1);
  data.index.resize(data.x.rows());
  std::iota(data.index.begin(), data.index.end(), std::uint64_t{0});
  return data;
}

SearchInputs draw_inputs(const SearchInputs& inputs, const World& world, const base::RandomStream& stream) {
  SearchInputs drawn = null_inputs_like(inputs);
  drawn.data = draw_data(inputs, world, stream, {});
  std::vector<std::size_t> all(inputs.simulation.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  drawn.simulation = sample_like(inputs.simulation, all, true, world.density, {{stream.bits_at(0)}, "simulation"});
  return drawn;
}

}  // namespace

NullGenerator extrapolation_nulls(const Search& search, const Finding& /*finding*/) {
  const auto world = std::make_shared<const World>(World{.density = learn_density(search, search.inputs.simulation),
                                                         .signal_weight = expected_in_signal_region(search)});
  return {.source = "a flow trained on the simulation, for data and simulation, at their own contexts",
          .draw = [&inputs = search.inputs,
                   world](const base::RandomStream& stream) { return draw_inputs(inputs, *world, stream); },
          .fresh = [&inputs = search.inputs, world](
                       const base::RandomStream& stream,
                       const FreshFactors& factors) { return draw_data(inputs, *world, stream, factors); }};
}

}  // namespace eddy::search
