#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace eddy::classify {

/// One cut of a scan over a score.
struct RocPoint {
  double threshold = 0;
  double efficiency_background = 0;  ///< fraction of background with score >= threshold
  double efficiency_signal = 0;      ///< fraction of signal with score >= threshold
  std::size_t n_background = 0;      ///< background events passing
  std::size_t n_signal = 0;
  /// Effective number of the events that pass, (sum w)^2 / sum w^2, over their number: 1 where they weigh the same.
  double background_share = 1;
  double signal_share = 1;
};
[[nodiscard]] double effective_background(const RocPoint& point);
[[nodiscard]] double effective_signal(const RocPoint& point);

/// All distinct cuts from tight to loose (equal scores stay together), first point: nothing passes.
/// Throws InputError when one class is empty or the lengths differ; NumericError for a NaN score.
[[nodiscard]] std::vector<RocPoint> roc_curve(std::span<const float> background_scores,
                                              std::span<const float> signal_scores);

/// The same of weighted events: efficiencies are fractions of sums of weights, n_background and n_signal numbers of
/// events. One weight per event, or none for a class whose events all count the same; equal weights are none. Those of
/// the background must not be negative, since cuts are ordered by what they keep of it; those of the signal may be, and
/// the signal efficiency then need not rise everywhere. Throws InputError for weights that are not finite and those
/// whose sum is not positive.
[[nodiscard]] std::vector<RocPoint> roc_curve(std::span<const float> background_scores,
                                              std::span<const float> background_weights,
                                              std::span<const float> signal_scores,
                                              std::span<const float> signal_weights = {});

/// Area under a curve of either kind, ties counted half.
[[nodiscard]] double auc(std::span<const RocPoint> curve);

/// Area under the curve, ties counted half (Mann-Whitney); 0.5 = no separation, > 0.5 = signal scores higher.
[[nodiscard]] double auc(std::span<const float> background_scores, std::span<const float> signal_scores);
/// The same of weighted events, as roc_curve.
[[nodiscard]] double auc(std::span<const float> background_scores, std::span<const float> background_weights,
                         std::span<const float> signal_scores, std::span<const float> signal_weights);

/// Significance improvement eps_S / sqrt(eps_B) (CONRAD eq. 8); 0 where no background passes.
[[nodiscard]] double significance_improvement(const RocPoint& point);

/// The statistics cut-off: no point with fewer passing background events is quoted: its SIC is known to 11 %.
inline constexpr std::size_t kMinBackgroundForSic = 20;
/// Whether as many pass; of weighted events, as many effective ones.
[[nodiscard]] bool is_quotable(const RocPoint& point);

/// Whether all weights are the same, so that they say nothing of how events compare.
[[nodiscard]] bool are_equal(std::span<const float> weights);

/// A tie is large where it holds more than this part of the background events that a cut is to keep.
inline constexpr double kLargeTie = 0.5;
/// Whether, between the neighbouring points `below` and `above` of a curve, a large tie of background events stands in
/// the way of a cut at the background efficiency `efficiency`: a cut keeps it whole and is that of `above`, and no
/// straight line between the two is a cut on the score.
[[nodiscard]] bool is_tied(const RocPoint& below, const RocPoint& above, double efficiency);

struct SicSummary {
  double max = 0;                    ///< largest SIC over points with >= kMinBackgroundForSic background events
  double efficiency_background = 0;  ///< where it is reached
  double at_1e2 = 0;                 ///< SIC at eps_B = 1e-2 (0 when below the cut-off; a large tie whole, see is_tied)
  double at_1e3 = 0;                 ///< SIC at eps_B = 1e-3, likewise
};
[[nodiscard]] SicSummary summarise_sic(std::span<const RocPoint> curve);

/// At most `n` points evenly spread in log eps_B between the cut-off and 1, for plots and files.
[[nodiscard]] std::vector<RocPoint> thin_curve(std::span<const RocPoint> curve, std::size_t n = 200);

}  // namespace eddy::classify
