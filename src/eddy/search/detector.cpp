#include <eddy/search/detector.hpp>

#include <algorithm>
#include <cmath>

namespace eddy::search {
std::vector<float> density_ratio_score(const flow::Flow& background, const flow::Flow& data, double log_odds,
                                       base::MatrixView x, base::MatrixView context) {
  const std::vector<double> log_data = data.log_density(x, context);
  const std::vector<double> log_background = background.log_density(x, context);
  std::vector<float> score(x.rows);
  std::ranges::transform(log_data, log_background, score.begin(), [log_odds](double p, double q) {
    return static_cast<float>(1 / (1 + std::exp(q - p - log_odds)));
  });
  return score;
}

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
    return density_ratio_score(*detector.background, *detector.data, detector.log_odds, x, context);
  }
  const base::Matrix events = to_space(detector, x, context);
  return mean_score(detector.classifiers, std::span(&events, 1));
}

}  // namespace eddy::search
