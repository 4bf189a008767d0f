#pragma once
// The chain, trained anew with signal in its data: whole searches as tasks, for every family.

#include <eddy/search/limits/limit_signal.hpp>
#include <eddy/search/search.hpp>
#include <eddy/search/validation/calibration_by_nulls.hpp>
#include <eddy/stats/retrained_limit.hpp>

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace eddy::search {

/// One cut of a search with injected signal.
struct InjectedCut {
  double efficiency = 0;        ///< fraction of the signal in the region that passes, of events kept aside
  double efficiency_error = 0;  ///< of that many events
  double passed = 0;            ///< injected events of the signal region that pass, each judged by others' classifiers
  std::optional<stats::PassingSignal> signal = {};  ///< what the search says of them; nothing where no fit converged
};

/// One search with injected signal.
struct Injection {
  double strength = 0;         ///< signal events of the signal region, on average
  std::size_t repetition = 0;  ///< other signal events, and another seed of everything that is trained
  std::string failure = {};    ///< why there is nothing else; empty: there is
  std::vector<InjectedCut> cuts = {};
};

/// What a search with labelled signal in its data says at each cut; inputs as of with_injected.
using SignalRun = std::function<std::vector<InjectedCut>(const Search& with_signal)>;

/// Where the signal goes.
struct InjectionBase {
  const Search& search;
  const LimitSignal& signal;
  const Finding& finding;                ///< of the search, whose corrections those with signal share
  const NullGenerator* nulls = nullptr;  ///< on top of events of it, drawn anew each time; nullptr: of the data
  const SignalRun* run = nullptr;        ///< nullptr: the search of the family, with its chain trained anew
};

/// The searches with `strength`, one for each repetition: from the store where they are there.
[[nodiscard]] std::vector<Injection> inject(const InjectionBase& base, double strength, std::size_t n_repetitions);

/// What the first `n` null experiments of a search, those of calibrate_by_nulls, say of a signal: [experiment][cut].
[[nodiscard]] std::vector<std::vector<std::optional<stats::PassingSignal>>> signals_of_nulls(
    const Search& search, const NullGenerator& generator, const Finding& finding);

}  // namespace eddy::search
