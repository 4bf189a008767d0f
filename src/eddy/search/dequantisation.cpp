#include <eddy/base/artefact.hpp>
#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/search/config_checks.hpp>
#include <eddy/search/dequantisation.hpp>
#include <eddy/search/event_hash.hpp>
#include <eddy/search/families.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <numeric>

namespace eddy::search {
namespace {

/// A value that fewer events share is as good as continuous: no flow resolves spikes of so few events.
constexpr std::size_t kEventsPerValue = 20;
/// This fraction of the events of a discrete feature has one of its common values; the rest may be strays.
constexpr double kMost = 0.9;
/// Of values that are all but continuous, one that this fraction of the events has is worth a warning.
constexpr double kMuchOfASpike = 0.01;
/// Steps are known, and values are on a lattice, to this fraction of a step.
constexpr double kOfAStep = 0.01;

constexpr const char* kAuto = "auto";

/// A value, and how many events have it.
struct SharedValue {
  double value = 0;
  std::size_t count = 0;
};

/// Whether two neighbouring numbers are one that was computed in different ways.
bool are_one(double a, double b) {
  constexpr double kRoundings = 4 * 0x1p-23;
  return std::abs(b - a) <= kRoundings * std::max(std::abs(a), std::abs(b));
}

/// Each value once, up to rounding, in ascending order.
std::vector<SharedValue> count_values(std::span<const float> values) {
  std::vector<float> sorted(values.begin(), values.end());
  std::ranges::sort(sorted);
  std::vector<SharedValue> counted;
  for (const float value : sorted) {
    if (counted.empty() || !are_one(counted.back().value, value)) {
      counted.push_back({value, 0});
    }
    ++counted.back().count;
  }
  return counted;
}

/// The most common values that together make up most of the events, in ascending order; empty where that takes values
/// that few events share.
std::vector<double> common_values(std::vector<SharedValue> values, std::size_t n_events) {
  std::ranges::stable_sort(values, std::ranges::greater(), &SharedValue::count);
  std::vector<double> common;
  std::size_t n = 0;
  for (const SharedValue& value : values) {
    if (static_cast<double>(n) >= kMost * static_cast<double>(n_events)) {
      break;
    }
    if (value.count < kEventsPerValue) {
      return {};
    }
    common.push_back(value.value);
    n += value.count;
  }
  std::ranges::sort(common);
  return common;
}

/// Euclid's algorithm on numbers that are rounded: what is below `tolerance` is 0.
double common_divisor(double a, double b, double tolerance) {
  while (b > tolerance) {
    const double rest = std::fmod(a, b);
    a = b;
    b = b - rest > tolerance ? rest : 0;
  }
  return a;
}

double smallest_distance(const std::vector<double>& ascending) {
  double smallest = ascending[1] - ascending[0];
  for (std::size_t i = 2; i < ascending.size(); ++i) {
    smallest = std::min(smallest, ascending[i] - ascending[i - 1]);
  }
  return smallest;
}

/// Whether noise within a step leaves float32 values that are whole steps again.
bool is_lost_in_rounding(double step, const std::vector<double>& ascending) {
  constexpr double kUlp = 0x1p-23;
  return step < 64 * kUlp * std::max(std::abs(ascending.front()), std::abs(ascending.back()));
}

/// lattice_of for values that are counted already.
Lattice lattice_of(const std::vector<SharedValue>& values, std::size_t n_events) {
  const std::vector<double> common = common_values(values, n_events);
  if (common.size() < 2) {
    return {};
  }
  const double smallest = smallest_distance(common);
  double step = smallest;
  for (std::size_t i = 1; i < common.size(); ++i) {
    step = common_divisor(common[i] - common.front(), step, kOfAStep * smallest);
  }
  constexpr double kWorthTheName = 0.05;
  step = step < kWorthTheName * smallest ? smallest : step;
  if (is_lost_in_rounding(step, common)) {
    return {};
  }
  return {.step = static_cast<float>(step), .origin = static_cast<float>(common.front())};
}

/// Whether most of `values` are whole steps away from `lattice`'s origin.
bool is_on(const Lattice& lattice, std::span<const float> values) {
  const auto n = static_cast<double>(std::ranges::count_if(values, [&](float value) {
    const double steps = (double{value} - lattice.origin) / lattice.step;
    return std::abs(steps - std::nearbyint(steps)) < kOfAStep;
  }));
  return n >= kMost * static_cast<double>(values.size());
}

bool is_wanted(const std::vector<std::string>& names, const std::string& feature) {
  return std::ranges::count(names, kAuto) > 0 || std::ranges::count(names, feature) > 0;
}

/// How many earlier events have the same content, for each event.
std::vector<std::uint64_t> occurrences(const std::vector<std::uint64_t>& contents) {
  std::vector<std::size_t> order(contents.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return contents[i]; });
  std::vector<std::uint64_t> occurrence(contents.size());
  for (std::size_t k = 1; k < order.size(); ++k) {
    const bool repeats = contents[order[k]] == contents[order[k - 1]];
    occurrence[order[k]] = repeats ? occurrence[order[k - 1]] + 1 : 0;
  }
  return occurrence;
}

/// hash_of, where 0 and -0 are one number.
std::uint64_t hash_of_numbers(std::uint64_t seed, std::span<const float> values) {
  for (const float value : values) {
    const float number = value == 0 ? 0.0F : value;
    seed = hash_of(seed, {&number, 1});
  }
  return seed;
}

/// 23 bits of a hash as a number in (-1/2, 1/2): one fewer than a float holds, so that none is rounded to the end.
float centred_uniform(std::uint64_t hash) { return (static_cast<float>(hash >> 41U) + 0.5F) * 0x1p-23F - 0.5F; }

/// A value that many events share of a feature that takes no steps.
std::vector<std::string> warnings_of_spike(const std::vector<SharedValue>& counted, const Sample& sample,
                                           const std::string& name) {
  if (counted.size() < 2) {
    return {};
  }
  const auto most = std::ranges::max_element(counted, {}, &SharedValue::count);
  const double fraction = static_cast<double>(most->count) / static_cast<double>(sample.size());
  if (fraction < kMuchOfASpike || most->count < kEventsPerValue) {
    return {};
  }
  return {
      fmt::format("{:.3g} % of the {} have exactly {} = {:.6g}, a spike that no flow can learn: what is found there "
                  "is not to be trusted; select events without it, or replace it by values that are spread",
                  100 * fraction, sample.name, name, most->value)};
}

/// Steps that are others than those of the data.
std::vector<std::string> warnings_of_other_steps(const Lattice& lattice, const Lattice& own, const Sample& sample,
                                                 std::span<const float> values, const std::string& name) {
  const bool has_same_step = std::abs(own.step - lattice.step) <= kOfAStep * lattice.step;
  if (lattice.step > 0 ? is_on(lattice, values) && (own.step == 0 || has_same_step) : own.step == 0) {
    return {};
  }
  const auto steps = [](const Lattice& l) { return l.step > 0 ? fmt::format("steps of {:.6g}", l.step) : "no steps"; };
  return {fmt::format(
      "'{}' takes {} in the data and {} in the {}, which tells the samples apart and not events; "
      "fill it in the same way in both",
      name, steps(lattice), own.step > 0 && lattice.step > 0 ? "other " + steps(own) : steps(own), sample.name)};
}

std::vector<std::string> warnings_of_feature(const Lattice& lattice, const Sample& sample, std::size_t f,
                                             const std::string& name) {
  if (lattice.step > 0 && sample.name == "data") {
    return {};
  }
  const std::vector<float> values = base::column(sample.x, f);
  const std::vector<SharedValue> counted = count_values(values);
  std::vector<std::string> warnings;
  if (sample.name != "data") {
    warnings = warnings_of_other_steps(lattice, lattice_of(counted, values.size()), sample, values, name);
  }
  return warnings.empty() && lattice.step == 0 ? warnings_of_spike(counted, sample, name) : warnings;
}

}  // namespace

