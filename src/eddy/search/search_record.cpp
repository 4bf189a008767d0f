#include <eddy/search/copies.hpp>
#include <eddy/search/search_record.hpp>

#include <fmt/format.h>

namespace eddy::search {

void describe_search(const SearchConfig& config, const SearchInputs& inputs, SearchOutput& output) {
  output.method = config.search.method;
  output.name = config.search.name;
  output.seed = static_cast<std::uint64_t>(config.search.seed);
  output.features = inputs.features;
  output.context = inputs.contexts.empty() ? Quantity{} : inputs.contexts.front();
  output.contexts = inputs.contexts;
  output.signal_region = config.regions.signal;
  output.selection = config.regions.selection;
  output.inputs = inputs.records;
  output.warnings = copy_warnings(inputs.records);
  output.n_injected = inputs.n_injected;
  if (inputs.n_injected > 0) {
    output.injected_s_over_sqrt_b = inputs.injected_s_over_sqrt_b;
  }
}

void count_clipped(const events::Scaler& scaler, const SearchInputs& inputs, const std::string& range,
                   const base::Monitor& monitor, SearchOutput& output) {
  InputRecord& data = output.inputs.front();
  data.n_clipped = scaler.count_clipped(inputs.data.x);
  for (std::size_t f = 0; f < data.n_clipped.size(); ++f) {
    if (data.n_clipped[f] > 0) {
      monitor.info(fmt::format("{} data events have {} outside {} and were clipped to it", data.n_clipped[f],
                               inputs.features[f].name, range));
    }
  }
}

}  // namespace eddy::search
