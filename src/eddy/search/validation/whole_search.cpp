#include <eddy/base/json.hpp>
#include <eddy/base/options_json.hpp>
#include <eddy/search/validation/whole_search.hpp>

#include <algorithm>
#include <cstdint>

namespace eddy::search {

void add_content(base::TaskInputs& content, const std::string& name, const Sample& sample) {
  content.add(name + " x", sample.x).add(name + " context", sample.context);
  content.add(name + " region", sample.in_signal_region).add(name + " weight", sample.weight);
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
    if (std::ranges::find(without_sections, section.name) == without_sections.end()) {
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
  experiment.numbers_only = true;
  return experiment;
}

}  // namespace eddy::search
