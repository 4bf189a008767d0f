#include <eddy/search/extrapolation/background_model.hpp>

namespace eddy::search {

BackgroundModel train_generate(const ModelTask& task, std::vector<TrainingCurve>& training) {
  // 1. w(m), for the context of the background.
  BackgroundModel model = train_weights(task, false);
  // 2. p_data(x | m) in the control region, to be sampled at the context of simulated events.
  model.generator = train_region_flow(task, FlowTarget::kData, task.config.flow, "data flow", nullptr, training);
  return model;
}

}  // namespace eddy::search
