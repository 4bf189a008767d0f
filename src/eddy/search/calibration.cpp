#include <eddy/base/error.hpp>
#include <eddy/search/calibration.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace eddy::search {

ScoreCalibration::ScoreCalibration(std::vector<float> reference_scores) : scores_(std::move(reference_scores)) {
  std::ranges::sort(scores_);
}

ScoreCalibration::ScoreCalibration(std::vector<float> reference_scores, std::vector<float> weights) {
  if (weights.empty()) {
    *this = ScoreCalibration(std::move(reference_scores));
    return;
  }
  const std::size_t n = reference_scores.size();
  if (weights.size() != n) {
    throw base::InputError(
        fmt::format("a calibration got {} scores and {} weights; give one of each per event", n, weights.size()));
  }
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return reference_scores[i]; });
  for (const std::size_t i : order) {
    scores_.push_back(reference_scores[i]);
    weights_.push_back(weights[i]);
  }
  n_at_least_.resize(n + 1);
  for (std::size_t i = n; i-- > 0;) {
    n_at_least_[i] = n_at_least_[i + 1] + weights_[i];
  }
  const double sum = n_at_least_.front();
  if (!(sum > 0)) {
    throw base::InputError(fmt::format(
        "the weights of {} reference events sum to {}, so that no cut keeps a fraction of them; give events that count",
        n, sum));
  }
  for (double& n_events : n_at_least_) {
    n_events = n_events * static_cast<double>(n) / sum;  // weights of 1 give whole numbers
  }
}

double ScoreCalibration::n_at_least(std::size_t i) const {
  return weights_.empty() ? static_cast<double>(scores_.size() - i) : n_at_least_[i];
}

float ScoreCalibration::efficiency(float score) const {
  const auto above = std::ranges::upper_bound(scores_, score);
  const double n_above = n_at_least(static_cast<std::size_t>(above - scores_.begin()));
  return static_cast<float>((n_above + 1) / static_cast<double>(scores_.size() + 1));
}

float ScoreCalibration::threshold(double efficiency) const {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  // By the same comparison that counts events, so that ties and rounding cannot tell the two apart.
  const auto passes = [&](float score) { return this->efficiency(score) <= static_cast<float>(efficiency); };
  if (!passes(kInfinity)) {
    return kInfinity;
  }
  if (passes(-kInfinity)) {
    return -kInfinity;
  }
  return *std::ranges::partition_point(scores_, [&](float score) { return !passes(score); });
}

ScoreCalibration::Kept ScoreCalibration::kept(double efficiency) const {
  const auto first = std::ranges::lower_bound(scores_, threshold(efficiency));
  if (first == scores_.end()) {
    return {};
  }
  const auto at = static_cast<std::size_t>(first - scores_.begin());
  Kept kept{.weight = n_at_least(at),
            .effective = n_at_least(at),
            .n_tied = static_cast<std::size_t>(std::ranges::upper_bound(scores_, *first) - first)};
  if (!weights_.empty()) {
    double sum = 0;
    double squares = 0;
    for (const float weight : std::span(weights_).subspan(at)) {
      sum += weight;
      squares += double{weight} * weight;
    }
    kept.effective = squares > 0 ? sum * sum / squares : 0;
  }
  return kept;
}

std::vector<float> efficiencies_by_fold(std::span<const ScoreCalibration> calibrations, std::span<const float> scores,
                                        std::span<const std::uint8_t> fold) {
  std::vector<float> efficiency(scores.size());
  for (std::size_t i = 0; i < scores.size(); ++i) {
    efficiency[i] = calibrations[fold[i]].efficiency(scores[i]);
  }
  return efficiency;
}

RealisedCut realised_cut(std::span<const ScoreCalibration> calibrations, double efficiency) {
  RealisedCut cut;
  double kept = 0;
  double all = 0;
  double fewest = std::numeric_limits<double>::infinity();
  for (const ScoreCalibration& calibration : calibrations) {
    const ScoreCalibration::Kept of_fold = calibration.kept(efficiency);
    kept += of_fold.weight;
    all += static_cast<double>(calibration.scores().size());
    cut.n_tied = std::max(cut.n_tied, of_fold.n_tied);
    cut.n_effective = fewest = std::min(fewest, of_fold.effective);
  }
  cut.efficiency = all > 0 ? kept / all : 0;
  cut.n_events = kept;
  return cut;
}

double effective_reference(std::span<const ScoreCalibration> calibrations, std::size_t n_times) {
  double effective = 0;
  for (const ScoreCalibration& calibration : calibrations) {
    effective += calibration.kept(1).effective;
  }
  return effective / static_cast<double>(n_times);
}

std::string weight_warning(const RealisedCut& cut, double efficiency, const std::string& reference) {
  constexpr double kFewest = 10;
  if (cut.n_effective >= kFewest) {
    return "";
  }
  return fmt::format(
      "at efficiency {}: {:.3g} effective events of {} pass the cut of a fold, because a few large weights count for "
      "most; loosen the cut, or generate more events where weights are large",
      efficiency, cut.n_effective, reference);
}

std::string tie_warning(const RealisedCut& cut, double efficiency, const std::string& reference) {
  constexpr double kMore = 1.1;
  const double asked = cut.efficiency > 0 ? cut.n_events * efficiency / cut.efficiency : 0;
  if (cut.n_tied < 2 || cut.n_events < std::max(kMore * asked, asked + 2)) {
    return "";
  }
  return fmt::format(
      "at efficiency {}: many events have the same score (up to {} in one fold at the cut), and ties are kept whole, "
      "so the cut keeps {:.3g} of {}; quote it at that efficiency, or give features and classifiers that tell more "
      "events apart",
      efficiency, cut.n_tied, cut.efficiency, reference);
}

std::vector<ScoreCalibration> calibrate_by_fold(std::span<const float> scores,
                                                std::span<const std::uint8_t> is_reference,
                                                std::span<const std::uint8_t> fold, std::size_t n_folds) {
  std::vector<std::vector<float>> reference(n_folds);
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (is_reference[i] != 0) {
      reference[fold[i]].push_back(scores[i]);
    }
  }
  std::vector<ScoreCalibration> calibrations;
  for (std::vector<float>& of_fold : reference) {
    calibrations.emplace_back(std::move(of_fold));
  }
  return calibrations;
}

}  // namespace eddy::search
