#include <eddy/search/copies.hpp>
#include <eddy/search/unseen_template.hpp>

#include <algorithm>

namespace eddy::search {

UnseenScores unseen_scores(const std::vector<float>& scores, const std::vector<std::size_t>& rows,
                           const Sample& template_sample, const std::vector<std::uint8_t>& data_fold,
                           std::size_t fold) {
  UnseenScores unseen;
  std::vector<std::uint8_t> is_twin;
  std::size_t n_left_out = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (is_twin_outside_fold(template_sample, rows[i], data_fold, fold)) {
      ++n_left_out;
      continue;
    }
    unseen.positions.push_back(i);
    unseen.scores.push_back(scores[i]);
    is_twin.push_back(is_twin_in_fold(template_sample, rows[i], data_fold, fold) ? 1 : 0);
  }
  if (const auto n_kept = static_cast<std::size_t>(std::ranges::count(is_twin, 1)); n_kept > 0 && n_left_out > 0) {
    const auto weight = static_cast<float>(static_cast<double>(n_kept + n_left_out) / static_cast<double>(n_kept));
    unseen.weights.assign(unseen.scores.size(), 1.0F);
    for (std::size_t i = 0; i < is_twin.size(); ++i) {
      unseen.weights[i] = is_twin[i] != 0 ? weight : 1.0F;
    }
  }
  return unseen;
}

}  // namespace eddy::search
