#pragma once
// Bins that lack events: a selection that vetoes some masses pulls the fit down, and a bump appears beside. Holes that
// the masses alone show are refused before (spectrum_holes.hpp); this asks the fit.

#include <eddy/stats/bump_fit.hpp>
#include <eddy/stats/mass_histogram.hpp>

#include <optional>
#include <span>
#include <string>

namespace eddy::search {

struct UnlikelyBin {
  double low = 0;
  double high = 0;
  double observed = 0;
  double expected = 0;
  double p_value = 1;  ///< of so few events in any of the bins
};

/// The least likely bin of the sidebands of `fitted`, where P(n <= observed | mean of the fit) times the number of
/// sideband bins is below 1e-5: one in 100,000 spectra without a fault. Bins are those between `edges`, of which some
/// were merged for the fit: the mean of a merged one is divided as the shape between its neighbours' densities falls.
/// Deficits only: an excess beside the region is what the scan of masses finds, and may be a signal.
[[nodiscard]] std::optional<UnlikelyBin> find_unlikely_bin(std::span<const float> masses,
                                                           const std::vector<double>& edges,
                                                           const stats::MassHistogram& fitted,
                                                           const stats::SidebandPrediction& prediction);

/// The same of all bins of a spectrum and what a fit to them expects of each, `mean`: (n_bins).
[[nodiscard]] std::optional<UnlikelyBin> find_unlikely_bin(const stats::MassHistogram& histogram,
                                                           const std::vector<double>& mean);

/// What is wrong with the bin of the spectrum `where`, and what to do with the range that `option` sets.
[[nodiscard]] std::string unlikely_bin_sentence(const UnlikelyBin& bin, const std::string& where = "sidebands",
                                                const std::string& option = "[bump_hunt] range");

}  // namespace eddy::search
