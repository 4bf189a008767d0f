#include <eddy/search/resonant/context_density.hpp>
#include <eddy/search/resonant/resonant_methods.hpp>

#include <fmt/format.h>

namespace eddy::search {

Detectors detectors_of_cathode(const ResonantTask& task, const FoldFlows& flows) {
  Detectors detectors = make_detectors_in_x(task);
  // The density interpolated into the signal region: samples at masses drawn from a density estimate of the data there.
  WeakTraining training = weak_training(task, "cathode", detectors);
  training.reference = [&](std::size_t fold, std::size_t r, std::size_t n_data) {
    const Sample data = take_events(task.inputs.data, training_rows(task, true, fold));
    const std::string name = fmt::format("{}/{}", fold, r);
    const base::Matrix masses =
        sample_context(data.context.values(), task.window, task.config.classifier.context_bandwidth,
                       n_reference_events(task, n_data), {seed_of(task), "cathode masses/" + name});
    return flows.flows[fold][r].sample(masses, {seed_of(task), "cathode samples/" + name});
  };
  // Signal-region data against the samples, in x.
  train_classifiers(task, training, detectors);
  return detectors;
}

TrainedMethod train_cathode(const ResonantTask& task) {
  // 1. The density p(x | m) of the sidebands.
  TrainedMethod method{.detectors = {}, .flows = train_fold_flows(task, false, "sideband flow")};
  // 2. Classifiers of data against its samples.
  method.detectors = detectors_of_cathode(task, method.flows);
  return method;
}

}  // namespace eddy::search
