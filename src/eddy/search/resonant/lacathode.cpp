#include <eddy/search/resonant/resonant_methods.hpp>

#include <fmt/format.h>

namespace eddy::search {

Detectors detectors_of_lacathode(const ResonantTask& task, const FoldFlows& flows) {
  Detectors detectors = make_detectors(task, parse_space(task.config.classifier.space), flows);
  // Signal-region data against N(0, 1) (or against sideband data) in that space.
  WeakTraining training = weak_training(task, "lacathode", detectors);
  training.reference = [&](std::size_t fold, std::size_t r, std::size_t n_data) {
    const Detector& detector = detectors[fold][r];
    const std::size_t n = n_reference_events(task, n_data);
    const base::RandomStream stream(seed_of(task), fmt::format("lacathode reference/{}/{}", fold, r));
    if (task.config.classifier.reference == "normal") {
      return normal_in_space(*detector.background, detector.space, n, stream);
    }
    const Sample sidebands = take_events(task.inputs.data, random_rows(training_rows(task, false, fold), n, stream));
    return to_space(detector, sidebands.x, sidebands.context);
  };
  train_classifiers(task, training, detectors);
  return detectors;
}

TrainedMethod train_lacathode(const ResonantTask& task) {
  // 1. z = f(x; m), learned in the sidebands, where background becomes N(0, 1) at every mass.
  TrainedMethod method{.detectors = {}, .flows = train_fold_flows(task, false, "sideband flow")};
  // 2. Classifiers of data against N(0, 1) there.
  method.detectors = detectors_of_lacathode(task, method.flows);
  return method;
}

}  // namespace eddy::search
