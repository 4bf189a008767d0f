#include <eddy/base/error.hpp>
#include <eddy/events/split.hpp>
#include <eddy/search/copies.hpp>
#include <eddy/search/event_weights.hpp>
#include <eddy/search/families.hpp>
#include <eddy/search/injection.hpp>
#include <eddy/search/input_checks.hpp>
#include <eddy/search/limits/limit_signal.hpp>
#include <eddy/search/quak/loss_space_inputs.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <numeric>
#include <string>

namespace eddy::search {
namespace {

/// Events of the signal region, half of which measure an efficiency: of 10 % to a tenth.
constexpr std::size_t kFewestEvents = 200;
constexpr double kInjectedHalf = 0.5;

double sum_of_weights(const Sample& sample, const std::vector<std::size_t>& rows) {
  const std::vector<double> weights = take(weights_or_ones(sample), rows);
  return std::accumulate(weights.begin(), weights.end(), 0.0);
}

void require_no_negative_weights(const Sample& sample, const SignalFile& file) {
  const auto negative = std::ranges::count_if(sample.weight, [](double weight) { return weight < 0; });
  if (negative > 0) {
    throw base::InputError(fmt::format(
        "--weight {} is negative for {} of the {} selected events of '{}': injected events count once each, as data "
        "do, and nothing can be injected less than not at all; name another column",
        file.weight, negative, sample.size(), file.file));
  }
}

/// Of the signal region: (sum of weights)^2 / sum of squared weights, where copies of an event are one.
double effective_number(const Sample& events) {
  const std::vector<double> weights = weights_or_ones(events);
  std::map<std::uint64_t, double> by_event;
  for (const std::size_t row : region_rows(events, true)) {
    by_event[split_index(events)[row]] += weights[row];
  }
  double sum = 0;
  double squares = 0;
  for (const auto& [event, weight] : by_event) {
    sum += weight;
    squares += weight * weight;
  }
  return squares > 0 ? sum * sum / squares : 0;
}

std::string left_out_words(const LimitSignal& signal) {
  const std::string known =
      signal.n_also_in_data > 0 ? fmt::format(" and are not in the data ({} are)", signal.n_also_in_data) : "";
  return signal.n_trained_on > 0 ? fmt::format("{}, nor trained on ({} are)", known, signal.n_trained_on) : known;
}

void require_enough(const LimitSignal& signal, const SignalFile& file) {
  const auto n = static_cast<std::size_t>(std::ranges::count(signal.events.in_signal_region, 1));
  const std::string left_out = left_out_words(signal);
  if (n < kFewestEvents) {
    throw base::InputError(fmt::format(
        "{} events of --signal '{}' lie in the signal region{}, and an efficiency needs at least {}; give more signal "
        "events, or check their selection and units",
        n, file.file, left_out, kFewestEvents));
  }
  // Without rounding: equal weights of any size give n.
  if (const double effective = effective_number(signal.events); effective < (1 - 1e-9) * kFewestEvents) {
    throw base::InputError(
        fmt::format("the {} events of --signal '{}' in the signal region{} are worth {:.1f} of equal weight that are "
                    "no copies, and "
                    "an efficiency needs at least {}; give more signal events, or another --weight",
                    n, file.file, left_out, effective, kFewestEvents));
  }
}

/// Events that stand in the data can be neither injected nor judged: classifiers know them.
Sample without_data(const Sample& events, const Sample& data, std::size_t& n_left_out) {
  const std::vector<std::size_t> known = rows_also_in(events, data);
  n_left_out = known.size();
  std::vector<std::size_t> rows(events.size());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  std::erase_if(rows, [&](std::size_t row) { return std::ranges::binary_search(known, row); });
  return take_events(events, rows);
}

std::vector<std::size_t> rows_with(const std::vector<std::uint8_t>& flags, bool is_set) {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < flags.size(); ++i) {
    if ((flags[i] != 0) == is_set) {
      rows.push_back(i);
    }
  }
  return rows;
}

/// What single events are drawn in proportion to: the mean over the largest weight.
double drawn_fraction(const Sample& sample) {
  if (sample.weight.empty()) {
    return 1;
  }
  const double sum = std::accumulate(sample.weight.begin(), sample.weight.end(), 0.0);
  return sum / (static_cast<double>(sample.size()) * std::ranges::max(sample.weight));
}

/// Behind all rows of the data.
std::uint64_t first_free_index(const SearchInputs& inputs) {
  const std::uint64_t last = inputs.data.index.empty() ? 0 : std::ranges::max(inputs.data.index);
  return std::max<std::uint64_t>(last + 1, inputs.records.empty() ? 0 : inputs.records.front().n_read);
}

/// Events of the search of which those of `injected` alone are known to be signal, and which are copies of each other.
void append(const Sample& injected, std::uint64_t first_index, Sample& data) {
  const bool has_copies = !data.group.empty() || !injected.group.empty();
  std::vector<std::uint64_t> group = has_copies ? split_index(data) : std::vector<std::uint64_t>{};
  std::vector<std::uint64_t> index;
  for (std::size_t i = 0; i < injected.size(); ++i) {
    index.push_back(first_index + injected.index[i]);
    if (has_copies) {
      group.push_back(first_index + split_index(injected)[i]);
    }
  }
  data.group = std::move(group);
  data.truth.clear();
  append_signal(data, injected, index);
}

/// As many of the events of one half as are asked for, each counting once.
Sample draw_injected(const LimitSignal& signal, const std::vector<std::uint8_t>& is_injected, double strength,
                     base::Seed seed) {
  Sample half = take_events(signal.events, rows_with(is_injected, true));
  half = unweighted(half, signal.record, {seed, "weights of an injection"});
  const auto n = static_cast<std::size_t>(std::llround(strength / signal.in_region));
  if (n > half.size()) {
    throw base::InputError(
        fmt::format("{} signal events are to be injected, but half of the file has {}", n, half.size()));
  }
  std::vector<std::size_t> rows = base::random_permutation({seed, "events of an injection"}, half.size());
  rows.resize(n);
  return take_events(half, rows);
}

}  // namespace

