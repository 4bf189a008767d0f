#include <eddy/base/cpu_stages.hpp>
#include <eddy/base/error.hpp>
#include <eddy/search/blinding.hpp>
#include <eddy/search/copies.hpp>
#include <eddy/search/data_error.hpp>
#include <eddy/search/event_weights.hpp>
#include <eddy/search/families.hpp>
#include <eddy/search/injection.hpp>
#include <eddy/search/input_checks.hpp>
#include <eddy/search/inputs.hpp>
#include <eddy/search/quak/loss_space_inputs.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <set>

namespace eddy::search {
namespace {

/// Events per fold and region below which neither training nor counting makes sense.
constexpr std::size_t kMinEventsPerFold = 20;

/// Events with a weight in each region, so that no fold is without: flows hold out fifths, or more parts.
std::size_t least_counting(const SearchConfig& config) {
  constexpr std::int64_t kFoldsOfFlows = 5;
  return kMinEventsPerFold * static_cast<std::size_t>(std::max(
                                 {std::int64_t{config.folds.k}, std::int64_t{config.flow_members}, kFoldsOfFlows}));
}

/// Benchmarks in x that are told the truth live in the signal region alone.
bool needs_control_region(const SearchConfig& config) {
  return needs_flow(config) || std::ranges::count(method_of(config).references, "true_background") == 0;
}

void require_regions(const SearchConfig& config, const InputRecord& record) {
  const std::size_t n_folds = reads(rules_of(config), "folds") ? static_cast<std::size_t>(config.folds.k) : 1;
  const std::size_t minimum = kMinEventsPerFold * n_folds;
  const auto fail = [&](const char* region, std::size_t n, const char* remedy) {  // one is what the other leaves
    throw base::InputError(
        fmt::format("the {} of the {} ('{}') has {}, but at least {} are needed{}; {} [regions] signal = \"{}\", or "
                    "loosen selection{}",
                    region, record.role, record.file, fmt::format("{} of {} selected events", n, record.n_selected),
                    minimum, n_folds > 1 ? fmt::format(" ({} folds)", n_folds) : "", remedy, config.regions.signal,
                    n_folds > 1 ? ", or lower [folds] k" : ""));
  };
  if (record.n_signal_region < minimum && !is_closed(config, record.role)) {
    fail("signal region", record.n_signal_region, "loosen");
  }
  if (needs_control_region(config) && record.n_control_region < minimum) {
    fail("control region", record.n_control_region, "tighten");
  }
}

/// Whether the benchmark signal, the last record, is the file that was injected from.
bool is_injected_file(const SearchConfig& config, const std::string& folder, const std::vector<InputRecord>& records) {
  const auto injected = std::ranges::find(records, "inject", &InputRecord::role);
  return injected != records.end() && is_same_table(table_identity(*injected, config.inject.file, folder),
                                                    table_identity(records.back(), config.benchmarks.signal, folder));
}

/// Events of a benchmark file that are what the file stands for: all, or those with the wanted truth.
Sample load_benchmark(const SearchConfig& config, SampleSection section, const std::string& folder,
                      const std::string& role, std::uint8_t wanted_truth, std::vector<InputRecord>& records) {
  section.label = config.benchmarks.label;
  InputRecord record{};
  Sample sample = load_sample(config, section, folder, role, record);
  require_same_units(records, record);
  if (!section.label.empty()) {
    std::vector<std::size_t> rows;
    for (std::size_t i = 0; i < sample.size(); ++i) {
      if (sample.truth[i] == wanted_truth) {
        rows.push_back(i);
      }
    }
    sample = keep_events(sample, rows, record);
    sample.truth.clear();
    require_positive_sum(sample, record);
  }
  records.push_back(record);
  return sample;
}

/// First and last (exclusive) row that a section takes from a file of `n_read` events.
std::array<double, 2> row_range(const std::vector<double>& rows, std::size_t n_read) {
  return rows.empty() ? std::array{0.0, static_cast<double>(n_read)} : std::array{rows[0], rows[1]};
}

/// True background that is also data would teach a benchmark the very events it is judged on.
void require_other_events(const SearchConfig& config, const std::string& folder,
                          const std::vector<InputRecord>& records) {
  const InputRecord& data = records.front();
  const InputRecord& background = records.back();
  if (!is_same_table(table_identity(data, config.data.file, folder),
                     table_identity(background, config.benchmarks.background, folder))) {
    return;
  }
  const std::array<double, 2> a = row_range(config.data.rows, data.n_read);
  const std::array<double, 2> b = row_range(config.benchmarks.background_rows, background.n_read);
  if (a[0] < b[1] && b[0] < a[1]) {
    throw base::InputError(fmt::format(
        "[benchmarks] background takes rows {} to {} of '{}' and [data] rows {} to {}: a benchmark cannot be "
        "trained on the events that it is judged on; give other events, or rows apart, in both",
        b[0], b[1], data.file, a[0], a[1]));
  }
}

/// A template that is the data knows of no difference.
void require_not_the_data(const SearchConfig& config, const std::string& folder, const SampleSection& section,
                          const Sample& sample, const InputRecord& record, const SearchInputs& inputs) {
  const InputRecord& data = inputs.records.front();
  const bool are_same_rows = (is_closed(config, data.role) ? take(sample.index, region_rows(sample, false))
                                                           : sample.index) == inputs.data.index;
  if (are_same_rows &&
      is_same_table(table_identity(data, config.data.file, folder), table_identity(record, section.file, folder))) {
    throw base::InputError(fmt::format(
        "the {} and the data are the same {} events of '{}': nothing can be found by comparing events with themselves; "
        "give another file, or rows or a selection of its own in both sections",
        record.role, sample.size(), data.file));
  }
}

/// The same events as signal and as background teach nothing.
void require_two_kinds(const SearchConfig& config, const std::string& folder, const SearchInputs& inputs) {
  const InputRecord& signal = inputs.records.back();
  const auto background = std::ranges::find(inputs.records, "benchmark background", &InputRecord::role);
  if (background != inputs.records.end() &&
      is_part_of_the_other(table_identity(*background, config.benchmarks.background, folder),
                           inputs.benchmark_background.index, table_identity(signal, config.benchmarks.signal, folder),
                           inputs.benchmark_signal.index)) {
    throw base::InputError(fmt::format(
        "[benchmarks] background and signal are the same events of '{}', so that a benchmark would tell them "
        "from themselves; give another file, or the label column that tells them apart",
        signal.file));
  }
}

/// Supervised classifiers are trained on it, where there is background to tell it from.
bool trains_on_signal(const SearchConfig& config) {
  return !config.benchmarks.background.empty() || method_of(config).trains_on_signal;
}

void load_benchmarks(const SearchConfig& config, const std::string& folder, const std::set<std::uint64_t>& injected,
                     SearchInputs& inputs) {
  if (!config.benchmarks.background.empty()) {
    SampleSection section = like_data(config, config.benchmarks.background, config.benchmarks.background_weight);
    section.rows = config.benchmarks.background_rows;
    inputs.benchmark_background =
        load_benchmark(config, std::move(section), folder, "benchmark background", 0, inputs.records);
    require_other_events(config, folder, inputs.records);
    require_usable_features(config, inputs.benchmark_background, inputs.records.back());
    require_trainable(inputs.benchmark_background, inputs.records.back(), "[benchmarks] background_weight",
                      least_counting(config));
  }
  if (!config.benchmarks.signal.empty()) {
    inputs.benchmark_signal =
        load_benchmark(config, like_data(config, config.benchmarks.signal, config.benchmarks.signal_weight), folder,
                       "benchmark signal", 1, inputs.records);
    require_two_kinds(config, folder, inputs);
    if (trains_on_signal(config)) {
      require_trainable(inputs.benchmark_signal, inputs.records.back(), "[benchmarks] signal_weight",
                        least_counting(config));
    }
    if (is_injected_file(config, folder, inputs.records)) {
      inputs.benchmark_signal = without_rows(inputs.benchmark_signal, injected, inputs.records.back());
    }
  }
}

/// Masses of [bump_hunt] template, which give the shape of the signal.
void load_signal_template(const SearchConfig& config, const std::string& folder, SearchInputs& inputs) {
  if (config.bump_hunt.signal_template.empty()) {
    return;
  }
  InputRecord record{};
  const SampleSection section = like_data(config, config.bump_hunt.signal_template, config.bump_hunt.template_weight);
  const Sample sample = load_sample(config, section, folder, "signal template", record);
  require_same_units(inputs.records, record);
  inputs.records.push_back(record);
  const std::span<const float> masses = sample.context.values();
  inputs.signal_template_masses.assign(masses.begin(), masses.end());
  inputs.signal_template_weights = sample.weight;
}

/// Which events of the other roles are events of the data too.
void find_all_twins(SearchInputs& inputs) {
  const auto find = [&](const std::string& role, Sample& sample) {
    if (sample.size() > 0) {
      std::ranges::find(inputs.records, role, &InputRecord::role)->n_also_in_data = find_twins(sample, inputs.data);
      group_events_with_twin(inputs.data, sample);
    }
  };
  find("template", inputs.template_sample);
  find("simulation", inputs.simulation);
  find("benchmark background", inputs.benchmark_background);
  find("benchmark signal", inputs.benchmark_signal);
}

/// What a user should know of the spreading, while it runs.
void tell_of_dequantisation(const SearchInputs& inputs, const base::Monitor& monitor) {
  for (std::size_t f = 0; f < inputs.dequantisation.lattice.size(); ++f) {
    if (inputs.dequantisation.lattice[f].step > 0) {
      monitor.info(fmt::format("'{}' takes steps of {:.6g}: spread uniformly within them, since flows learn no spikes",
                               inputs.features[f].name, inputs.dequantisation.lattice[f].step));
    }
  }
  std::ranges::for_each(inputs.warnings, [&](const std::string& warning) { monitor.warn(warning); });
}

/// The events that say which features take steps: the data without injected ones, whose features may be filled in
/// another way, and without a signal region, which never decides what the background is trained on: what is learned
/// while it is closed is what is learned with it open.
std::vector<std::size_t> rows_that_show_steps(const SearchInputs& inputs) {
  const std::uint64_t n_read = inputs.records.empty() ? inputs.data.size() : inputs.records.front().n_read;
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < inputs.data.size(); ++i) {
    const bool is_injected = inputs.n_injected > 0 && inputs.data.index[i] >= n_read;
    if (!is_injected && inputs.data.in_signal_region[i] == 0) {
      rows.push_back(i);
    }
  }
  return rows;
}

SearchInputs read_inputs(const SearchConfig& config, const std::string& folder, const base::Monitor& monitor) {
  const base::CpuScope scope(base::CpuStage::kReading);
  SearchInputs inputs;
  const FamilyRules& rules = rules_of(config);
  InputRecord data_record{};
  require_known_columns(config, folder);
  inputs.data = load_sample(config, config.data, folder, "data", data_record);
  if (rules.needs_regions) {
    require_regions(config, data_record);
  }
  require_usable_features(config, inputs.data, data_record);
  inputs.records = {data_record};
  rules.load(config, folder, monitor, inputs);
  std::set<std::uint64_t> injected;
  if (is_injected(config.inject)) {
    injected = inject_signal(config, folder, inputs);
  } else if (!config.inject.file.empty()) {
    inputs.data.truth.resize(inputs.data.size(), 0);  // a study at zero signal: everything is background
  }
  load_benchmarks(config, folder, injected, inputs);
  load_evaluated(config, folder, injected, inputs);
  load_signal_template(config, folder, inputs);
  const auto first_context = inputs.data.quantities.begin() + static_cast<std::ptrdiff_t>(config.features.x.size());
  inputs.features.assign(inputs.data.quantities.begin(), first_context);
  inputs.contexts.assign(first_context, inputs.data.quantities.end());
  find_all_twins(inputs);
  dequantise(config, inputs);
  tell_of_dequantisation(inputs, monitor);
  for (const auto& warnings : {copy_warnings(inputs.records), weight_warnings(inputs.records)}) {
    std::ranges::for_each(warnings, [&](const std::string& warning) { monitor.warn(warning); });
  }
  for (const InputRecord& record : inputs.records) {
    const bool hidden = is_closed(config, record.role);
    const std::string region =
        hidden ? " (signal region blinded)" : fmt::format(" ({} in the signal region)", record.n_signal_region);
    const std::string weights =
        fmt::format(", sum of weights {:.6g}, effective number {:.6g}", record.sum_of_weights, record.n_effective);
    const std::string n_read =
        hidden ? "events" : fmt::format("{} events", record.n_read);  // of all: how many are hidden
    monitor.info(fmt::format("{}: {} read from '{}', {} selected{}{}", record.role, n_read, record.file,
                             record.n_selected, config.regions.signal.empty() && !hidden ? "" : region,
                             record.weight.empty() ? "" : weights));
  }
  return inputs;
}

}  // namespace

