#include <eddy/base/error.hpp>
#include <eddy/events/split.hpp>
#include <eddy/search/copies.hpp>
#include <eddy/search/event_weights.hpp>
#include <eddy/search/input_checks.hpp>
#include <eddy/search/quak/judging_events.hpp>
#include <eddy/search/quak/loss_space_inputs.hpp>
#include <eddy/search/quak/quak_bumps.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>

namespace eddy::search {
namespace {

/// Events on either side of a split below which neither training nor judging makes sense.
constexpr std::size_t kMinEvents = 50;

Sample part_of(const SearchConfig& config, const Sample& sample, std::uint8_t wanted) {
  const std::vector<std::uint8_t> training = is_training_event(config, split_index(sample));
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < training.size(); ++i) {
    if (training[i] == wanted) {
      rows.push_back(i);
    }
  }
  return take_events(sample, rows);
}

void require_both_parts(const SearchConfig& config, const InputRecord& record, const Sample& sample) {
  const std::vector<std::uint8_t> training = is_training_event(config, split_index(sample));
  std::array<std::size_t, 2> n{};  // to judge by, to train on; an event of weight 0 is none
  for (std::size_t i = 0; i < sample.size(); ++i) {
    n.at(training[i]) += sample.weight.empty() || sample.weight[i] != 0 ? 1 : 0;
  }
  if (std::ranges::min(n) < kMinEvents) {
    throw base::InputError(fmt::format(
        "the {} ('{}') has {} selected events to train on and {} to judge by{}, but at least {} of each are needed; "
        "give more events, loosen the selection, or change [quak] training_fraction = {}",
        record.role, record.file, n[1], n[0],
        sample.weight.empty() ? "" : fmt::format(" whose weight, the column '{}', is not 0", record.weight), kMinEvents,
        config.quak.training_fraction));
  }
}

Sample load_trained(const SearchConfig& config, const SampleSection& section, const std::string& folder,
                    const std::string& role, SearchInputs& inputs) {
  InputRecord record{};
  Sample sample = load_sample(config, section, folder, role, record);
  require_same_units(inputs.records, record);
  require_usable_features(config, sample, record);
  require_both_parts(config, record, sample);
  require_trainable(sample, record, role == "background" ? "[background] weight" : "[[prior]] weight", 0);
  const std::vector<std::uint8_t> training = is_training_event(config, split_index(sample));
  TrainedTable trained{table_identity(record, section.file, folder), {}};
  for (std::size_t i = 0; i < sample.size(); ++i) {
    if (training[i] != 0) {
      trained.rows.insert(sample.index[i]);
    }
  }
  inputs.trained.push_back(std::move(trained));
  inputs.records.push_back(record);
  return sample;
}

/// A prior that is the background has the same loss. The last that was loaded is looked at.
void require_not_the_background(const std::string& prior, const SearchInputs& inputs) {
  if (is_part_of_the_other(inputs.trained.front().table, inputs.background.index, inputs.trained.back().table,
                           inputs.priors.back().index)) {
    throw base::InputError(fmt::format(
        "[[prior]] \"{}\" and [background] are the same events of '{}', so that their networks would learn the same; "
        "give another file, or a selection of its own to each of them",
        prior, inputs.records.back().file));
  }
}

Sample keep_where(const Sample& sample, const std::function<bool(std::size_t)>& is_kept, InputRecord& record) {
  std::vector<std::size_t> kept;
  for (std::size_t i = 0; i < sample.size(); ++i) {
    if (is_kept(i)) {
      kept.push_back(i);
    }
  }
  return keep_events(sample, kept, record);
}

/// The events of `sample` that no network is trained on, whatever file they come from.
Sample without_copies_of_training(const SearchConfig& config, const SearchInputs& inputs, const Sample& sample,
                                  InputRecord& record) {
  std::vector<std::uint8_t> is_copy(sample.size());
  const auto mark = [&](const Sample& trained) {
    for (const std::size_t row : rows_also_in(sample, training_part(config, trained))) {
      is_copy[row] = 1;
    }
  };
  mark(inputs.background);
  std::ranges::for_each(inputs.priors, mark);
  return keep_where(
      sample, [&](std::size_t i) { return is_copy[i] == 0; }, record);
}

void leave_out_of_data(const SearchConfig& config, const std::string& folder, const base::Monitor& monitor,
                       SearchInputs& inputs) {
  InputRecord& record = inputs.records.front();
  const std::size_t n = inputs.data.size();
  inputs.data = without_training_events(config, config.data.file, folder, inputs, inputs.data, record);
  if (inputs.data.size() < n) {
    monitor.info(
        fmt::format("{} of {} data events are left out: networks are trained on them, since they are events of "
                    "[background] or [[prior]] too",
                    n - inputs.data.size(), n));
  }
  if (inputs.data.size() < kMinEvents && !is_blinded(config)) {
    throw base::InputError(
        fmt::format("the data ('{}') have {} selected events that no network is trained on, but at least {} are "
                    "needed; loosen the selection or give other events",
                    record.file, inputs.data.size(), kMinEvents));
  }
}

}  // namespace

