#include <eddy/search/resonant/resonant_methods.hpp>

namespace eddy::search {

TrainedMethod train_anode(const ResonantTask& task) {
  // 1. The density of the sidebands, interpolated into the signal region: background.
  TrainedMethod method{.detectors = {}, .flows = train_fold_flows(task, false, "sideband flow")};
  method.detectors = make_detectors(task, SpaceKind::kX, method.flows);
  // 2. The density of the signal region: background and signal. The score is their ratio.
  FoldFlows data = train_fold_flows(task, true, "signal-region flow");
  for (std::size_t fold = 0; fold < task.n_folds; ++fold) {
    for (std::size_t r = 0; r < task.n_retrainings; ++r) {
      method.detectors[fold][r].data = std::move(data.flows[fold][r]);
    }
  }
  method.flows.training.insert(method.flows.training.end(), data.training.begin(), data.training.end());
  return method;
}

}  // namespace eddy::search
