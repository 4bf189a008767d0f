#include <eddy/search/conrad/conrad_nulls.hpp>
#include <eddy/search/flow_ensemble.hpp>
#include <eddy/stats/poisson_quantile.hpp>

#include <algorithm>
#include <memory>

namespace eddy::search {
namespace {

/// Tail variables of the data: a Poisson number from each region, drawn with replacement.
Sample draw_contexts(const Sample& data, base::RandomStream stream) {
  std::vector<std::size_t> drawn;
  for (const bool signal_region : {true, false}) {
    const std::vector<std::size_t> rows = region_rows(data, signal_region);
    const double n = stats::PoissonQuantile(static_cast<double>(rows.size()))(stream.uniform());
    for (double i = 0; i < n; ++i) {
      drawn.push_back(rows[stream.below(rows.size())]);
    }
  }
  Sample sample{.name = data.name, .context = base::take_rows(data.context, drawn), .quantities = data.quantities};
  sample.in_signal_region = take(data.in_signal_region, drawn);
  return sample;
}

void fill_features(const flow::Flow& flow, const base::RandomStream& stream, Sample& sample) {
  sample.x = flow.sample(sample.context, stream);
  sample.index.clear();
  for (std::size_t i = 0; i < sample.context.rows(); ++i) {
    sample.index.push_back(i);
  }
}

SearchInputs draw_inputs(const SearchInputs& inputs, const flow::Flow& flow, const base::RandomStream& stream) {
  const base::Seed seed{stream.bits_at(0)};
  SearchInputs drawn;
  drawn.features = inputs.features;
  drawn.contexts = inputs.contexts;
  drawn.records = {{.role = "data", .file = {}, .sha256 = {}, .n_clipped = {}}};
  drawn.data = draw_contexts(inputs.data, {seed, "contexts of a null experiment"});
  fill_features(flow, {seed, "data of a null experiment"}, drawn.data);
  const Sample& real = inputs.template_sample;
  drawn.template_sample = {.name = real.name,
                           .context = real.context,
                           .in_signal_region = real.in_signal_region,
                           .weight = real.weight,
                           .quantities = real.quantities};
  fill_features(flow, {seed, "template of a null experiment"}, drawn.template_sample);
  return drawn;
}

}  // namespace

NullGenerator conrad_nulls(const Search& search, const Finding& /*finding*/) {
  FlowEnsemble flows = train_flows(search.inputs.template_sample, search.config, "flow", search.store, search.monitor);
  const auto flow = std::make_shared<const flow::Flow>(std::move(flows.members.front().flow));
  return {.source = "a flow trained on the template, for data and template",
          .draw = [&inputs = search.inputs, flow](const base::RandomStream& stream) {
            return draw_inputs(inputs, *flow, stream);
          }};
}

}  // namespace eddy::search
