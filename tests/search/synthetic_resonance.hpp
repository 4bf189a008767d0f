#pragma once
// A resonant world in which all is known: a falling mass spectrum, features whose mean follows the mass, and a
// localized signal at one mass.

#include <eddy/flow/flow.hpp>
#include <eddy/search/config.hpp>
#include <eddy/search/inputs.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace eddy::search {

inline constexpr double kMassLow = 2;  ///< TeV
inline constexpr double kMassHigh = 6;
inline constexpr double kWindowLow = 3.3;  ///< signal region
inline constexpr double kWindowHigh = 3.7;
inline constexpr double kResonanceMass = 3.5;
/// Of the background: (1/3.3 - 1/3.7) / (1/2 - 1/6).
inline constexpr double kWindowFraction = 0.09828;

/// m in [2, 6] TeV with density ~ m^-2, a dijet function; x ~ N(`correlation` m, 1) in both features, independent given
/// m. No labels.
[[nodiscard]] Sample resonance_background(std::size_t n_events, std::uint64_t seed, double correlation);
/// m ~ N(3.5, 0.1) TeV, 95 % of it in the signal region; x ~ N(2.5 sigma above the background at 3.5, 0.3).
[[nodiscard]] Sample resonance_signal(std::size_t n_events, std::uint64_t seed, double correlation);
/// p_signal(x) / p_background(x | m) of each event: no score separates better.
[[nodiscard]] std::vector<float> optimal_score(const Sample& sample, double correlation);

/// Data of background and `n_signal` signal events, labelled when there are any; named features, records of the counts.
[[nodiscard]] SearchInputs resonance_inputs(std::size_t n_background, std::size_t n_signal, std::uint64_t seed,
                                            double correlation);

/// Settings of `method` that train in seconds: 2 folds, 2 retrainings of 3 epochs, 20 trees, no mass scan.
[[nodiscard]] SearchConfig quick_resonant_config(const std::string& method);

/// A flow that is the standardisation of `sample`, exactly: p(x | m) = product of N(mean, sigma) of its features.
[[nodiscard]] flow::Flow gaussian_flow(const Sample& sample);

}  // namespace eddy::search
