#include <eddy/base/error.hpp>
#include <eddy/base/hash.hpp>
#include <eddy/base/random.hpp>
#include <eddy/events/expression.hpp>
#include <eddy/events/read.hpp>
#include <eddy/search/derived_columns.hpp>
#include <eddy/search/inputs.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <numeric>
#include <set>

namespace eddy::search {
namespace {

/// Events per fold and region below which neither training nor counting makes sense.
constexpr std::size_t kMinEventsPerFold = 20;

/// Replaces ${NAME} by environment variables.
std::string expand_environment(const std::string& text) {
  std::string expanded;
  std::size_t at = 0;
  for (std::size_t open = text.find("${"); open != std::string::npos; open = text.find("${", at)) {
    const std::size_t close = text.find('}', open);
    if (close == std::string::npos) {
      break;
    }
    const std::string name = text.substr(open + 2, close - open - 2);
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) {
      throw base::InputError(fmt::format(
          "'{}' needs the environment variable {}, which is not set; run 'export {}=/path/to/it'", text, name, name));
    }
    expanded += text.substr(at, open - at) + value;
    at = close + 1;
  }
  return expanded + text.substr(at);
}

events::Location locate(const std::string& text, const std::string& folder) {
  const std::string expanded = expand_environment(text);
  const bool absolute = std::filesystem::path(expanded).is_absolute();
  return events::parse_location(absolute ? expanded : (std::filesystem::path(folder) / expanded).string());
}

/// File name and group: with the checksum it identifies the events, and a result does not depend on where files are
/// kept.
std::string short_name(const events::Location& location) {
  const std::string name = std::filesystem::path(location.path).filename().string();
  return location.group.empty() ? name : name + ":" + location.group;
}

/// [inject] and [benchmarks] give a file only; the rest is as for the data.
SampleSection like_data(const SearchConfig& config, const std::string& file) {
  return {.file = file, .label = {}, .columns = config.data.columns, .rows = {}, .nonfinite = config.data.nonfinite};
}

/// Names and expressions a search needs of every sample.
std::vector<std::string> wanted_names(const SearchConfig& config) {
  std::vector<std::string> names = config.features.x;
  names.insert(names.end(), config.features.context.begin(), config.features.context.end());
  return names;
}

std::vector<std::string> wanted_expressions(const SearchConfig& config) {
  return {config.regions.selection, config.regions.signal};
}

events::Events read_columns(const SearchConfig& config, const SampleSection& section, const std::string& folder,
                            InputRecord& record) {
  const events::Location location = locate(section.file, folder);
  events::ReadOptions options;
  options.array_columns = section.columns;
  options.wanted = columns_to_read(config.columns, wanted_names(config), wanted_expressions(config));
  if (!section.label.empty() && std::ranges::count(options.wanted, section.label) == 0) {
    options.wanted.push_back(section.label);
  }
  events::Events events = events::read_events(location, options);
  record.file = short_name(location);
  record.sha256 = base::sha256_of_file(location.path);
  record.n_read = events.size();
  add_derived_columns(config.columns, wanted_names(config), wanted_expressions(config), events);
  return events;
}

/// Events inside [...] rows that pass the selection.
std::vector<std::size_t> selected_rows(const SearchConfig& config, const SampleSection& section,
                                       const events::Events& events) {
  std::vector<std::uint8_t> selected(events.size(), 1);
  if (!config.regions.selection.empty()) {
    selected = events::Expression(config.regions.selection).evaluate_mask(events);
  }
  std::vector<std::size_t> rows = events::rows_where(selected);
  if (!section.rows.empty()) {
    std::erase_if(rows, [&](std::size_t row) {
      return static_cast<double>(row) < section.rows[0] || static_cast<double>(row) >= section.rows[1];
    });
  }
  return rows;
}

/// The unit of a column: that of [units] where it is given there.
std::string unit_of(const SearchConfig& config, const events::Events& events, const std::string& name) {
  const auto given = std::ranges::find(config.units, name, &std::pair<std::string, std::string>::first);
  return given != config.units.end() ? given->second : events.unit(name);
}

/// Keeps the finite events of `rows`, or throws with the first offender, as the section says.
std::vector<std::size_t> finite_rows(const SearchConfig& config, const SampleSection& section, const std::string& role,
                                     const events::Events& events, const std::vector<std::size_t>& rows) {
  const std::vector<std::string> names = wanted_names(config);
  std::vector<std::uint8_t> bad(events.size());
  for (const std::string& name : names) {
    const std::span<const float> values = events.column(name);
    std::size_t n_bad = 0;
    std::size_t first = 0;
    for (const std::size_t row : rows) {
      if (!std::isfinite(values[row])) {
        first = n_bad == 0 ? row : first;
        ++n_bad;
        bad[row] = 1;
      }
    }
    if (n_bad > 0 && section.nonfinite == "error") {
      throw base::InputError(
          fmt::format("column '{}' of the {} ('{}') has {} selected events that are NaN or infinite, the first in row "
                      "{}; exclude them in [regions] selection or set nonfinite = \"drop\" in [{}]",
                      name, role, section.file, n_bad, first, role == "template" ? "template" : "data"));
    }
  }
  std::vector<std::size_t> kept;
  std::ranges::copy_if(rows, std::back_inserter(kept), [&](std::size_t row) { return bad[row] == 0; });
  return kept;
}

std::vector<std::uint8_t> truth_of(const events::Events& events, const SampleSection& section) {
  if (section.label.empty()) {
    return {};
  }
  const std::span<const float> values = events.column(section.label);
  std::vector<std::uint8_t> truth(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] != 0 && values[i] != 1) {
      throw base::InputError(fmt::format("the label column '{}' of '{}' holds {} in row {}; labels must be 0 or 1",
                                         section.label, section.file, values[i], i));
    }
    truth[i] = values[i] == 1 ? 1 : 0;
  }
  return truth;
}

