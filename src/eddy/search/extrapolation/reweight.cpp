#include <eddy/search/extrapolation/background_model.hpp>

namespace eddy::search {

BackgroundModel train_reweight(const ModelTask& task, std::vector<TrainingCurve>& /*training*/) {
  // w(x, m) already holds the ratio of the contexts: it is not multiplied by w(m).
  return train_weights(task, true);
}

}  // namespace eddy::search
