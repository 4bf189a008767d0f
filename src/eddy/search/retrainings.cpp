#include <eddy/base/parallel.hpp>
#include <eddy/search/retrainings.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>

namespace eddy::search {
namespace {

/// The q-quantile of ascending values, linear between neighbours.
double quantile_of_sorted(const std::vector<double>& sorted, double q) {
  const double at = q * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (at - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

}  // namespace

const std::vector<double>& efficiency_grid() {
  static const std::vector<double> kGrid = [] {
    std::vector<double> grid;
    for (int i = 0; i <= 120; ++i) {
      grid.push_back(std::pow(10.0, -i / 20.0));
    }
    return grid;
  }();
  return kGrid;
}

double sic_at(std::span<const classify::RocPoint> curve, double efficiency) {
  const auto after = std::ranges::lower_bound(curve, efficiency, {}, &classify::RocPoint::efficiency_background);
  if (after == curve.end() || after == curve.begin() || !classify::is_quotable(*(after - 1))) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  const classify::RocPoint& low = *(after - 1);
  if (after->efficiency_background > efficiency && classify::is_tied(low, *after, efficiency)) {
    return classify::significance_improvement(*after);
  }
  const double t = std::log(efficiency / low.efficiency_background) /
                   std::log(after->efficiency_background / low.efficiency_background);
  const double a = classify::significance_improvement(low);
  return a + t * (classify::significance_improvement(*after) - a);
}

RetrainingScores out_of_fold_scores(const Detectors& detectors, const Sample& sample,
                                    std::span<const std::uint8_t> fold, const base::Monitor& monitor,
                                    const std::string& name) {
  const std::size_t n_folds = detectors.size();
  const std::size_t n_retrainings = detectors.front().size();
  RetrainingScores scores(n_retrainings, std::vector<float>(sample.size()));
  std::atomic<std::size_t> n_done{0};
  for (std::size_t k = 0; k < n_folds; ++k) {
    monitor.check_stop();
    const std::vector<std::size_t> rows = rows_in_fold(fold, k);
    const Sample events = take_events(sample, rows);
    base::parallel_tasks(n_retrainings, [&](std::size_t r) {
      const std::vector<float> of_fold = score_events(detectors[k][r], events.x, events.context);
      for (std::size_t i = 0; i < rows.size(); ++i) {
        scores[r][rows[i]] = of_fold[i];
      }
      monitor.progress(fmt::format("{}: scores", name), ++n_done, n_folds * n_retrainings);
    });
  }
  return scores;
}

std::vector<float> mean_over_retrainings(const RetrainingScores& scores) {
  std::vector<float> mean(scores.front().size());
  for (std::size_t i = 0; i < mean.size(); ++i) {
    double sum = 0;
    for (const std::vector<float>& retraining : scores) {
      sum += retraining[i];
    }
    mean[i] = static_cast<float>(sum / static_cast<double>(scores.size()));
  }
  return mean;
}

std::vector<MedianBand> median_bands(const std::vector<double>& efficiency,
                                     const std::vector<std::vector<double>>& values) {
  constexpr double kOneSigma = 0.3413447460685429;  // half of the central 68 %
  std::vector<MedianBand> bands;
  for (std::size_t i = 0; i < efficiency.size(); ++i) {
    std::vector<double> sorted;
    for (const std::vector<double>& retraining : values) {
      if (!std::isnan(retraining[i])) {
        sorted.push_back(retraining[i]);
      }
    }
    if (!sorted.empty()) {
      std::ranges::sort(sorted);
      bands.push_back({efficiency[i], quantile_of_sorted(sorted, 0.5), quantile_of_sorted(sorted, 0.5 - kOneSigma),
                       quantile_of_sorted(sorted, 0.5 + kOneSigma)});
    }
  }
  return bands;
}

Evaluation evaluate_retrainings(const std::string& name, const RetrainingTruth& truth, std::size_t n_folds) {
  const auto scored = [&](std::vector<float> background, std::vector<float> signal) {
    return ScoredTruth{std::move(background),
                       {truth.background_fold.begin(), truth.background_fold.end()},
                       std::move(signal),
                       {truth.signal_fold.begin(), truth.signal_fold.end()},
                       {truth.signal_weight.begin(), truth.signal_weight.end()}};
  };
  Evaluation evaluation =
      evaluate(name, scored(mean_over_retrainings(truth.background), mean_over_retrainings(truth.signal)), n_folds);
  const std::vector<double>& grid = efficiency_grid();
  const std::size_t n_retrainings = truth.background.size();
  std::vector<std::vector<double>> sic(n_retrainings);
  evaluation.retrainings.resize(n_retrainings);
  base::parallel_tasks(n_retrainings, [&](std::size_t r) {
    const Evaluation alone = evaluate(name, scored(truth.background[r], truth.signal[r]), n_folds);
    evaluation.retrainings[r] = {alone.auc, alone.sic};
    for (const double efficiency : grid) {
      sic[r].push_back(sic_at(alone.curve, efficiency));
    }
  });
  evaluation.band = median_bands(grid, sic);
  return evaluation;
}

}  // namespace eddy::search