void count_regions(const LoadedSample& sample, InputRecord& record) {
  record.n_selected = sample.size();
  record.n_signal_region = static_cast<std::size_t>(std::ranges::count(sample.in_signal_region, 1));
  record.n_control_region = record.n_selected - record.n_signal_region;
}

/// Resonant benchmarks in x live in the signal region alone.
bool needs_control_region(const SearchConfig& config) {
  return family_of(config) == Family::kTail || needs_flow(config) || config.search.method == "cwola";
}

void require_regions(const SearchConfig& config, const InputRecord& record, std::size_t minimum) {
  const auto fail = [&](const char* region, std::size_t n) {
    throw base::InputError(fmt::format(
        "the {} of the {} ('{}') has {} of {} selected events, but at least {} are needed ({} folds); loosen [regions] "
        "signal "
        "= \"{}\" or selection, or lower [folds] k",
        region, record.role, record.file, n, record.n_selected, minimum, config.folds.k, config.regions.signal));
  };
  if (record.n_signal_region < minimum) {
    fail("signal region", record.n_signal_region);
  }
  if (needs_control_region(config) && record.n_control_region < minimum) {
    fail("control region", record.n_control_region);
  }
}

/// Appends `extra` (all signal) to `sample`; indices of the new events follow the file's.
void append_signal(LoadedSample& sample, const LoadedSample& extra, std::size_t n_read) {
  sample.x = base::stack_rows(sample.x, extra.x);
  sample.context = base::stack_rows(sample.context, extra.context);
  sample.in_signal_region.insert(sample.in_signal_region.end(), extra.in_signal_region.begin(),
                                 extra.in_signal_region.end());
  sample.truth.resize(sample.index.size(), 0);
  sample.truth.insert(sample.truth.end(), extra.size(), 1);
  for (std::size_t i = 0; i < extra.size(); ++i) {
    sample.index.push_back(n_read + i);
  }
}

std::size_t events_to_inject(const InjectSection& inject, const LoadedSample& signal, double n_data_sr) {
  if (inject.count > 0) {
    return static_cast<std::size_t>(inject.count);
  }
  const double n_sr = static_cast<double>(std::ranges::count(signal.in_signal_region, 1));
  if (n_sr == 0) {
    throw base::InputError(
        fmt::format("no event of [inject] '{}' lies in the signal region; s_over_sqrt_b = {} cannot be reached",
                    inject.file, inject.s_over_sqrt_b));
  }
  const double wanted_sr = inject.s_over_sqrt_b * std::sqrt(n_data_sr);
  return static_cast<std::size_t>(std::llround(wanted_sr * static_cast<double>(signal.size()) / n_sr));
}

