#include <eddy/search/resonant/resonant_methods.hpp>

#include <cmath>

namespace eddy::search {

TrainedMethod train_r_anode(const ResonantTask& task) {
  // 1. The density of the sidebands, interpolated into the signal region: background, which stays as it is.
  TrainedMethod method{.detectors = {}, .flows = train_fold_flows(task, false, "sideband flow"), .learns_signal = true};
  method.detectors = make_detectors(task, SpaceKind::kX, method.flows);
  // 2. What the signal region has beside it: a density p_s, by the likelihood of w p_s + (1 - w) p_b there.
  FoldFlows signal = train_signal_flows(task, method.flows, "signal flow");
  // 3. The score of an event: the probability that it is signal.
  for (std::size_t fold = 0; fold < task.n_folds; ++fold) {
    for (std::size_t r = 0; r < task.n_retrainings; ++r) {
      const double share = signal.shares[fold][r];
      method.detectors[fold][r].data = std::move(signal.flows[fold][r]);
      method.detectors[fold][r].log_odds = std::log(share) - std::log1p(-share);
    }
  }
  method.flows.training.insert(method.flows.training.end(), signal.training.begin(), signal.training.end());
  return method;
}

}  // namespace eddy::search
