#pragma once
// What the classifiers of one fold say of the template: of those events that they never saw, for where a template event
// equals one of the data, its copy was trained on as data.

#include <eddy/search/calibration.hpp>
#include <eddy/search/inputs.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace eddy::search {

/// Scores of template events that the classifiers of a fold never saw.
struct UnseenScores {
  std::vector<std::size_t> positions;  ///< in the rows that were scored
  std::vector<float> scores;
  std::vector<float> weights;  ///< empty: all 1

  [[nodiscard]] ScoreCalibration calibration() const { return {scores, weights}; }
};

/// Of `scores`, by the classifiers of `fold`, of the template events at `rows`: without copies of data events in other
/// folds. Copies of data events in `fold` stand for these as well, each weighted by how many there are in all for one
/// of them, so that the density of the template stays what it is.
[[nodiscard]] UnseenScores unseen_scores(const std::vector<float>& scores, const std::vector<std::size_t>& rows,
                                         const Sample& template_sample, const std::vector<std::uint8_t>& data_fold,
                                         std::size_t fold);

}  // namespace eddy::search
