#include <eddy/base/error.hpp>
#include <eddy/search/resonant/signal_fraction.hpp>
#include <eddy/stats/mixture_share.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

namespace eddy::search {
namespace {

/// log of the mean over retrainings of a density: (n_events).
std::vector<double> mean_log_prob(const std::vector<std::vector<float>>& log_prob) {
  std::vector<double> mean(log_prob.front().size());
  for (std::size_t i = 0; i < mean.size(); ++i) {
    double largest = log_prob.front()[i];
    for (const std::vector<float>& of_retraining : log_prob) {
      largest = std::max<double>(largest, of_retraining[i]);
    }
    double sum = 0;
    for (const std::vector<float>& of_retraining : log_prob) {
      sum += std::exp(of_retraining[i] - largest);
    }
    mean[i] = largest + std::log(sum / static_cast<double>(log_prob.size()));
  }
  return mean;
}

/// log(p_signal / p_background) of each event.
std::vector<double> log_ratio(const std::vector<Detector>& detectors, const Sample& events) {
  std::vector<std::vector<float>> signal;
  std::vector<std::vector<float>> background;
  for (const Detector& detector : detectors) {
    signal.push_back(detector.data.value().log_prob(events.x, events.context));
    background.push_back(detector.background.value().log_prob(events.x, events.context));
  }
  std::vector<double> ratio = mean_log_prob(signal);
  std::ranges::transform(ratio, mean_log_prob(background), ratio.begin(), std::minus<>());
  return ratio;
}

/// Of the judged events `rows`.
EventShare share_of(const Detectors& detectors, const Judged& judged, const std::vector<std::size_t>& rows) {
  std::vector<double> ratios;
  for (std::size_t fold = 0; fold < detectors.size(); ++fold) {
    std::vector<std::size_t> of_fold = rows;
    std::erase_if(of_fold, [&](std::size_t row) { return judged.data_fold[row] != fold; });
    const std::vector<double> ratio = log_ratio(detectors[fold], take_events(judged.data, of_fold));
    ratios.insert(ratios.end(), ratio.begin(), ratio.end());
  }
  const stats::MixtureShare share = stats::fit_mixture_share(ratios);
  return {.fraction = share.share, .low = share.low, .high = share.high, .n_events = ratios.size()};
}

/// Sidebands within half a window of it.
std::vector<std::size_t> rows_beside(const Sample& data, stats::MassWindow window) {
  const double margin = (window.high - window.low) / 2;
  std::vector<std::size_t> rows = region_rows(data, false);
  std::erase_if(rows, [&](std::size_t row) {
    return data.context(row, 0) < window.low - margin || data.context(row, 0) > window.high + margin;
  });
  return rows;
}

}  // namespace

SignalFraction estimate_signal_fraction(const Detectors& detectors, const Judged& judged, stats::MassWindow window) {
  constexpr std::size_t kFewest = 100;  // beside the signal region: one in a hundred is an event
  const std::vector<std::size_t> inside = region_rows(judged.data, true);
  if (inside.empty()) {
    throw base::NumericError("no event of the signal region is judged, so no fraction of them can be signal");
  }
  SignalFraction found{.signal_region = share_of(detectors, judged, inside), .beside = {}, .truth = {}};
  const std::vector<std::size_t> beside = rows_beside(judged.data, window);
  if (beside.size() >= kFewest) {
    found.beside = share_of(detectors, judged, beside);
  }
  if (!judged.data.truth.empty()) {
    const auto is_signal = [&](std::size_t row) { return judged.data.truth[row] != 0; };
    found.truth = static_cast<double>(std::ranges::count_if(inside, is_signal)) / static_cast<double>(inside.size());
  }
  return found;
}

}  // namespace eddy::search
