#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/search/detector.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace eddy::search {
namespace {

/// R / (1 + R) of the density ratio R = p_data / p_background: what a perfect classifier of the two would say.
std::vector<float> density_ratio_score(const Detector& detector, base::MatrixView x, base::MatrixView context) {
  const std::vector<float> data = detector.data->log_prob(x, context);
  std::vector<float> score = detector.background->log_prob(x, context);
  std::ranges::transform(data, score, score.begin(), [](float p, float q) { return 1 / (1 + std::exp(q - p)); });
  return score;
}

}  // namespace

base::Matrix join_columns(base::MatrixView left, base::MatrixView right) {
  base::Matrix joined(left.rows, left.cols + right.cols);
  for (std::size_t i = 0; i < left.rows; ++i) {
    const auto next = std::ranges::copy(left.row(i), joined.row(i).begin()).out;
    std::ranges::copy(right.row(i), next);
  }
  return joined;
}

base::Matrix to_space(const Detector& detector, base::MatrixView x, base::MatrixView context) {
  if (detector.space.kind == SpaceKind::kX) {
    return detector.use_context ? join_columns(x, context) : base::stack_rows({}, x);
  }
  return to_space(*detector.background, detector.space, x, context);
}

std::vector<float> score_events(const Detector& detector, base::MatrixView x, base::MatrixView context) {
  if (detector.data) {
    return density_ratio_score(detector, x, context);
  }
  const base::Matrix events = to_space(detector, x, context);
  return mean_score(detector.classifiers, std::span(&events, 1));
}

base::Json to_json(const Detector& detector) {
  base::Json json = {{"space", to_string(detector.space.kind)},
                     {"fixed_context", detector.space.fixed_context},
                     {"use_context", detector.use_context},
                     {"classifiers", base::Json::array()}};
  if (detector.background) {
    json["background"] = detector.background->to_json();
  }
  if (detector.data) {
    json["data"] = detector.data->to_json();
  }
  for (const classify::Classifier& classifier : detector.classifiers) {
    json["classifiers"].push_back(classify::to_json(classifier));
  }
  return json;
}

Detector detector_from_json(const base::Json& json) {
  Detector detector;
  detector.space = {parse_space(json.at("space")), json.at("fixed_context")};
  detector.use_context = json.at("use_context");
  if (json.contains("background")) {
    detector.background = flow::Flow::from_json(json.at("background"));
  }
  if (json.contains("data")) {
    detector.data = flow::Flow::from_json(json.at("data"));
  }
  for (const base::Json& packed : json.at("classifiers")) {
    detector.classifiers.push_back(classify::classifier_from_json(packed));
  }
  const bool needs_background = detector.data || detector.space.kind != SpaceKind::kX;
  if ((needs_background && !detector.background) || (!detector.data && detector.classifiers.empty())) {
    throw base::InputError(
        fmt::format("a detector in the space '{}' has {} flow of the background and {} classifiers: its file is "
                    "damaged; run the search again",
                    to_string(detector.space.kind), detector.background ? "a" : "no", detector.classifiers.size()));
  }
  return detector;
}

}  // namespace eddy::search
