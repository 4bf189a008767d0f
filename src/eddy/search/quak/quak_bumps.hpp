#pragma once
// The two ways to look for a bump in a space of losses (2011.03550, section 4.2.1).

#include <eddy/base/monitor.hpp>
#include <eddy/search/config.hpp>
#include <eddy/search/finding.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace eddy::search {

/// Where bumps are sought: all events of the data, and how background alone is spread over its own loss.
struct LossSpectrum {
  const LossSample& data;
  std::span<const float> background_loss;         ///< L_bkg of held-out background
  std::span<const float> background_weight = {};  ///< of these events; empty: 1 each
  std::span<const std::uint8_t> truth = {};       ///< of the data; empty without labels
  /// Held out: how their signals would be shared among the categories in simultaneous likelihoods; null: none are made.
  const std::vector<LossSample>* priors = nullptr;
};

/// L_bkg of each event.
[[nodiscard]] std::vector<float> first_loss(const LossSample& sample);

/// Throws InputError when no mass lies in the range of the spectra, or the selected masses cover none of the scan or
/// leave a hole in the range (find_hole): before anything is trained.
void require_masses(std::span<const float> masses, const QuakSettings& settings);

/// A sentence where the range of the spectra reaches beyond the selected masses, whose bins are left out; else empty.
[[nodiscard]] std::string uncovered_range(std::span<const float> masses, const QuakSettings& settings);

/// The categories of method 2 and their spectra, and the background shape that describes them. Throws InputError
/// where too few events pass.
[[nodiscard]] CategorySearch divide_into_categories(const LossSpectrum& spectrum, const SearchConfig& config);

/// Method 2, the answer of the search: a cut on L_bkg, then equally populated categories of the data behind it inside
/// the fit range, a fit in each, and Fisher's combination. Neither cut nor borders look at masses. Beside it, one
/// likelihood of all categories with the shares of each prior, and with a strength of its own in each. Throws
/// InputError where too few events pass.
[[nodiscard]] CategorySearch search_categories(const LossSpectrum& spectrum, const SearchConfig& config,
                                               const base::Monitor& monitor);

/// Method 1: a fit behind every cut of a grid. The best of them is biased by the choice: it illustrates. Nothing where
/// no cut could be fitted.
[[nodiscard]] std::optional<CutSearch> search_cuts(const LossSpectrum& spectrum, const SearchConfig& config,
                                                   const base::Monitor& monitor);

}  // namespace eddy::search
