#pragma once
// Rectangular cuts in a space of losses (QUAK, 2011.03550, section 4.3 and figure 9): L_0 > Y and L_i < X_i, scanned in
// all dimensions together. Cuts are chosen on one sample and judged on another: the best of very many cuts looks better
// on the events it was chosen on than it is.

#include <eddy/base/matrix.hpp>
#include <eddy/classify/roc.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace eddy::classify {

/// One cut in N dimensions: an event passes when loss 0 is at least limits[0] and each other loss i at most limits[i].
/// Infinite limits do not cut.
struct RectangularCut {
  std::vector<float> limits;
};

/// Losses of the events of one class, and what each counts: without weights, all the same.
struct WeightedLosses {
  base::MatrixView losses;
  std::span<const float> weight = {};
};

/// A cut and the events of one sample that pass it; efficiencies are fractions of sums of weights.
struct CutPoint {
  RectangularCut cut;
  double efficiency_background = 0;
  double efficiency_signal = 0;
  std::size_t n_background = 0;
  std::size_t n_signal = 0;
  double background_share = 1;  ///< effective number over number, as in RocPoint
  double signal_share = 1;
};

struct CutScanOptions {
  std::int64_t values_per_dimension = 40;  ///< limits tried in each dimension, beside none at all
};

/// The largest number of cuts of a scan, (values_per_dimension + 1)^N: four dimensions with the default.
inline constexpr std::size_t kMaxCuts = std::size_t{1} << 23U;

/// Scans all cuts of a grid and keeps the upper envelope: for every amount of passing background the cut with most
/// signal, from tight to loose, as long as signal grows. Limits stand at quantiles of the events that the cuts are
/// chosen on, in which both classes weigh equally and events of a class too. Losses: (n_events, n_dimensions), the
/// first dimension that of the background. Costs the number of events times N and the number of cuts times N, by a
/// cumulative histogram. Throws InputError for a class without events, different numbers of dimensions, a loss that is
/// NaN, and more than kMaxCuts cuts (from five dimensions on train a classifier on the losses instead), and weights of
/// a class that do not sum to more than 0.
[[nodiscard]] std::vector<CutPoint> choose_cuts(const WeightedLosses& background, const WeightedLosses& signal,
                                                const CutScanOptions& options = {});
[[nodiscard]] std::vector<CutPoint> choose_cuts(base::MatrixView background, base::MatrixView signal,
                                                const CutScanOptions& options = {});

/// The same cuts on other events, in the same order: efficiencies without the bias of the choice. Throws InputError as
/// choose_cuts does, and for cuts of another number of dimensions.
[[nodiscard]] std::vector<CutPoint> evaluate_cuts(const std::vector<CutPoint>& chosen, const WeightedLosses& background,
                                                  const WeightedLosses& signal);
[[nodiscard]] std::vector<CutPoint> evaluate_cuts(const std::vector<CutPoint>& chosen, base::MatrixView background,
                                                  base::MatrixView signal);

/// The points in the order of background, then signal efficiency, between a cut that nothing and one that everything
/// passes: a curve for summarise_sic. Thresholds are places in that order. On events that the cuts were not chosen on
/// the signal efficiency need not rise everywhere.
[[nodiscard]] std::vector<RocPoint> roc_of_cuts(const std::vector<CutPoint>& points, const WeightedLosses& background,
                                                const WeightedLosses& signal);

/// Area under the straight lines between the points of a curve.
[[nodiscard]] double area_under(const std::vector<RocPoint>& curve);

}  // namespace eddy::classify