void dequantise(const SearchConfig& config, SearchInputs& inputs) {
  inputs.dequantisation = choose_dequantisation(config, base::take_rows(inputs.data.x, rows_that_show_steps(inputs)));
  for (Sample* sample : {&inputs.data, &inputs.template_sample, &inputs.simulation, &inputs.benchmark_background,
                         &inputs.benchmark_signal}) {
    if (sample->size() > 0) {
      std::ranges::move(warnings_of_steps(inputs.dequantisation, *sample, config.features),
                        std::back_inserter(inputs.warnings));
      if (inputs.dequantisation.is_needed()) {
        sample->x = dequantised(inputs.dequantisation, sample->x, sample->context);
      }
    }
  }
}

Sample load_reference(const SearchConfig& config, const SampleSection& section, const std::string& role,
                      const std::string& folder, SearchInputs& inputs) {
  InputRecord record{};
  Sample sample = load_sample(config, section, folder, role, record);
  require_same_units(inputs.records, record);
  if (rules_of(config).needs_regions) {
    require_regions(config, record);
  }
  require_usable_features(config, sample, record);
  require_not_the_data(config, folder, section, sample, record, inputs);
  require_trainable(sample, record, fmt::format("[{}] weight", role), least_counting(config));
  inputs.records.push_back(record);
  return sample;
}

SearchInputs load_inputs(const SearchConfig& config, const std::string& folder, const base::Monitor& monitor) {
  return errors_of_data([&] { return read_inputs(config, folder, monitor); });
}

}  // namespace eddy::search
