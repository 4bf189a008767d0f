#include <eddy/search/extrapolation/background_model.hpp>

#include <utility>

namespace eddy::search {

BackgroundModel train_morph(const ModelTask& task, std::vector<TrainingCurve>& training) {
  // 1. w(m), for the context of the background.
  BackgroundModel model = train_weights(task, false);
  // 2. p_sim(x | m) in the control region.
  flow::Flow base = train_region_flow(task, FlowTarget::kSimulation, task.config.flow, "base flow", nullptr, training);
  // 3. A flow on data whose base density that is; its inverse morphs simulated events.
  flow::Flow transfer =
      train_region_flow(task, FlowTarget::kData, task.config.transfer, "transfer flow", &base, training);
  model.transfer = flow::TransferFlow(std::move(transfer), std::move(base));
  return model;
}

}  // namespace eddy::search
