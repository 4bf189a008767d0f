#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/search/event_weights.hpp>
#include <eddy/search/families.hpp>
#include <eddy/search/limits/injections.hpp>
#include <eddy/search/limits/passing_signal.hpp>
#include <eddy/search/validation/chain_validation.hpp>
#include <eddy/search/validation/whole_search.hpp>

#include <fmt/format.h>

#include <cmath>
#include <numeric>

namespace eddy::search {
namespace {

/// Raised whenever a change of the code changes what an experiment finds.
constexpr int kInjectionTaskVersion = 1;

bool passes(const ScoredSample& sample, std::size_t i, double efficiency) {
  return sample.in_signal_region[i] != 0 && sample.background_efficiency[i] <= static_cast<float>(efficiency);
}

/// Fraction of the labelled signal that passes, and its binomial error for as many effective events.
void set_efficiency(const ScoredSample& signal, double cut, InjectedCut& injected) {
  const std::vector<double> weight = weights_or_ones(signal);
  double passing = 0;
  for (std::size_t i = 0; i < signal.size(); ++i) {
    passing += passes(signal, i, cut) ? weight[i] : 0;
  }
  injected.efficiency = passing / std::accumulate(weight.begin(), weight.end(), 0.0);
  injected.efficiency_error = std::sqrt(injected.efficiency * (1 - injected.efficiency) / effective_size(weight));
}

double injected_that_pass(const ScoredSample& data, double cut) {
  double n = 0;
  for (std::size_t i = 0; i < data.size(); ++i) {
    n += data.truth[i] != 0 && passes(data, i, cut) ? 1 : 0;
  }
  return n;
}

base::Json cut_json(const InjectedCut& cut) {
  return {{"efficiency", cut.efficiency},
          {"efficiency_error", cut.efficiency_error},
          {"passed", cut.passed},
          {"signal", signal_json(cut.signal)}};
}

/// The search of the family, its chain trained anew.
std::vector<InjectedCut> search_anew(const InjectionBase& base, const Search& with_signal) {
  SearchRun run = rules_of(with_signal.config).run(with_signal);
  apply_corrections(with_signal, corrections_of(base.finding.validation), run.finding);
  if (run.finding.signal.size() == 0) {
    throw base::InputError("no signal event that is kept aside was scored");
  }
  std::vector<InjectedCut> cuts;
  for (const WorkingPoint& point : run.finding.working_points) {
    InjectedCut& cut = cuts.emplace_back();
    set_efficiency(run.finding.signal, point.efficiency, cut);
    cut.passed = injected_that_pass(run.finding.data, point.efficiency);
    cut.signal = passing_signal(point);
  }
  return cuts;
}

base::Json run_injection(const InjectionBase& base, double strength, const base::RandomStream& stream) {
  const Search& search = base.search;
  const SearchConfig config = config_of_experiment(search.config, stream);
  const base::RandomStream of_background({stream.bits_at(1)}, "background of an injection");
  const base::RandomStream of_signal({stream.bits_at(2)}, "signal of an injection");
  const SearchInputs inputs = with_injected(base.nulls != nullptr ? base.nulls->draw(of_background) : search.inputs,
                                            base.signal, strength, of_signal);
  const base::Monitor quiet = search.monitor.only_stop();
  const base::TaskStore nothing_kept = search.store.without_writing();
  const Search with_signal{inputs, config, nothing_kept, quiet};
  base::Json cuts = base::Json::array();
  for (const InjectedCut& cut : base.run != nullptr ? (*base.run)(with_signal) : search_anew(base, with_signal)) {
    cuts.push_back(cut_json(cut));
  }
  return {{"cuts", std::move(cuts)}};
}

Injection injection_of(double strength, std::size_t repetition, const base::Json& json) {
  Injection injection{.strength = strength, .repetition = repetition, .failure = json.value("failure", "")};
  for (const base::Json& cut : json.value("cuts", base::Json::array())) {
    injection.cuts.push_back({.efficiency = cut.at("efficiency"),
                              .efficiency_error = cut.at("efficiency_error"),
                              .passed = cut.at("passed"),
                              .signal = signal_of(cut.at("signal"))});
  }
  return injection;
}

base::TaskInputs content_of(const InjectionBase& base) {
  base::TaskInputs content = content_of(base.search.inputs);
  add_content(content, "signal", base.signal.events);
  return content;
}

base::Json settings_of(const InjectionBase& base) {
  return {{"version", kInjectionTaskVersion},
          {"settings", settings_of(base.search.config)},
          {"features", base.search.config.features.x},
          {"signal", base.signal.record.sha256},
          {"base", base.nulls != nullptr ? base.nulls->source : std::string("data")}};
}

}  // namespace

std::vector<Injection> inject(const InjectionBase& base, double strength, std::size_t n_repetitions) {
  const base::TaskInputs content = content_of(base);
  base::Json settings = settings_of(base);
  std::vector<Injection> injections(n_repetitions);
  base::for_each_task(
      n_repetitions, base.search.store, base::AtOnce::kOne, [&](std::size_t i, const base::TaskStore& store) {
        const std::string name = fmt::format("injection of {}/{}", strength, i);
        base.search.monitor.progress(fmt::format("searches with {:.4g} signal events", strength), i, n_repetitions);
        settings["task"] = name;
        const base::Json found = store.get_or_compute(
            "injection", base::TaskKey(content, settings),
            [&] {
              return found_or_failure([&] {
                return run_injection(base, strength, {seed_of(base.search.config), name});
              });
            },
            base.search.monitor);
        injections[i] = injection_of(strength, i, found);
      });
  base.search.monitor.progress(fmt::format("searches with {:.4g} signal events", strength), n_repetitions,
                               n_repetitions);
  return injections;
}

std::vector<std::vector<std::optional<stats::PassingSignal>>> signals_of_nulls(const Search& search,
                                                                               const NullGenerator& generator,
                                                                               const Finding& finding) {
  std::vector<std::vector<std::optional<stats::PassingSignal>>> signals;
  for (const base::Json& experiment : null_experiments(search, generator, finding)) {
    std::vector<std::optional<stats::PassingSignal>>& of_cuts = signals.emplace_back();
    for (const base::Json& point : experiment.value("points", base::Json::array())) {
      of_cuts.push_back(signal_of(point.at("signal")));
    }
  }
  return signals;
}

}  // namespace eddy::search
