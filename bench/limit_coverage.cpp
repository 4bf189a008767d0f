// eddy_limit_coverage [EXPERIMENTS [SEED]]: how often do limits and intervals of retrained searches hold what is there?
// The statistical part alone: efficiencies and counts are drawn, everything behind them is what `eddy limit` does. One
// JSON document per line: a true strength, and the fraction of experiments that cover it. bench/validity/coverage.py
// reads them.

#include <eddy/base/json.hpp>
#include <eddy/base/random.hpp>
#include <eddy/search/abcd_point.hpp>
#include <eddy/search/limits/cut_limit.hpp>
#include <eddy/stats/poisson_quantile.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

namespace {

namespace search = eddy::search;
namespace stats = eddy::stats;
using eddy::base::RandomStream;

/// A world of one cut: background behind it, and an efficiency that rises where classifiers begin to see the signal.
struct World {
  std::string evidence;   ///< "abcd" or "count"
  double background = 0;  ///< in A
  double relative = 0;    ///< error of the background: closure, or of the prediction
  double lowest = 0.02;   ///< efficiency without signal
  double highest = 0.7;
  double turn_on = 100;  ///< signal events
  double scatter = 0;    ///< of one training, relative
};

double mean_efficiency(const World& world, double strength) {
  const double seen = 1 - std::exp(-std::pow(strength / world.turn_on, 2));
  return world.lowest + (world.highest - world.lowest) * seen;
}

double draw_efficiency(const World& world, double strength, RandomStream& random) {
  return std::clamp(mean_efficiency(world, strength) * (1 + world.scatter * random.normal()), 0.0, 1.0);
}

double poisson(double mean, RandomStream& random) {
  return mean > 0 ? stats::PoissonQuantile(mean)(random.uniform()) : 0;
}

/// Searches with signal: what they find of it follows the same counts.
std::vector<search::Injection> draw_injections(const World& world, RandomStream& random) {
  constexpr int kRepetitions = 3;
  std::vector<search::Injection> injections;
  for (const double strength : {0.0, 25.0, 50.0, 100.0, 200.0, 400.0, 800.0}) {
    for (std::size_t i = 0; i < kRepetitions; ++i) {
      const double efficiency = draw_efficiency(world, strength, random);
      const double passed = poisson(strength * efficiency, random);
      const double error = std::sqrt(world.background + passed + 1);
      injections.push_back({.strength = strength,
                            .repetition = i,
                            .cuts = {{.efficiency = efficiency,
                                      .passed = passed,
                                      .signal = stats::PassingSignal{passed + 0.3 * error * random.normal(), error,
                                                                     passed + 2 * error}}}});
    }
  }
  return injections;
}

search::WorkingPoint count(const World& world, double signal, RandomStream& random) {
  search::WorkingPoint point{.efficiency = 0.01};
  search::TemplateCount evidence;
  evidence.abcd.counts.a = poisson(world.background + signal, random);
  const double error = world.relative * world.background;
  evidence.prediction = {.predicted = std::max(0.0, world.background + error * random.normal()), .error = error};
  set_numbers(point, evidence);
  return point;
}

search::WorkingPoint abcd(const World& world, double signal, RandomStream& random) {
  constexpr double kTransfer = 0.02;  // C over D
  search::WorkingPoint point{.efficiency = 0.01};
  const double kappa = std::exp(world.relative * random.normal());
  search::Abcd evidence{.counts = {.a = poisson(world.background * kappa + signal, random),
                                   .b = poisson(world.background / kTransfer, random),
                                   .c = poisson(2 * world.background, random),
                                   .d = poisson(2 * world.background / kTransfer, random)},
                        .model = {.closure_error = world.relative}};
  search::fit_counts(evidence, false, {{random.bits_at(1ULL << 40U)}, "toys"});
  set_numbers(point, evidence);
  return point;
}

struct Covered {
  int limit = 0;
  int interval = 0;
  int with_limit = 0;
};

void experiment(const World& world, double strength, RandomStream random, Covered& covered) {
  const std::vector<search::Injection> injections = draw_injections(world, random);
  const double signal = strength * draw_efficiency(world, strength, random);
  const search::WorkingPoint point =
      world.evidence == "abcd" ? abcd(world, signal, random) : count(world, signal, random);
  const search::CutLimit limit = search::limit_at_cut(point, 0, injections, {});
  covered.with_limit += limit.observed.has_value() ? 1 : 0;
  covered.limit += !limit.observed || *limit.observed >= strength ? 1 : 0;
  const bool below = limit.interval.high.has_value() && *limit.interval.high < strength;
  covered.interval += !below && limit.interval.low <= strength ? 1 : 0;
}

void measure(const World& world, double strength, int n, std::uint64_t seed) {
  Covered covered;
  for (int i = 0; i < n; ++i) {
    const std::string name =
        fmt::format("{}/{}/{}/{}/{}", world.evidence, world.background, world.scatter, strength, i);
    experiment(world, strength, {{seed}, name}, covered);
  }
  const eddy::base::Json line = {{"evidence", world.evidence},
                                 {"background", world.background},
                                 {"relative_error", world.relative},
                                 {"scatter", world.scatter},
                                 {"strength", strength},
                                 {"experiments", n},
                                 {"with_limit", covered.with_limit / static_cast<double>(n)},
                                 {"limit_covers", covered.limit / static_cast<double>(n)},
                                 {"interval_covers", covered.interval / static_cast<double>(n)}};
  std::cout << line.dump() << "\n" << std::flush;
}

}  // namespace

int main(int argc, char** argv) {
  const int n = argc > 1 ? std::atoi(argv[1]) : 1000;
  const std::uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
  for (const World& world : {World{.evidence = "count", .background = 50, .relative = 0.1, .scatter = 0.2},
                             World{.evidence = "count", .background = 4, .relative = 0.3, .scatter = 0.2},
                             World{.evidence = "abcd", .background = 50, .relative = 0.1},
                             World{.evidence = "abcd", .background = 50, .relative = 0.1, .scatter = 0.2}}) {
    for (const double strength : {100.0, 200.0}) {
      measure(world, strength, n, seed);
    }
  }
  return 0;
}
