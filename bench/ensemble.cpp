#include "ensemble.hpp"
#include <eddy/base/json.hpp>

#include "clock.hpp"
#include "configurations.hpp"

#include <eddy/base/parallel.hpp>

#include <algorithm>
#include <string>

namespace eddy::bench {
namespace {

constexpr std::size_t kMembers = 4;
constexpr std::size_t kThreads = 2;
constexpr std::size_t kRepeats = 3;

/// Seconds by both clocks.
Instant time_training(const FlowEvents& events, const flow::FlowSettings& settings, std::size_t n_threads) {
  const base::ThreadLimit limit(n_threads);
  const Instant begin = now();
  base::parallel_tasks(kMembers, [&](std::size_t member) {
    static_cast<void>(flow::fit_flow(events.sample(), settings, {1}, "member " + std::to_string(member), {}));
  });
  const Instant end = now();
  return {end.cpu - begin.cpu, end.wall - begin.wall};
}

void keep_shorter(Instant& best, Instant other) {
  best = {std::min(best.cpu, other.cpu), std::min(best.wall, other.wall)};
}

base::Json to_json(Instant seconds) { return {{"cpu_seconds", seconds.cpu}, {"wall_seconds", seconds.wall}}; }

}  // namespace

base::Json ensemble_efficiency() {
  const FlowConfiguration configuration = flow_configurations().front();
  const FlowEvents events(2 * configuration.n_events, configuration.n_features, configuration.n_context);
  flow::FlowSettings settings = configuration.settings;
  settings.training.epochs = 1;
  Instant one{1e9, 1e9};
  Instant two{1e9, 1e9};
  for (std::size_t i = 0; i < kRepeats; ++i) {
    keep_shorter(one, time_training(events, settings, 1));
    keep_shorter(two, time_training(events, settings, kThreads));
  }
  return {{"members", kMembers},
          {"one_thread", to_json(one)},
          {"two_threads", to_json(two)},
          {"efficiency", one.wall / (kThreads * two.wall)},
          {"cpu_efficiency", one.cpu / two.cpu}};
}

}  // namespace eddy::bench
