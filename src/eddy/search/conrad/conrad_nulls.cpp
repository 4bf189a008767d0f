#include <eddy/search/conrad/conrad_nulls.hpp>
#include <eddy/search/flow_ensemble.hpp>
#include <eddy/search/validation/learned_sample.hpp>

#include <memory>
#include <numeric>

namespace eddy::search {
namespace {

/// Data events whose contexts an experiment has: so many times as many in each region, up to Poisson fluctuations.
std::vector<std::size_t> draw_data_rows(const Sample& data, base::Seed seed, const FreshFactors& factors) {
  const auto draw = [&](bool signal_region, const char* name) {
    const double factor = signal_region ? factors.inside : factors.beside;
    const std::vector<std::size_t> rows = region_rows(data, signal_region);
    return draw_rows(rows, factor * static_cast<double>(rows.size()), {seed, name});
  };
  std::vector<std::size_t> drawn = draw(true, "signal region of a null experiment");
  const std::vector<std::size_t> control = draw(false, "control region of a null experiment");
  drawn.insert(drawn.end(), control.begin(), control.end());
  return drawn;
}

Sample draw_data(const Sample& data, const LearnedDensity& density, const base::RandomStream& stream,
                 const FreshFactors& factors) {
  const base::Seed seed{stream.bits_at(0)};
  return sample_like(data, draw_data_rows(data, seed, factors), false, density, {seed, "data of a null experiment"});
}

SearchInputs draw_inputs(const SearchInputs& inputs, const LearnedDensity& density, const base::RandomStream& stream) {
  const base::Seed seed{stream.bits_at(0)};
  SearchInputs drawn = null_inputs_like(inputs);
  drawn.data = draw_data(inputs.data, density, stream, {});
  std::vector<std::size_t> all(inputs.template_sample.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  drawn.template_sample =
      sample_like(inputs.template_sample, all, true, density, {seed, "template of a null experiment"});
  return drawn;
}

}  // namespace

NullGenerator conrad_nulls(const Search& search, const Finding& /*finding*/) {
  FlowEnsemble flows = train_flows(search.inputs.template_sample, search.config, "flow", search.store, search.monitor);
  const auto density =
      std::make_shared<const LearnedDensity>(LearnedDensity{std::move(flows.members.front().flow), {}});
  return {.source = "a flow trained on the template, for data and template",
          .draw = [&inputs = search.inputs,
                   density](const base::RandomStream& stream) { return draw_inputs(inputs, *density, stream); },
          .fresh = [&inputs = search.inputs, density](
                       const base::RandomStream& stream,
                       const FreshFactors& factors) { return draw_data(inputs.data, *density, stream, factors); }};
}

}  // namespace eddy::search