bool Dequantisation::is_needed() const {
  return std::ranges::any_of(lattice, [](const Lattice& l) { return l.step > 0; });
}

Lattice lattice_of(std::span<const float> values) { return lattice_of(count_values(values), values.size()); }

Dequantisation choose_dequantisation(const SearchConfig& config, base::MatrixView x) {
  return config.features.dequantise.empty() || !needs_flow(config) ? Dequantisation{} : steps_of(config, x);
}

Dequantisation steps_of(const SearchConfig& config, base::MatrixView x) {
  const std::vector<std::string>& names = config.features.dequantise;
  Dequantisation chosen{.lattice = {}, .seed = static_cast<std::uint64_t>(config.search.seed)};
  for (std::size_t f = 0; f < config.features.x.size(); ++f) {
    const std::string& feature = config.features.x[f];
    chosen.lattice.push_back(is_wanted(names, feature) ? lattice_of(base::column(x, f)) : Lattice{});
    if (std::ranges::count(names, feature) > 0 && chosen.lattice.back().step == 0) {
      throw base::InputError(
          fmt::format("[features] dequantise names '{}', which takes no steps in the data: fewer than {} events share "
                      "a value, or float32 does not resolve what lies between them; remove it there",
                      feature, kEventsPerValue));
    }
  }
  return chosen;
}