/// Injects signal into `inputs.data`; returns the file rows used.
std::set<std::uint64_t> inject_signal(const SearchConfig& config, const std::string& folder, SearchInputs& inputs) {
  InputRecord record{.role = "inject", .file = {}, .sha256 = {}, .n_clipped = {}};
  const LoadedSample signal = load_sample(config, like_data(config, config.inject.file), folder, "inject", record);
  const auto n_data_sr = static_cast<double>(inputs.records.front().n_signal_region);
  const std::size_t n = events_to_inject(config.inject, signal, n_data_sr);
  if (n > signal.size()) {
    throw base::InputError(
        fmt::format("[inject] asks for {} events but only {} of '{}' pass the selection; inject fewer", n,
                    signal.size(), config.inject.file));
  }
  const base::RandomStream stream({static_cast<std::uint64_t>(config.inject.seed)}, "injection");
  std::vector<std::size_t> rows = base::random_permutation(stream, signal.size());
  rows.resize(n);
  const LoadedSample chosen = take_events(signal, rows);
  append_signal(inputs.data, chosen, inputs.records.front().n_read);
  inputs.n_injected = n;
  inputs.injected_s_over_sqrt_b =
      static_cast<double>(std::ranges::count(chosen.in_signal_region, 1)) / std::sqrt(std::max(n_data_sr, 1.0));
  inputs.records.push_back(record);
  return {chosen.index.begin(), chosen.index.end()};
}

LoadedSample without_events(const LoadedSample& sample, const std::set<std::uint64_t>& used) {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < sample.size(); ++i) {
    if (!used.contains(sample.index[i])) {
      rows.push_back(i);
    }
  }
  return take_events(sample, rows);
}

/// Whether the benchmark signal, the last record, is the file that was injected from, however the two paths are
/// written.
bool is_injected_file(const SearchConfig& config, const std::string& folder, const std::vector<InputRecord>& records) {
  const auto injected = std::ranges::find(records, "inject", &InputRecord::role);
  if (injected == records.end() || injected->sha256 != records.back().sha256) {
    return false;
  }
  const std::string a = locate(config.inject.file, folder).group;
  const std::string b = locate(config.benchmarks.signal, folder).group;
  return a == b || a.empty() || b.empty();  // without a group, the file holds one table
}

/// Events of a benchmark file that are what the file stands for: all, or those with the wanted truth.
LoadedSample load_benchmark(const SearchConfig& config, SampleSection section, const std::string& folder,
                            const std::string& role, std::uint8_t wanted_truth, std::vector<InputRecord>& records) {
  section.label = config.benchmarks.label;
  InputRecord record{};
  LoadedSample sample = load_sample(config, section, folder, role, record);
  if (!section.label.empty()) {
    std::vector<std::size_t> rows;
    for (std::size_t i = 0; i < sample.size(); ++i) {
      if (sample.truth[i] == wanted_truth) {
        rows.push_back(i);
      }
    }
    sample = take_events(sample, rows);
    sample.truth.clear();
    count_regions(sample, record);
  }
  records.push_back(record);
  return sample;
}

void load_benchmarks(const SearchConfig& config, const std::string& folder, const std::set<std::uint64_t>& injected,
                     SearchInputs& inputs) {
  if (!config.benchmarks.background.empty()) {
    SampleSection section = like_data(config, config.benchmarks.background);
    section.rows = config.benchmarks.background_rows;
    inputs.benchmark_background =
        load_benchmark(config, std::move(section), folder, "benchmark background", 0, inputs.records);
  }
  if (!config.benchmarks.signal.empty()) {
    const LoadedSample signal = load_benchmark(config, like_data(config, config.benchmarks.signal), folder,
                                               "benchmark signal", 1, inputs.records);
    inputs.benchmark_signal =
        is_injected_file(config, folder, inputs.records) ? without_events(signal, injected) : signal;
  }
}

