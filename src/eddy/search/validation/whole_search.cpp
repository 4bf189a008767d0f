#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/base/options_json.hpp>
#include <eddy/search/validation/whole_search.hpp>

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace eddy::search {

namespace {

template <class T>
std::span<const std::uint8_t> bytes_of(const std::vector<T>& values) {
  return {reinterpret_cast<const std::uint8_t*>(values.data()), values.size() * sizeof(T)};
}

}  // namespace

void add_content(base::TaskInputs& content, const std::string& name, const Sample& sample) {
  content.add(name + " x", sample.x).add(name + " context", sample.context);
  content.add(name + " region", sample.in_signal_region).add(name + " weight", sample.weight);
  // Rows and copies decide the folds: the same events in another order are another search.
  content.add(name + " rows", bytes_of(sample.index)).add(name + " copies", bytes_of(sample.group));
  content.add(name + " twins", bytes_of(sample.twin));
}

base::TaskInputs content_of(const SearchInputs& inputs) {
  base::TaskInputs content;
  add_content(content, "data", inputs.data);
  add_content(content, "template", inputs.template_sample);
  add_content(content, "simulation", inputs.simulation);
  add_content(content, "background", inputs.background);
  for (const Sample& prior : inputs.priors) {
    add_content(content, "prior " + prior.name, prior);
  }
  content.add("signal template", inputs.signal_template_masses);
  content.add("signal template weights", inputs.signal_template_weights);
  return content;
}

base::Json settings_of(SearchConfig config, const std::vector<std::string>& without_sections) {
  base::Json settings = base::Json::object();
  for (const SectionOptions& section : sections(config)) {
    const bool decides = section.name != "anomaly";  // what is shown of a search changes no experiment
    if (decides && std::ranges::find(without_sections, section.name) == without_sections.end()) {
      base::JsonWriter writer;
      section.describe(writer);
      settings[section.name] = writer.json();
    }
  }
  return settings;
}

SearchConfig config_of_experiment(const SearchConfig& config, const base::RandomStream& stream) {
  SearchConfig experiment = config;
  experiment.search.seed = static_cast<std::int64_t>(stream.bits_at(0) >> 2U);
  experiment.inject = {};
  experiment.benchmarks = {};
  experiment.evaluate.clear();
  experiment.calibration.experiments = 0;
  experiment.validation.experiments = 0;
  experiment.bump_hunt.scan_points = 0;
  experiment.numbers_only = true;
  experiment.trained_flows = nullptr;
  return experiment;
}

base::Json found_or_failure(const std::function<base::Json()>& run) {
  try {
    return run();
  } catch (const base::NumericError& error) {
    return {{"failure", error.what()}};
  } catch (const base::InputError& error) {
    return {{"failure", error.what()}};
  }
}

}  // namespace eddy::search