base::Matrix places_in_steps(const Dequantisation& dequantisation, base::MatrixView x, base::MatrixView context) {
  base::Matrix places(x.rows, x.cols);
  std::vector<std::uint64_t> contents(x.rows);
  for (std::size_t i = 0; i < contents.size(); ++i) {
    contents[i] = hash_of_numbers(hash_of_numbers(mix_bits(dequantisation.seed), x.row(i)), context.row(i));
  }
  const std::vector<std::uint64_t> occurrence = occurrences(contents);
  for (std::size_t i = 0; i < x.rows; ++i) {
    std::uint64_t hash = mix_bits(contents[i] ^ mix_bits(occurrence[i]));
    for (std::size_t f = 0; f < dequantisation.lattice.size(); ++f) {
      hash = mix_bits(hash);
      if (dequantisation.lattice[f].step > 0) {
        places(i, f) = centred_uniform(hash);
      }
    }
  }
  return places;
}

base::Matrix dequantised(const Dequantisation& dequantisation, base::MatrixView x, base::MatrixView context) {
  const base::Matrix places = places_in_steps(dequantisation, x, context);
  base::Matrix spread = base::stack_rows(x, {});
  for (std::size_t i = 0; i < x.rows; ++i) {
    for (std::size_t f = 0; f < dequantisation.lattice.size(); ++f) {
      spread(i, f) += dequantisation.lattice[f].step * places(i, f);
    }
  }
  return spread;
}

std::vector<std::string> warnings_of_steps(const Dequantisation& dequantisation, const Sample& sample,
                                           const FeatureSection& features) {
  std::vector<std::string> warnings;
  for (std::size_t f = 0; f < dequantisation.lattice.size(); ++f) {
    if (is_wanted(features.dequantise, features.x[f])) {
      std::ranges::move(warnings_of_feature(dequantisation.lattice[f], sample, f, features.x[f]),
                        std::back_inserter(warnings));
    }
  }
  return warnings;
}

base::Matrix rounded_to_steps(const Dequantisation& dequantisation, base::MatrixView x) {
  base::Matrix rounded = base::stack_rows(x, {});
  for (std::size_t i = 0; i < x.rows; ++i) {
    for (std::size_t f = 0; f < dequantisation.lattice.size(); ++f) {
      const auto& [step, origin] = dequantisation.lattice[f];
      if (step > 0) {
        rounded(i, f) = origin + step * std::nearbyint((x(i, f) - origin) / step);
      }
    }
  }
  return rounded;
}

base::Json to_json(const Dequantisation& dequantisation) {
  std::vector<float> steps;
  std::vector<float> origins;
  for (const Lattice& lattice : dequantisation.lattice) {
    steps.push_back(lattice.step);
    origins.push_back(lattice.origin);
  }
  return {{"step", base::pack_floats(steps)}, {"origin", base::pack_floats(origins)}, {"seed", dequantisation.seed}};
}

Dequantisation dequantisation_from_json(const base::Json& json) {
  const std::vector<float> steps = base::unpack_floats(json.at("step"));
  const std::vector<float> origins = base::unpack_floats(json.at("origin"));
  if (steps.size() != origins.size()) {
    throw base::IoError(fmt::format("the steps of {} features have {} origins", steps.size(), origins.size()));
  }
  Dequantisation dequantisation{.lattice = {}, .seed = json.at("seed")};
  for (std::size_t f = 0; f < steps.size(); ++f) {
    dequantisation.lattice.push_back({steps[f], origins[f]});
  }
  return dequantisation;
}

}  // namespace eddy::search