/// Masses of [bump_hunt] template, which give the shape of the signal.
std::vector<float> load_signal_template(const SearchConfig& config, const std::string& folder,
                                        std::vector<InputRecord>& records) {
  if (config.bump_hunt.signal_template.empty()) {
    return {};
  }
  InputRecord record{};
  const LoadedSample sample =
      load_sample(config, like_data(config, config.bump_hunt.signal_template), folder, "signal template", record);
  records.push_back(record);
  const std::span<const float> masses = sample.context.values();
  return {masses.begin(), masses.end()};
}

}  // namespace

LoadedSample take_events(const LoadedSample& sample, const std::vector<std::size_t>& rows) {
  LoadedSample taken;
  taken.x = base::take_rows(sample.x, rows);
  taken.context = base::take_rows(sample.context, rows);
  for (const std::size_t row : rows) {
    taken.in_signal_region.push_back(sample.in_signal_region[row]);
    taken.index.push_back(sample.index[row]);
    if (!sample.truth.empty()) {
      taken.truth.push_back(sample.truth[row]);
    }
  }
  return taken;
}

std::vector<std::size_t> region_rows(const LoadedSample& sample, bool signal_region) {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < sample.size(); ++i) {
    if ((sample.in_signal_region[i] != 0) == signal_region) {
      rows.push_back(i);
    }
  }
  return rows;
}

LoadedSample load_sample(const SearchConfig& config, const SampleSection& section, const std::string& folder,
                         const std::string& role, InputRecord& record) {
  record.role = role;
  const events::Events events = read_columns(config, section, folder, record);
  const std::vector<std::size_t> selected = selected_rows(config, section, events);
  const std::vector<std::size_t> rows = finite_rows(config, section, role, events, selected);
  record.n_dropped_nonfinite = selected.size() - rows.size();
  LoadedSample all;
  all.x = events.matrix(config.features.x);
  all.context = events.matrix(config.features.context);
  all.in_signal_region = events::Expression(config.regions.signal).evaluate_mask(events);
  all.truth = truth_of(events, section);
  all.index.resize(events.size());
  std::iota(all.index.begin(), all.index.end(), std::uint64_t{0});
  LoadedSample sample = take_events(all, rows);
  for (const std::string& name : wanted_names(config)) {
    sample.quantities.push_back({name, unit_of(config, events, name)});
  }
  count_regions(sample, record);
  return sample;
}

SearchInputs load_inputs(const SearchConfig& config, const std::string& folder, const base::Monitor& monitor) {
  SearchInputs inputs;
  const auto minimum = kMinEventsPerFold * static_cast<std::size_t>(config.folds.k);
  InputRecord data_record{};
  inputs.data = load_sample(config, config.data, folder, "data", data_record);
  require_regions(config, data_record, minimum);
  inputs.records = {data_record};
  if (family_of(config) == Family::kTail) {
    InputRecord record{};
    inputs.template_sample = load_sample(config, config.template_sample, folder, "template", record);
    require_regions(config, record, minimum);
    inputs.records.push_back(record);
  }
  std::set<std::uint64_t> injected;
  if (config.inject.count > 0 || config.inject.s_over_sqrt_b > 0) {
    injected = inject_signal(config, folder, inputs);
  } else if (!config.inject.file.empty()) {
    inputs.data.truth.resize(inputs.data.size(), 0);  // a study at zero signal: everything is background
  }
  load_benchmarks(config, folder, injected, inputs);
  inputs.signal_template_masses = load_signal_template(config, folder, inputs.records);
  inputs.features.assign(inputs.data.quantities.begin(), inputs.data.quantities.end() - 1);
  inputs.context = inputs.data.quantities.back();
  for (const InputRecord& record : inputs.records) {
    monitor.info(fmt::format("{}: {} events read from '{}', {} selected ({} in the signal region)", record.role,
                             record.n_read, record.file, record.n_selected, record.n_signal_region));
  }
  return inputs;
}

}  // namespace eddy::search
