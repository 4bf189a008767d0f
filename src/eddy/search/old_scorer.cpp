#include <eddy/base/json.hpp>
#include <eddy/search/old_scorer.hpp>

#include <utility>

namespace eddy::search {
namespace {

void make_one_detector_of_a_fold(base::Json& scorer) {
  base::Json flows = base::Json::array();
  for (std::size_t f = 0; f < scorer.at("flows").size(); ++f) {
    flows.push_back(f);
  }
  for (base::Json& fold : scorer.at("folds")) {
    fold["detectors"] = base::Json::array();
    fold["detectors"].push_back({{"space", scorer.at("space")},
                                 {"fixed_context", scorer.at("fixed_context")},
                                 {"use_context", false},
                                 {"flows", flows},
                                 {"classifiers", std::move(fold.at("classifiers"))}});
    fold.erase("classifiers");
  }
  scorer.erase("space");  // what is upgraded stays as it is
}

void collect_flows(base::Json& scorer) {
  base::Json flows = base::Json::array();
  for (base::Json& fold : scorer.at("detector_folds")) {
    for (base::Json& detector : fold.at("detectors")) {
      detector["flows"] = base::Json::array();
      if (detector.contains("background")) {
        detector["flows"].push_back(flows.size());
        flows.push_back(std::move(detector["background"]));
        detector.erase("background");
      }
      if (detector.contains("data")) {
        flows.push_back(std::exchange(detector["data"], flows.size()));
      }
    }
  }
  scorer["flows"] = std::move(flows);
  scorer["folds"] = std::move(scorer.at("detector_folds"));
  scorer.erase("detector_folds");
}

}  // namespace

base::Json upgraded_scorer(base::Json scorer) {
  if (scorer.contains("detector_folds")) {
    collect_flows(scorer);
  } else if (scorer.contains("space")) {
    make_one_detector_of_a_fold(scorer);
  }
  return scorer;
}

}  // namespace eddy::search
