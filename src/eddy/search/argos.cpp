#include <eddy/search/argos.hpp>
#include <eddy/stats/poisson_quantile.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

namespace eddy::search {
namespace {

constexpr double kFewestOfTemplate = 25;  // the efficiency is known to 20 % (relative)
constexpr int kCutsPerDecade = 20;
constexpr std::size_t kPseudoData = 400;

/// A cut as it was asked for, and what it keeps of the template: more where ties are kept whole.
struct Cut {
  double asked = 1;
  double efficiency = 1;
};

/// From 1 to the tightest with enough template events, each that keeps something else than the one before.
std::vector<Cut> cuts_of(std::span<const ScoreCalibration> calibrations, double n_template) {
  std::vector<Cut> cuts = {Cut{}};
  for (int i = 1;; ++i) {
    const double asked = std::pow(10.0, -static_cast<double>(i) / kCutsPerDecade);
    if (asked * n_template < kFewestOfTemplate) {
      return cuts;
    }
    const double efficiency = realised_cut(calibrations, asked).efficiency;
    if (efficiency * n_template >= kFewestOfTemplate && efficiency < cuts.back().efficiency) {
      cuts.push_back({asked, efficiency});
    }
  }
}

double argos(double passing, double efficiency) { return passing / std::sqrt(efficiency) - std::sqrt(efficiency); }

/// The binomial errors of data and template, the threshold being one of the template.
double argos_error(double passing, double efficiency, double n_data, double n_template) {
  const double of_data = passing * (1 - passing) / n_data;
  const double of_template = passing * passing * (1 - efficiency) / (efficiency * n_template);
  return std::sqrt((of_data + of_template) / efficiency);
}

/// Efficiencies of the signal-region events, ascending.
std::vector<float> in_region(std::span<const float> efficiency, std::span<const std::uint8_t> in_signal_region) {
  std::vector<float> values;
  for (std::size_t i = 0; i < efficiency.size(); ++i) {
    if (in_signal_region[i] != 0) {
      values.push_back(efficiency[i]);
    }
  }
  std::ranges::sort(values);
  return values;
}

/// Numbers of events between neighbouring cuts, tight to loose.
struct Bin {
  stats::PoissonQuantile data;
  stats::PoissonQuantile of_template;
};

std::vector<Bin> bins_between(const std::vector<Cut>& cuts, double n_data, double n_template) {
  std::vector<Bin> bins;
  for (std::size_t i = cuts.size(); i-- > 0;) {
    const double share = cuts[i].efficiency - (i + 1 < cuts.size() ? cuts[i + 1].efficiency : 0);
    bins.push_back({stats::PoissonQuantile(share * n_data), stats::PoissonQuantile(share * n_template)});
  }
  return bins;
}

/// Fractions that pass at the edges of those bins, from 0 to 1.
struct Passing {
  std::vector<double> data = {0};
  std::vector<double> of_template = {0};
};

Passing draw(const std::vector<Bin>& bins, base::RandomStream& stream) {
  Passing passing;
  for (const Bin& bin : bins) {
    passing.data.push_back(passing.data.back() + bin.data(stream.uniform()));
    passing.of_template.push_back(passing.of_template.back() + bin.of_template(stream.uniform()));
  }
  for (std::vector<double>* fractions : {&passing.data, &passing.of_template}) {
    const double all = std::max(1.0, fractions->back());
    std::ranges::transform(*fractions, fractions->begin(), [&](double n) { return n / all; });
  }
  return passing;
}

/// Of the data, where `efficiency` of the template passes.
double passing_at(const Passing& passing, double efficiency) {
  const auto above = std::ranges::lower_bound(passing.of_template, efficiency) - passing.of_template.begin();
  const auto i = static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(above, 1, std::ssize(passing.data) - 1));
  const double width = passing.of_template[i] - passing.of_template[i - 1];
  const double part = width > 0 ? std::min(1.0, (efficiency - passing.of_template[i - 1]) / width) : 1;
  return passing.data[i - 1] + part * (passing.data[i] - passing.data[i - 1]);
}

/// The largest ARGOS of data that are like the template, ascending.
std::vector<double> largest_by_chance(const std::vector<Cut>& cuts, double n_data, double n_template, base::Seed seed) {
  const std::vector<Bin> bins = bins_between(cuts, n_data, n_template);
  base::RandomStream stream(seed, "argos by chance");
  std::vector<double> largest(kPseudoData);
  for (double& most : largest) {
    const Passing passing = draw(bins, stream);
    for (const Cut& cut : cuts) {
      most = std::max(most, argos(passing_at(passing, cut.efficiency), cut.efficiency));
    }
  }
  std::ranges::sort(largest);
  return largest;
}

double quantile_of(const std::vector<double>& ascending, double probability) {
  return ascending[static_cast<std::size_t>(probability * static_cast<double>(ascending.size() - 1))];
}

}  // namespace

Argos argos_of(std::span<const float> efficiency, std::span<const std::uint8_t> in_signal_region,
               std::span<const ScoreCalibration> calibrations, const ArgosTemplate& of_background, base::Seed seed) {
  const std::vector<float> data = in_region(efficiency, in_signal_region);
  const auto n_data = static_cast<double>(data.size());
  Argos result{.reference = of_background.name, .n_data = data.size(), .n_template = of_background.n};
  if (data.empty() || !(of_background.n >= kFewestOfTemplate)) {
    return result;
  }
  const std::vector<Cut> cuts = cuts_of(calibrations, of_background.n);
  for (const Cut& cut : cuts) {
    const auto n_passing = std::ranges::upper_bound(data, static_cast<float>(cut.asked)) - data.begin();
    const double passing = static_cast<double>(n_passing) / n_data;
    result.curve.push_back({.efficiency = cut.efficiency,
                            .passing = passing,
                            .value = argos(passing, cut.efficiency),
                            .error = argos_error(passing, cut.efficiency, n_data, of_background.n)});
  }
  result.best = *std::ranges::max_element(result.curve, {}, &ArgosPoint::value);
  const std::vector<double> by_chance = largest_by_chance(cuts, n_data, of_background.n, seed);
  result.chance_median = quantile_of(by_chance, 0.5);
  result.chance_95 = quantile_of(by_chance, 0.95);
  return result;
}

}  // namespace eddy::search
