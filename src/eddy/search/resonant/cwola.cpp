#include <eddy/search/resonant/resonant_methods.hpp>

#include <fmt/format.h>

namespace eddy::search {

TrainedMethod train_cwola(const ResonantTask& task) {
  TrainedMethod method{.detectors = make_detectors_in_x(task), .flows = {}};
  WeakTraining training = weak_training(task, "cwola", method.detectors);
  training.reference = [&](std::size_t fold, std::size_t r, std::size_t n_data) {
    const base::RandomStream stream(seed_of(task), fmt::format("cwola reference/{}/{}", fold, r));
    const std::vector<std::size_t> rows = training_rows(task, false, fold);
    return base::take_rows(task.inputs.data.x, random_rows(rows, n_reference_events(task, n_data), stream));
  };
  train_classifiers(task, training, method.detectors);
  return method;
}

}  // namespace eddy::search
