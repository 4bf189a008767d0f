#pragma once
// From scored background events to the number expected after a cut.

#include <eddy/search/calibration.hpp>
#include <eddy/search/evidence/template_count.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace eddy::search {

/// Constructed events of one model with the fraction of background that scores at least as high, each from classifiers
/// that never saw it.
struct ScoredBackground {
  std::vector<float> efficiency;
  std::vector<float> weight;
  std::vector<std::size_t> source;  ///< row of the simulated event each was made from
};

/// Sum of weights that pass a cut, and its error.
struct WeightedCount {
  double sum = 0;
  double variance = 0;  ///< sum of squared weights, those of one simulated event added first
};

/// All events of one region: in the signal region every model constructs the same simulated events, and counts are
/// means over the models; in the control region each model has its own, and counts are sums.
[[nodiscard]] WeightedCount count_passing(std::span<const ScoredBackground> models, double efficiency, bool is_mean);
[[nodiscard]] WeightedCount count_failing(std::span<const ScoredBackground> models, double efficiency, bool is_mean);

/// Standard deviation between the models of what each predicts; 0 for one.
[[nodiscard]] double spread_between_models(std::span<const ScoredBackground> models, double efficiency);

/// Data events of the control region that the models never saw.
struct ControlData {
  double n_passing = 0;
  double n_all = 0;
};

/// The prediction in the signal region at `efficiency`. `control_region` and `control` give the closure, whose error is
/// never below that of the yield, which the models have from the control region: relative sqrt(1/n_all + sum w^2 /
/// (sum w)^2), the same for all of them, so that no spread between them shows it. `extrapolation_error` is relative.
[[nodiscard]] TemplatePrediction predict_background(std::span<const ScoredBackground> signal_region,
                                                    std::span<const ScoredBackground> control_region,
                                                    const ControlData& control, double efficiency,
                                                    double extrapolation_error);

/// N_A N_D / (N_B N_C) of the constructed background and its statistical error: 1 if score and region are independent.
struct AbcdClosure {
  double value = 1;
  double error = 0;
};
[[nodiscard]] AbcdClosure constructed_abcd_closure(std::span<const ScoredBackground> signal_region,
                                                   std::span<const ScoredBackground> control_region, double efficiency);

}  // namespace eddy::search
