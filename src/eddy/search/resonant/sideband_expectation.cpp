#include <eddy/base/error.hpp>
#include <eddy/search/bump_background.hpp>
#include <eddy/search/expectation.hpp>
#include <eddy/search/judgement.hpp>
#include <eddy/search/resonant/sideband_expectation.hpp>
#include <eddy/stats/bump_fit.hpp>

#include <fmt/format.h>

namespace eddy::search {

Expectation expect_from_sidebands(std::span<const float> masses, stats::MassWindow window, BumpHuntSettings settings) {
  settings.closure_error = 0;  // there is no score yet that could depend on the mass
  const stats::MassHistogram spectrum =
      hunt_spectrum(masses, bump_hunt_edges(masses, window, settings), window, settings);
  const stats::OrderChoice choice = choose_background(spectrum, window, settings);
  const double goodness = chosen_quality(choice).goodness_of_fit;
  const stats::SidebandPrediction prediction = stats::predict_from_sidebands(spectrum, choice.shape, window);
  const Judgement judgement = judge_bump(0, goodness, false, prediction.total_error, prediction.total);
  if (!judgement.is_quotable || judgement.has(Caveat::kUndeterminedBackground)) {
    throw base::InputError(
        fmt::format("a {} predicts {:.1f} ± {:.1f} events in the signal region, but its goodness of fit in the "
                    "sidebands is {:.2g}: "
                    "choose another shape, a higher order or another range in [bump_hunt]",
                    stats::describe(choice.shape), prediction.total, prediction.total_error, goodness));
  }
  return expect("sidebands", prediction.total, prediction.total_error);
}

}  // namespace eddy::search
