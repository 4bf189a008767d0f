#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/search/packed_detector.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace eddy::search {
namespace {

base::Json pack(const LatentSpace& space, bool use_context, const Ensemble& classifiers) {
  base::Json json = {{"space", to_string(space.kind)},
                     {"fixed_context", space.fixed_context},
                     {"use_context", use_context},
                     {"flows", base::Json::array()},
                     {"classifiers", base::Json::array()}};
  for (const classify::Classifier& classifier : classifiers) {
    json["classifiers"].push_back(classify::to_json(classifier));
  }
  return json;
}

void require_flows(const PackedDetector& detector, std::size_t n_flows) {
  std::vector<std::size_t> all = detector.flows;
  if (detector.data) {
    all.push_back(*detector.data);
  }
  for (const std::size_t i : all) {
    if (i >= n_flows) {
      throw base::InputError(
          fmt::format("a detector has flow {} of {}: its file is damaged; run the search again", i, n_flows));
    }
  }
  const bool is_ratio = detector.data.has_value();
  const bool has_enough = is_ratio                               ? detector.flows.size() == 1
                          : detector.space.kind != SpaceKind::kX ? !detector.flows.empty()
                                                                 : true;
  if (!has_enough || (!is_ratio && detector.classifiers.empty())) {
    throw base::InputError(
        fmt::format("a detector in the space '{}' has {} flows of the background and {} classifiers: its file is "
                    "damaged; run the search again",
                    to_string(detector.space.kind), detector.flows.size(), detector.classifiers.size()));
  }
}

}  // namespace

bool sees_the_same(const PackedDetector& a, const PackedDetector& b) {
  return a.flows == b.flows && a.space.kind == b.space.kind && a.space.fixed_context == b.space.fixed_context &&
         a.use_context == b.use_context;
}

std::vector<base::Matrix> spaces_of(const PackedDetector& detector, std::span<const flow::Flow> flows,
                                    base::MatrixView x, base::MatrixView context) {
  std::vector<base::Matrix> spaces;
  if (detector.space.kind == SpaceKind::kX) {
    spaces.push_back(detector.use_context ? join_columns(x, context) : base::stack_rows({}, x));
    return spaces;
  }
  for (const std::size_t flow : detector.flows) {
    spaces.push_back(to_space(flows[flow], detector.space, x, context));
  }
  return spaces;
}

base::Json pack_detector(const Detector& detector, base::Json& flows) {
  base::Json json = pack(detector.space, detector.use_context, detector.classifiers);
  if (detector.background) {
    json["flows"].push_back(flows.size());
    flows.push_back(detector.background->to_json());
  }
  if (detector.data) {
    json["data"] = flows.size();
    flows.push_back(detector.data->to_json());
  }
  if (detector.log_odds != 0) {
    json["log_odds"] = detector.log_odds;
  }
  return json;
}

base::Json pack_ensemble(const Ensemble& classifiers, const LatentSpace& space, std::size_t n_flows) {
  base::Json json = pack(space, false, classifiers);
  for (std::size_t f = 0; f < n_flows; ++f) {
    json["flows"].push_back(f);
  }
  return json;
}

PackedDetector unpack_detector(const base::Json& json, std::size_t n_flows) {
  PackedDetector detector;
  detector.space = {parse_space(json.at("space")), json.at("fixed_context")};
  detector.use_context = json.at("use_context");
  for (const base::Json& flow : json.at("flows")) {
    detector.flows.push_back(flow.get<std::size_t>());
  }
  if (json.contains("data")) {
    detector.data = json.at("data").get<std::size_t>();
  }
  detector.log_odds = json.value("log_odds", 0.0);
  for (const base::Json& packed : json.at("classifiers")) {
    detector.classifiers.push_back(classify::classifier_from_json(packed));
  }
  require_flows(detector, n_flows);
  return detector;
}

}  // namespace eddy::search
