#include <eddy/search/copies.hpp>
#include <eddy/search/unseen_template.hpp>

namespace eddy::search {
namespace {

float weight_of(const Sample& sample, std::size_t row) {
  return sample.weight.empty() ? 1.0F : static_cast<float>(sample.weight[row]);
}

}  // namespace

UnseenScores unseen_scores(const std::vector<float>& scores, const std::vector<std::size_t>& rows,
                           const Sample& template_sample, const std::vector<std::uint8_t>& data_fold,
                           std::size_t fold) {
  UnseenScores unseen;
  std::vector<std::uint8_t> is_twin;
  double kept = 0;
  double left_out = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (is_twin_outside_fold(template_sample, rows[i], data_fold, fold)) {
      left_out += weight_of(template_sample, rows[i]);
      continue;
    }
    unseen.positions.push_back(i);
    unseen.scores.push_back(scores[i]);
    unseen.weights.push_back(weight_of(template_sample, rows[i]));
    is_twin.push_back(is_twin_in_fold(template_sample, rows[i], data_fold, fold) ? 1 : 0);
    kept += is_twin.back() != 0 ? unseen.weights.back() : 0;
  }
  const bool stands_for_others = kept > 0 && left_out > 0;
  if (!stands_for_others && template_sample.weight.empty()) {
    unseen.weights.clear();
  }
  for (std::size_t i = 0; stands_for_others && i < is_twin.size(); ++i) {
    unseen.weights[i] *= is_twin[i] != 0 ? static_cast<float>((kept + left_out) / kept) : 1.0F;
  }
  return unseen;
}

}  // namespace eddy::search
