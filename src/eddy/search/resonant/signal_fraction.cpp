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

}  // namespace

SignalFraction estimate_signal_fraction(const Detectors& detectors, const Judged& judged) {
  std::vector<double> ratios;
  double n_signal = 0;
  for (std::size_t fold = 0; fold < detectors.size(); ++fold) {
    std::vector<std::size_t> rows = rows_in_fold(judged.data_fold, fold);
    std::erase_if(rows, [&](std::size_t row) { return judged.data.in_signal_region[row] == 0; });
    for (const std::size_t row : rows) {
      n_signal += judged.data.truth.empty() ? 0 : judged.data.truth[row];
    }
    const std::vector<double> of_fold = log_ratio(detectors[fold], take_events(judged.data, rows));
    ratios.insert(ratios.end(), of_fold.begin(), of_fold.end());
  }
  if (ratios.empty()) {
    throw base::NumericError("no event of the signal region is judged, so no fraction of them can be signal");
  }
  const stats::MixtureShare share = stats::fit_mixture_share(ratios);
  SignalFraction found{
      .fraction = share.share, .low = share.low, .high = share.high, .n_events = ratios.size(), .truth = {}};
  if (!judged.data.truth.empty()) {
    found.truth = n_signal / static_cast<double>(ratios.size());
  }
  return found;
}

}  // namespace eddy::search
