#pragma once
// A world in which all is known: a falling tail variable M, features whose mean follows M, and a localized signal.

#include <eddy/search/config.hpp>
#include <eddy/search/inputs.hpp>

#include <cstddef>
#include <cstdint>

namespace eddy::search {

inline constexpr float kTailStart = 1.0F;  ///< smallest M
inline constexpr float kTailCut = 2.0F;    ///< M_c: a fraction exp(-1) = 37 % of the background lies above
inline constexpr std::size_t kFeatures = 3;

/// M = 1 + exponential; x ~ N(M / 2, 1) in each feature, independent given M. No labels.
[[nodiscard]] Sample background_sample(std::size_t n_events, std::uint64_t seed);
/// M uniform in [2, 4]: all in the signal region; x ~ N(`shift` sigma above the background at M = 2, 0.3).
[[nodiscard]] Sample signal_sample(std::size_t n_events, std::uint64_t seed, float shift = 3);

/// Appends `signal` to `sample` and sets the truth of both.
void add_signal(const Sample& signal, Sample& sample);

/// Data and template of background alone, named features, records of the counts.
[[nodiscard]] SearchInputs background_inputs(std::size_t n_data, std::size_t n_template, std::uint64_t seed);

/// Settings that train in seconds: 2 flows of 3 epochs, 10 trees, 2 folds.
[[nodiscard]] SearchConfig quick_config();

}  // namespace eddy::search
