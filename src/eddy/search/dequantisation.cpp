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
#include <numeric>

namespace eddy::search {
namespace {

/// Values that fewer events share on average are as good as continuous: no flow resolves spikes of so few events.
constexpr std::size_t kEventsPerValue = 20;
/// Of values that are all but continuous, one that this fraction of the events has is worth a warning.
constexpr double kMuchOfASpike = 0.01;

constexpr const char* kAuto = "auto";

/// Distance below which two of `sorted` are one number that was computed in different ways.
double rounding_of(std::span<const float> sorted) {
  constexpr double kHalfUlp = 0x1p-24;
  return sorted.empty() ? 0
                        : 8 * kHalfUlp * std::max(std::abs(double{sorted.front()}), std::abs(double{sorted.back()}));
}

/// Each value once, up to rounding, and how many events have it.
struct Values {
  std::vector<float> value;
  std::vector<std::size_t> count;
};

Values count_values(std::span<const float> values) {
  std::vector<float> sorted(values.begin(), values.end());
  std::ranges::sort(sorted);
  const double same = rounding_of(sorted);
  Values counted;
  for (const float value : sorted) {
    if (counted.value.empty() || double{value} - counted.value.back() > same) {
      counted.value.push_back(value);
      counted.count.push_back(0);
    }
    ++counted.count.back();
  }
  return counted;
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

/// 24 bits of a hash as a number in (-1/2, 1/2): as many as a float holds.
float centred_uniform(std::uint64_t hash) { return (static_cast<float>(hash >> 40U) + 0.5F) * 0x1p-24F - 0.5F; }

std::vector<std::string> warnings_of_feature(float step, const Sample& sample, std::size_t f, const std::string& name) {
  const std::vector<float> values = base::column(sample.x, f);
  if (const float own = step_of(values); (own > 0) != (step > 0)) {
    return {fmt::format(
        "'{}' takes steps of {:.6g} in the {} and {} in the {}, which tells the samples apart "
        "and not events; fill it in the same way in both",
        name, own > 0 ? own : step, own > 0 ? sample.name : "data", "none", own > 0 ? "data" : sample.name)};
  }
  if (step > 0) {
    return {};
  }
  const Values counted = count_values(values);
  const auto most = std::ranges::max_element(counted.count);
  if (counted.value.size() < 2 || static_cast<double>(*most) < kMuchOfASpike * static_cast<double>(values.size()) ||
      *most < kEventsPerValue) {
    return {};
  }
  return {
      fmt::format("{:.3g} % of the {} have exactly {} = {:.6g}, a spike that no flow can learn: what is found there is "
                  "not to be trusted; select events without it, or replace it by values that are spread",
                  100.0 * static_cast<double>(*most) / static_cast<double>(values.size()), sample.name, name,
                  counted.value[static_cast<std::size_t>(most - counted.count.begin())])};
}

}  // namespace

bool Dequantisation::is_needed() const {
  return std::ranges::any_of(step, [](float s) { return s > 0; });
}

float step_of(std::span<const float> values) {
  const Values counted = count_values(values);
  const std::size_t n = counted.value.size();
  if (n < 2 || n * kEventsPerValue > values.size()) {
    return 0;
  }
  double smallest = double{counted.value[1]} - counted.value[0];
  for (std::size_t i = 1; i < n; ++i) {
    smallest = std::min(smallest, double{counted.value[i]} - counted.value[i - 1]);
  }
  const double tolerance = std::max(1e-3 * smallest, rounding_of(counted.value));
  double step = smallest;
  for (std::size_t i = 1; i < n; ++i) {
    step = common_divisor(double{counted.value[i]} - counted.value[0], step, tolerance);
  }
  constexpr double kWorthTheName = 0.05;
  return static_cast<float>(step < kWorthTheName * smallest ? smallest : step);
}

Dequantisation choose_dequantisation(const SearchConfig& config, const Sample& sample) {
  const std::vector<std::string>& names = config.features.dequantise;
  Dequantisation chosen{.step = {}, .seed = static_cast<std::uint64_t>(config.search.seed)};
  if (names.empty() || !needs_flow(config)) {
    return chosen;
  }
  for (std::size_t f = 0; f < config.features.x.size(); ++f) {
    const std::string& feature = config.features.x[f];
    chosen.step.push_back(is_wanted(names, feature) ? step_of(base::column(sample.x, f)) : 0);
    if (std::ranges::count(names, feature) > 0 && chosen.step.back() == 0) {
      throw base::InputError(
          fmt::format("[features] dequantise names '{}', which takes no steps in the data: fewer than {} events share "
                      "a value; remove it there",
                      feature, kEventsPerValue));
    }
  }
  return chosen;
}

base::Matrix dequantised(const Dequantisation& dequantisation, base::MatrixView x, base::MatrixView context) {
  base::Matrix spread = base::stack_rows(x, {});
  std::vector<std::uint64_t> contents(x.rows);
  for (std::size_t i = 0; i < contents.size(); ++i) {
    contents[i] = hash_of(hash_of(mix_bits(dequantisation.seed), x.row(i)), context.row(i));
  }
  const std::vector<std::uint64_t> occurrence = occurrences(contents);
  for (std::size_t i = 0; i < x.rows; ++i) {
    std::uint64_t hash = mix_bits(contents[i] ^ mix_bits(occurrence[i]));
    for (std::size_t f = 0; f < dequantisation.step.size(); ++f) {
      hash = mix_bits(hash);
      if (dequantisation.step[f] > 0) {
        spread(i, f) += dequantisation.step[f] * centred_uniform(hash);
      }
    }
  }
  return spread;
}

std::vector<std::string> warnings_of_steps(const Dequantisation& dequantisation, const Sample& sample,
                                           const std::vector<std::string>& features) {
  std::vector<std::string> warnings;
  for (std::size_t f = 0; f < dequantisation.step.size(); ++f) {
    std::ranges::move(warnings_of_feature(dequantisation.step[f], sample, f, features[f]),
                      std::back_inserter(warnings));
  }
  return warnings;
}

base::Json to_json(const Dequantisation& dequantisation) {
  return {{"step", base::pack_floats(dequantisation.step)}, {"seed", dequantisation.seed}};
}

Dequantisation dequantisation_from_json(const base::Json& json) {
  return {.step = base::unpack_floats(json.at("step")), .seed = json.at("seed")};
}

}  // namespace eddy::search
