#include <eddy/search/copies.hpp>
#include <eddy/search/event_weights.hpp>
#include <eddy/search/families.hpp>
#include <eddy/search/search_record.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace eddy::search {

void describe_search(const SearchConfig& config, const SearchInputs& inputs, Finding& output) {
  output.method = config.search.method;
  output.family = rules_of(config).name;
  output.evidence = rules_of(config).evidence;
  output.name = config.search.name;
  output.seed = static_cast<std::uint64_t>(config.search.seed);
  output.n_settings = static_cast<std::size_t>(config.search.chosen_among);
  output.features = inputs.features;
  output.context = inputs.contexts.empty() ? Quantity{} : inputs.contexts.front();
  output.contexts = inputs.contexts;
  output.signal_region = config.regions.signal;
  output.selection = config.regions.selection;
  output.inputs = inputs.records;
  output.dequantisation = inputs.dequantisation;
  output.warnings = copy_warnings(inputs.records);
  output.warnings.insert(output.warnings.end(), inputs.warnings.begin(), inputs.warnings.end());
  std::ranges::move(weight_warnings(inputs.records), std::back_inserter(output.warnings));
  if (output.n_settings > 1) {
    output.warnings.push_back(fmt::format(
        "these settings were chosen among {0} by the same data ([search] chosen_among): the verdict goes by "
        "{0} times the p-value, the Z of tables and sentences is that before",
        output.n_settings));
  }
  output.n_injected = inputs.n_injected;
  output.is_blind = is_blinded(config);
  if (inputs.n_injected > 0 && !output.is_blind) {
    output.injected_s_over_sqrt_b = inputs.injected_s_over_sqrt_b;
  }
}

std::vector<std::string> warnings_of_clipping(const std::vector<std::size_t>& n_clipped, std::size_t n_events,
                                              const std::vector<std::string>& features, const std::string& range) {
  std::vector<std::string> warnings;
  for (std::size_t f = 0; f < n_clipped.size(); ++f) {
    const double fraction = static_cast<double>(n_clipped[f]) / static_cast<double>(std::max<std::size_t>(1, n_events));
    if (fraction >= kMuchClipped) {
      warnings.push_back(fmt::format(
          "{:.3g} % of the events ({} of {}) have {} outside {} and were clipped to it, so scores there say nothing of "
          "how far outside they are; select events inside the range, or check the unit of {}",
          100 * fraction, n_clipped[f], n_events, features[f], range, features[f]));
    }
  }
  return warnings;
}

void record_clipped(std::vector<std::size_t> n_clipped, const SearchInputs& inputs, const std::string& range,
                    const base::Monitor& monitor, Finding& output) {
  InputRecord& data = output.inputs.front();
  data.n_clipped = std::move(n_clipped);
  std::vector<std::string> names;
  for (const Quantity& feature : inputs.features) {
    names.push_back(feature.name);
  }
  for (std::size_t f = 0; f < data.n_clipped.size(); ++f) {
    if (data.n_clipped[f] > 0) {
      monitor.info(
          fmt::format("{} data events have {} outside {} and were clipped to it", data.n_clipped[f], names[f], range));
    }
  }
  const std::vector<std::string> warnings = warnings_of_clipping(data.n_clipped, inputs.data.size(), names, range);
  output.warnings.insert(output.warnings.end(), warnings.begin(), warnings.end());
}

}  // namespace eddy::search
