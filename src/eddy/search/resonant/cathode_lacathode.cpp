#include <eddy/search/resonant/resonant_methods.hpp>

#include <utility>

namespace eddy::search {

TrainedMethod train_cathode_and_lacathode(const ResonantTask& task) {
  // 1. One density of the sidebands for both.
  TrainedMethod method{.detectors = {}, .flows = train_fold_flows(task, false, "sideband flow")};
  // 2. The classifiers of both, each against its own reference. The score is their mean output: both estimate
  //    p_data / (p_data + p_background) of an event, with both classes of equal weight.
  method.detectors = detectors_of_lacathode(task, method.flows);
  Detectors in_x = detectors_of_cathode(task, method.flows);
  for (std::size_t fold = 0; fold < in_x.size(); ++fold) {
    for (Detector& detector : in_x[fold]) {
      method.detectors[fold].push_back(std::move(detector));
    }
  }
  return method;
}

}  // namespace eddy::search
