#include <eddy/base/error.hpp>
#include <eddy/base/random.hpp>
#include <eddy/search/blinding.hpp>
#include <eddy/search/copies.hpp>
#include <eddy/search/event_weights.hpp>
#include <eddy/search/injection.hpp>
#include <eddy/search/input_checks.hpp>
#include <eddy/search/quak/loss_space_inputs.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace eddy::search {
namespace {

/// An amount relative to the background of a closed signal region would say how much of it there is.
void require_amount_of_blind(const SearchConfig& config) {
  const InjectSection& inject = config.inject;
  if (is_blinded(config) && inject.count == 0) {
    throw base::InputError(
        fmt::format("[inject] {} = {} is relative to the events of the signal region, which is closed ([search] blind "
                    "= true): give "
                    "count = ... instead, or blind = false for a study",
                    inject.fraction > 0 ? "fraction" : "s_over_sqrt_b",
                    inject.fraction > 0 ? inject.fraction : inject.s_over_sqrt_b));
  }
}

/// How many of the events that may be injected are.
std::size_t events_to_inject(const InjectSection& inject, const Sample& signal, double n_data_sr) {
  if (inject.count > 0) {
    return static_cast<std::size_t>(inject.count);
  }
  const double n_sr = static_cast<double>(std::ranges::count(signal.in_signal_region, 1));
  const bool by_fraction = inject.fraction > 0;
  if (n_sr == 0) {
    throw base::InputError(fmt::format("no event of [inject] '{}' lies in the signal region; {} = {} cannot be reached",
                                       inject.file, by_fraction ? "fraction" : "s_over_sqrt_b",
                                       by_fraction ? inject.fraction : inject.s_over_sqrt_b));
  }
  const double wanted_sr = by_fraction ? inject.fraction * n_data_sr : inject.s_over_sqrt_b * std::sqrt(n_data_sr);
  const double wanted = wanted_sr * static_cast<double>(signal.size()) / n_sr;
  constexpr double kMost = 1e15;
  if (!(wanted >= 0.5 && wanted < kMost)) {
    throw base::InputError(
        fmt::format("[inject] {} = {} would be {:.3g} events of '{}'; give an amount of at least one event, or count = "
                    "0 for a search "
                    "without",
                    by_fraction ? "fraction" : "s_over_sqrt_b", by_fraction ? inject.fraction : inject.s_over_sqrt_b,
                    wanted, inject.file));
  }
  return static_cast<std::size_t>(std::llround(wanted));
}

}  // namespace

void append_signal(Sample& sample, const Sample& extra, const std::vector<std::uint64_t>& index) {
  sample.x = base::stack_rows(sample.x, extra.x);
  sample.context = base::stack_rows(sample.context, extra.context);
  sample.in_signal_region.insert(sample.in_signal_region.end(), extra.in_signal_region.begin(),
                                 extra.in_signal_region.end());
  sample.truth.resize(sample.index.size(), 0);
  sample.truth.insert(sample.truth.end(), extra.size(), 1);
  sample.index.insert(sample.index.end(), index.begin(), index.end());
  for (IdentityColumn& column : sample.identity) {
    column.values.resize(sample.index.size(), kNoIdentity);
  }
}

SampleSection like_data(const SearchConfig& config, const std::string& file, const std::string& weight) {
  return {.file = file,
          .label = {},
          .columns = config.data.columns,
          .selection = {},
          .rows = {},
          .nonfinite = config.data.nonfinite,
          .weight = weight};
}

bool is_injected(const InjectSection& inject) {
  return inject.count > 0 || inject.s_over_sqrt_b > 0 || inject.fraction > 0;
}

std::set<std::uint64_t> inject_signal(const SearchConfig& config, const std::string& folder, SearchInputs& inputs) {
  require_amount_of_blind(config);
  InputRecord record{.role = "inject", .file = {}, .sha256 = {}, .n_clipped = {}};
  Sample signal =
      load_sample(config, like_data(config, config.inject.file, config.inject.weight), folder, "inject", record);
  require_same_units(inputs.records, record);
  signal = without_training_events(config, config.inject.file, folder, inputs, signal, record);
  if (config.inject.region == "signal") {
    signal = take_events(signal, region_rows(signal, true));
  }
  const base::Seed seed{static_cast<std::uint64_t>(config.inject.seed)};
  signal = unweighted(signal, record, {seed, "injection weights"});
  const auto n_data_sr = static_cast<double>(inputs.records.front().n_signal_region);
  const std::size_t n = events_to_inject(config.inject, signal, n_data_sr);
  if (n > signal.size()) {
    throw base::InputError(fmt::format(
        "[inject] asks for {} events but only {} of '{}' {}{}; inject fewer", n, signal.size(), config.inject.file,
        config.inject.region == "signal" ? "lie in the signal region" : "pass the selection",
        config.inject.weight.empty() ? "" : " and are left when each counts once (in proportion to [inject] weight)"));
  }
  std::vector<std::size_t> rows = base::random_permutation({seed, "injection"}, signal.size());
  rows.resize(n);
  const Sample chosen = take_events(signal, rows);
  std::vector<std::uint64_t> index(chosen.size());
  std::iota(index.begin(), index.end(), std::uint64_t{inputs.records.front().n_read});  // behind those of the file
  append_signal(inputs.data, chosen, index);
  inputs.records.front().n_copies = group_copies(inputs.data);
  inputs.n_injected = n;
  inputs.injected_s_over_sqrt_b =
      static_cast<double>(std::ranges::count(chosen.in_signal_region, 1)) / std::sqrt(std::max(n_data_sr, 1.0));
  close_signal_region(config, inputs.data, inputs.records.front());  // the injected events too
  inputs.records.push_back(record);
  return {chosen.index.begin(), chosen.index.end()};
}

}  // namespace eddy::search