std::vector<std::uint8_t> is_training_event(const SearchConfig& config, const std::vector<std::uint64_t>& index) {
  return events::assign_subset(seed_of(config), "quak training", index, config.quak.training_fraction);
}

Sample training_part(const SearchConfig& config, const Sample& sample) { return part_of(config, sample, 1); }

Sample held_out_part(const SearchConfig& config, const Sample& sample) { return part_of(config, sample, 0); }

Sample without_training_events(const SearchConfig& config, const std::string& file, const std::string& folder,
                               const SearchInputs& inputs, const Sample& sample, InputRecord& record) {
  if (inputs.trained.empty()) {  // no space of losses
    return sample;
  }
  const TableIdentity table = table_identity(record, file, folder);
  Sample rest = sample;
  for (const TrainedTable& trained : inputs.trained) {
    if (is_same_table(table, trained.table)) {
      rest = without_rows(rest, trained.rows, record);
    }
  }
  return without_copies_of_training(config, inputs, rest, record);
}

void load_loss_space(const SearchConfig& config, const std::string& folder, const base::Monitor& monitor,
                     SearchInputs& inputs) {
  inputs.background = load_trained(config, config.background, folder, "background", inputs);
  for (const NamedSample& prior : config.priors) {
    inputs.priors.push_back(load_trained(config, prior.sample, folder, "prior " + prior.name, inputs));
    require_not_the_background(prior.name, inputs);
  }
  leave_out_of_data(config, folder, monitor, inputs);
  if (!config.features.context.empty() && !is_blinded(config)) {  // masses of the closed region are not looked at
    require_masses(inputs.data.context.values(), config.quak);
  }
}

void load_evaluated(const SearchConfig& config, const std::string& folder, const std::set<std::uint64_t>& injected,
                    SearchInputs& inputs) {
  const auto inject = std::ranges::find(inputs.records, "inject", &InputRecord::role);
  std::vector<InputRecord> records;
  for (const NamedSample& signal : config.evaluate) {
    InputRecord record{};
    Sample sample = load_sample(config, signal.sample, folder, "evaluate " + signal.name, record);
    require_same_units(inputs.records, record);
    const bool is_injected =
        inject != inputs.records.end() && is_same_table(table_identity(*inject, config.inject.file, folder),
                                                        table_identity(record, signal.sample.file, folder));
    if (is_injected) {
      sample = without_rows(sample, injected, record);
    }
    sample = without_training_events(config, signal.sample.file, folder, inputs, sample, record);
    if (sample.size() < kMinEvents) {
      throw base::InputError(fmt::format(
          "[[evaluate]] \"{}\" ('{}') has {} selected events that are neither trained on nor injected, but at least "
          "{} are needed; give more",
          signal.name, record.file, sample.size(), kMinEvents));
    }
    require_positive_sum(sample, record);
    inputs.evaluated.push_back(std::move(sample));
    records.push_back(record);
  }
  inputs.records.insert(inputs.records.end(), records.begin(), records.end());
  take_out_judges_that_choose(config, inputs);
}

}  // namespace eddy::search