LimitSignal load_limit_signal(const SearchConfig& config, const SignalFile& file, const SearchInputs& inputs) {
  LimitSignal signal;
  const SampleSection section{.file = file.file,
                              .columns = file.columns.empty() ? config.data.columns : file.columns,
                              .nonfinite = config.data.nonfinite,
                              .weight = file.weight};
  Sample all = load_sample(config, section, file.folder, "signal", signal.record);
  if (!rules_of(config).needs_regions) {  // one may be closed for a while, but what is sought is sought everywhere
    std::ranges::fill(all.in_signal_region, std::uint8_t{1});
  }
  require_same_units(inputs.records, signal.record);
  require_no_negative_weights(all, file);
  signal.expected = sum_of_weights(all, region_rows(all, true));
  signal.events = all;
  if (inputs.dequantisation.is_needed()) {
    signal.events.x = dequantised(inputs.dequantisation, all.x, all.context);
  }
  signal.events = without_data(signal.events, inputs.data, signal.n_also_in_data);
  const std::size_t n_before = signal.events.size();
  signal.events = without_training_events(config, file.file, file.folder, inputs, signal.events, signal.record);
  signal.n_trained_on = n_before - signal.events.size();
  require_enough(signal, file);
  std::vector<std::size_t> rows(signal.events.size());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  signal.in_region =
      sum_of_weights(signal.events, region_rows(signal.events, true)) / sum_of_weights(signal.events, rows);
  if (!(signal.in_region > 0)) {
    throw base::InputError(
        fmt::format("all events of --signal '{}' in the signal region have --weight {} = 0; name "
                    "another column",
                    file.file, file.weight));
  }
  return signal;
}

double largest_strength(const LimitSignal& signal) {
  constexpr double kSurely = 0.8;  // a random half is somewhat more or less than one
  return kSurely * kInjectedHalf * static_cast<double>(signal.events.size()) * drawn_fraction(signal.events) *
         signal.in_region;
}

SearchInputs with_injected(const SearchInputs& base, const LimitSignal& signal, double strength,
                           const base::RandomStream& stream) {
  const base::Seed seed{stream.bits_at(0)};
  const std::vector<std::uint8_t> is_injected =
      events::assign_subset(seed, "signal to inject", split_index(signal.events), kInjectedHalf);
  SearchInputs inputs = base;
  const Sample injected = draw_injected(signal, is_injected, strength, seed);
  append(injected, first_free_index(base), inputs.data);
  inputs.n_injected = injected.size();
  inputs.benchmark_signal = take_events(signal.events, rows_with(is_injected, false));
  inputs.benchmark_background = {};
  inputs.evaluated.clear();
  return inputs;
}

}  // namespace eddy::search
