// What a configuration says, for those who make the files that it names.

#include <eddy/base/options.hpp>
#include <eddy/events/columns.hpp>
#include <eddy/runs/toml_config.hpp>
#include <eddy/search/data_error.hpp>
#include <eddy/search/families.hpp>
#include <eddy/search/file_location.hpp>
#include <eddy/search/injection.hpp>
#include <eddy/search/inputs.hpp>

#include <fmt/format.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/vector.h>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "module.hpp"

namespace eddy::python {
namespace {

namespace nb = nanobind;
using nb::literals::operator""_a;

/// An option that names a file of events, and the columns that are read from it.
struct EventsOption {
  std::vector<std::string> key;  ///< "data", "file", or "prior", "0", "file"
  std::string file;
  std::vector<std::string> columns;
};

std::vector<EventsOption> events_options(const search::SearchConfig& config) {
  std::vector<EventsOption> options;
  const auto add = [&](std::vector<std::string> key, const search::SampleSection& section) {
    if (!section.file.empty()) {
      options.push_back({std::move(key), section.file, search::columns_of_file(config, section)});
    }
  };
  add({"data", "file"}, config.data);
  add({"template", "file"}, config.template_sample);
  add({"simulation", "file"}, config.simulation);
  add({"background", "file"}, config.background);
  add({"inject", "file"}, search::like_data(config, config.inject.file, config.inject.weight));
  const auto add_benchmark = [&](const char* name, const std::string& file, const std::string& weight) {
    search::SampleSection section = search::like_data(config, file, weight);
    section.label = config.benchmarks.label;
    add({"benchmarks", name}, section);
  };
  add_benchmark("background", config.benchmarks.background, config.benchmarks.background_weight);
  add_benchmark("signal", config.benchmarks.signal, config.benchmarks.signal_weight);
  add({"bump_hunt", "template"},
      search::like_data(config, config.bump_hunt.signal_template, config.bump_hunt.template_weight));
  const auto add_all = [&](const char* name, const std::vector<search::NamedSample>& samples) {
    for (std::size_t i = 0; i < samples.size(); ++i) {
      add({name, std::to_string(i), "file"}, samples[i].sample);
    }
  };
  add_all("prior", config.priors);
  add_all("evaluate", config.evaluate);
  return options;
}

nb::dict read_config(const std::string& path, const std::vector<std::string>& set) {
  const runs::LoadedConfig loaded = runs::load_config(path, set);
  nb::list options;
  for (const EventsOption& option : events_options(loaded.config)) {
    options.append(nb::make_tuple(nb::tuple(nb::cast(option.key)), option.file, option.columns));
  }
  nb::dict facts;
  facts["resolved"] = loaded.resolved;
  facts["folder"] = loaded.folder;
  facts["name"] = loaded.config.search.name;
  facts["method"] = loaded.config.search.method;
  facts["family"] = std::string(search::rules_of(loaded.config).name);
  facts["events"] = options;
  facts["columns_of_data"] = search::columns_of_file(loaded.config, loaded.config.data);
  return facts;
}

/// Why `wanted` columns cannot be had of a table, as readers of files say it.
void require_columns(const std::string& table, const std::vector<std::string>& available,
                     const std::vector<std::string>& wanted) {
  static_cast<void>(search::errors_of_data([&] {
    return events::choose_columns({table, ""}, available, {.wanted = wanted, .array_columns = {}});
  }));
}

nb::list methods() {
  nb::list rows;
  for (const search::Method& method : search::methods()) {
    rows.append(nb::make_tuple(std::string(method.name), std::string(method.title)));
  }
  return rows;
}

}  // namespace

void bind_configs(nb::module_& module) {
  module.def("read_config", &read_config, "path"_a, "set"_a);
  module.def("require_columns", &require_columns, "table"_a, "available"_a, "wanted"_a);
  module.def("nearest_name", &base::nearest_name, "name"_a, "known"_a);
  module.def("methods", &methods);
  module.def(
      "locate",
      [](const std::string& text, const std::string& folder) {
        const events::Location location = search::locate(text, folder);
        return std::pair(location.path, location.group);
      },
      "text"_a, "folder"_a);
}

}  // namespace eddy::python
