#include <eddy/base/error.hpp>
#include <eddy/classify/roc.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

namespace eddy::classify {
namespace {

/// The scores from high to low; throws when there are none or one is NaN.
std::vector<float> sorted_scores(std::span<const float> scores, const char* what) {
  if (scores.empty()) {
    throw base::InputError(fmt::format("a ROC curve needs {0} events but got 0; check the {0} selection", what));
  }
  const auto nan = std::find_if(scores.begin(), scores.end(), [](float score) { return std::isnan(score); });
  if (nan != scores.end()) {
    throw base::NumericError(fmt::format("the score of {} event {} is NaN; check the features it was computed from",
                                         what, nan - scores.begin()));
  }
  std::vector<float> sorted(scores.begin(), scores.end());
  std::sort(sorted.begin(), sorted.end(), std::greater<>());
  return sorted;
}

void require_score_weights(std::span<const float> scores, std::span<const float> weights, double smallest,
                           const char* what) {
  if (weights.size() != scores.size()) {
    throw base::InputError(fmt::format("a ROC curve got {} {} scores and {} weights; give one of each per event",
                                       scores.size(), what, weights.size()));
  }
  double total = 0;
  for (const float weight : weights) {
    if (!std::isfinite(weight) || weight < smallest) {
      throw base::InputError(fmt::format(
          "a ROC curve got the {} weight {}; weights must be finite, and those of the background not negative", what,
          weight));
    }
    total += weight;
  }
  if (!(total > 0)) {
    throw base::InputError(fmt::format("the weights of {} {} events sum to {}; a ROC curve needs a positive sum",
                                       weights.size(), what, total));
  }
}

/// Only signal may have negative weights.
void require_both_weights(std::span<const float> background_scores, std::span<const float> background_weights,
                          std::span<const float> signal_scores, std::span<const float> signal_weights) {
  if (!background_weights.empty()) {
    require_score_weights(background_scores, background_weights, 0, "background");
  }
  if (!signal_weights.empty()) {
    require_score_weights(signal_scores, signal_weights, -std::numeric_limits<double>::infinity(), "signal");
  }
}

/// The weights in the order of sorted_scores.
std::vector<float> weights_by_score(std::span<const float> scores, std::span<const float> weights) {
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
  std::vector<float> sorted(weights.size());
  std::transform(order.begin(), order.end(), sorted.begin(), [&](std::size_t i) { return weights[i]; });
  return sorted;
}

/// What the first 0, 1, ..., n events of a class keep of it.
struct Kept {
  double fraction = 0;  ///< of the sum of weights
  double share = 1;     ///< effective number over number
};

std::vector<Kept> kept_of_first(const std::vector<float>& weights) {
  std::vector<Kept> kept = {{}};
  double sum = 0;
  double squares = 0;
  for (const float weight : weights) {
    sum += weight;
    squares += static_cast<double>(weight) * weight;
    const double n = static_cast<double>(kept.size());
    kept.push_back({sum, squares > 0 ? sum * sum / (squares * n) : 0});
  }
  for (Kept& of_first : kept) {
    of_first.fraction /= sum;
  }
  return kept;
}

/// The first point that enough background events pass to be quoted.
std::span<const RocPoint>::iterator first_quotable(std::span<const RocPoint> curve) {
  return std::find_if(curve.begin(), curve.end(), is_quotable);
}

/// The last point whose background efficiency is at most `efficiency`: among equals the one with most signal.
std::span<const RocPoint>::iterator last_within(std::span<const RocPoint> curve, double efficiency) {
  const auto beyond = std::upper_bound(curve.begin(), curve.end(), efficiency, [](double value, const RocPoint& point) {
    return value < point.efficiency_background;
  });
  return beyond - 1;
}

/// SIC at a background efficiency, on the straight line between the neighbouring points, or of the cut that keeps a
/// large tie there whole; 0 below the cut-off.
double significance_improvement_at(std::span<const RocPoint> curve, double efficiency) {
  // the product is rounded, so exactly 20 events would otherwise depend on the last bit
  const double n_background = effective_background(curve.back());
  if (std::round(efficiency * n_background * 1e6) * 1e-6 < static_cast<double>(kMinBackgroundForSic)) {
    return 0;
  }
  const auto below = last_within(curve, efficiency);
  double signal = below->efficiency_signal;
  if (below + 1 != curve.end()) {
    const auto above = below + 1;
    if (is_tied(*below, *above, efficiency)) {
      return significance_improvement(*above);
    }
    const double t =
        (efficiency - below->efficiency_background) / (above->efficiency_background - below->efficiency_background);
    signal += t * (above->efficiency_signal - below->efficiency_signal);
  }
  return signal / std::sqrt(efficiency);
}

}  // namespace

double effective_background(const RocPoint& point) {
  return static_cast<double>(point.n_background) * point.background_share;
}

double effective_signal(const RocPoint& point) { return static_cast<double>(point.n_signal) * point.signal_share; }

bool is_quotable(const RocPoint& point) {
  return effective_background(point) >= static_cast<double>(kMinBackgroundForSic);
}

bool are_equal(std::span<const float> weights) {
  return std::adjacent_find(weights.begin(), weights.end(), std::not_equal_to<>()) == weights.end();
}

bool is_tied(const RocPoint& below, const RocPoint& above, double efficiency) {
  const auto n_tied = static_cast<double>(above.n_background - below.n_background);
  const double share = above.efficiency_background - below.efficiency_background;
  return n_tied > 1 && share > kLargeTie * efficiency;
}

std::vector<RocPoint> roc_curve(std::span<const float> background_scores, std::span<const float> signal_scores) {
  const std::vector<float> background = sorted_scores(background_scores, "background");
  const std::vector<float> signal = sorted_scores(signal_scores, "signal");
  std::vector<RocPoint> curve = {{std::numeric_limits<double>::infinity(), 0, 0, 0, 0}};
  std::size_t b = 0;
  std::size_t s = 0;
  while (b < background.size() || s < signal.size()) {
    const bool background_next = s == signal.size() || (b < background.size() && background[b] >= signal[s]);
    const float threshold = background_next ? background[b] : signal[s];
    for (; b < background.size() && background[b] == threshold; ++b) {
    }
    for (; s < signal.size() && signal[s] == threshold; ++s) {
    }
    curve.push_back({threshold, static_cast<double>(b) / static_cast<double>(background.size()),
                     static_cast<double>(s) / static_cast<double>(signal.size()), b, s});
  }
  return curve;
}

std::vector<RocPoint> roc_curve(std::span<const float> background_scores, std::span<const float> background_weights,
                                std::span<const float> signal_scores, std::span<const float> signal_weights) {
  std::vector<RocPoint> curve = roc_curve(background_scores, signal_scores);
  require_both_weights(background_scores, background_weights, signal_scores, signal_weights);
  if (!are_equal(background_weights)) {
    const std::vector<Kept> kept = kept_of_first(weights_by_score(background_scores, background_weights));
    for (RocPoint& point : curve) {
      point.efficiency_background = kept[point.n_background].fraction;
      point.background_share = kept[point.n_background].share;
    }
  }
  if (!are_equal(signal_weights)) {
    const std::vector<Kept> kept = kept_of_first(weights_by_score(signal_scores, signal_weights));
    for (RocPoint& point : curve) {
      point.efficiency_signal = kept[point.n_signal].fraction;
      point.signal_share = kept[point.n_signal].share;
    }
  }
  return curve;
}

double auc(std::span<const RocPoint> curve) {
  double area = 0;
  for (std::size_t i = 1; i < curve.size(); ++i) {
    area += (curve[i].efficiency_background - curve[i - 1].efficiency_background) * 0.5 *
            (curve[i].efficiency_signal + curve[i - 1].efficiency_signal);
  }
  return area;
}

double auc(std::span<const float> background_scores, std::span<const float> signal_scores) {
  const std::vector<RocPoint> curve = roc_curve(background_scores, signal_scores);
  std::uint64_t twice_wins = 0;  // exact in integers up to 1e9 events of each class
  for (std::size_t i = 1; i < curve.size(); ++i) {
    twice_wins += static_cast<std::uint64_t>(curve[i].n_background - curve[i - 1].n_background) *
                  (curve[i].n_signal + curve[i - 1].n_signal);
  }
  return static_cast<double>(twice_wins) / (2.0 * static_cast<double>(background_scores.size())) /
         static_cast<double>(signal_scores.size());
}

double auc(std::span<const float> background_scores, std::span<const float> background_weights,
           std::span<const float> signal_scores, std::span<const float> signal_weights) {
  if (!are_equal(background_weights) || !are_equal(signal_weights)) {
    return auc(roc_curve(background_scores, background_weights, signal_scores, signal_weights));
  }
  const double area = auc(background_scores, signal_scores);
  require_both_weights(background_scores, background_weights, signal_scores, signal_weights);
  return area;
}

double significance_improvement(const RocPoint& point) {
  return point.efficiency_background > 0 ? point.efficiency_signal / std::sqrt(point.efficiency_background) : 0.0;
}

SicSummary summarise_sic(std::span<const RocPoint> curve) {
  SicSummary summary;
  for (auto point = first_quotable(curve); point != curve.end(); ++point) {
    const double sic = significance_improvement(*point);
    if (sic > summary.max) {
      summary.max = sic;
      summary.efficiency_background = point->efficiency_background;
    }
  }
  summary.at_1e2 = significance_improvement_at(curve, 1e-2);
  summary.at_1e3 = significance_improvement_at(curve, 1e-3);
  return summary;
}

std::vector<RocPoint> thin_curve(std::span<const RocPoint> curve, std::size_t n) {
  assert(n >= 2);
  const auto first = first_quotable(curve);
  if (first == curve.end()) {
    return {};
  }
  const double log_first = std::log(first->efficiency_background);
  std::vector<RocPoint> thin;
  for (std::size_t i = 0; i < n; ++i) {
    const double target = std::exp(log_first * (1.0 - static_cast<double>(i) / static_cast<double>(n - 1)));
    const RocPoint& point = *std::max(first, last_within(curve, target));
    const bool is_new = thin.empty() || point.n_background > thin.back().n_background;
    if (is_new) {
      thin.push_back(point);
    }
  }
  return thin;
}

}  // namespace eddy::classify
