#pragma once
// Datacards of combine (https://cms-analysis.github.io/HiggsAnalysis-CombinedLimit).

#include <eddy/exchange/statistical_model.hpp>

#include <string>

namespace eddy::exchange {

/// A counting card: each bin of each channel is a bin of the card, with the processes signal and background. The
/// background is one formula (rateParam) of free parameters (extArg) and pulls (param), log-normal factors are lnN. The
/// likelihood is that of a card with shapes, without a file of histograms. `strength` is the place among the model's
/// strengths: r is that one; other channels are left out where each has a strength of its own.
[[nodiscard]] std::string combine_card(const StatisticalModel& model, std::size_t strength);

/// The same with the strength of the grid as parameter, `strength`, to be chosen with --redefineSignalPOIs strength
/// while r stays at 1. Needs a grid.
[[nodiscard]] std::string combine_card_of_strength(const StatisticalModel& model);

}  // namespace eddy::exchange
