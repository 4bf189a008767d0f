#pragma once
// The last step of a resonant search: is there a bump in the masses that pass a cut? Formulae: docs/bump-hunt.md.

#include <eddy/base/options.hpp>
#include <eddy/base/random.hpp>
#include <eddy/stats/bump_order.hpp>
#include <eddy/stats/bump_scan.hpp>
#include <eddy/stats/bump_signal.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace eddy::search {

/// [bump_hunt]: how a bump is sought. Masses are in the unit of the context.
struct BumpHuntSettings {
  std::vector<double> range = {};    ///< low, high of the fit; empty: from the most populated bin to the last event
  double bin_width = 0;              ///< 0: a quarter of the signal region's width
  double min_bin_events = 5;         ///< neighbouring bins are merged until each holds so many (rule of FIELD.md)
  std::string shape = "dijet";       ///< "dijet" or "bernstein"
  std::int64_t order = 0;            ///< parameters of the dijet function or order of the polynomial; 0: F-test decides
  double sqrt_s = 13000;             ///< of the dijet function, in the unit of the context
  double mass = 0;                   ///< of the signal; 0: centre of the signal region
  double width = 0.04;               ///< standard deviation of the signal, relative to its mass
  std::string signal_template = {};  ///< events file whose masses give the signal's shape; empty: a Gaussian
  double signal_uncertainty = 0;     ///< relative, log-normal, on the signal's yield
  std::int64_t scan_points = 60;     ///< masses of the scan, over the fit range
  std::int64_t toys = 1000;          ///< for the global significance
};

/// Declares the options of `settings`.
void describe(BumpHuntSettings& settings, base::OptionVisitor& visitor);

/// Everything that was fitted to one spectrum. Where a fit did not converge there is no number, and `failures` says
/// why.
struct BumpHunt {
  stats::MassHistogram spectrum;  ///< fit range alone
  double n_outside_range = 0;     ///< selected events outside the fit range
  stats::BinRange signal_bins;    ///< bins that overlap the signal region
  std::string shape;              ///< chosen background shape, in words; empty when no fit was possible
  std::vector<stats::OrderStep> order_steps;
  std::optional<stats::SidebandPrediction> prediction;
  double observed = 0;          ///< events in signal_bins
  double counting_p_value = 1;  ///< P(n >= observed) for the prediction with its error (Gaussian); 1 without one
  double counting_z = 0;
  stats::GaussianSignal signal_shape;                 ///< mass and width that were sought
  std::vector<double> signal_template;                ///< fraction of one signal event in each bin
  std::optional<stats::BumpSignal> signal;            ///< signal + background fit at signal_shape
  std::optional<stats::MassScan> scan;                ///< over the fit range; null, best and global p-value included
  std::optional<stats::MassScan> scan_signal_region;  ///< masses inside the signal region alone
  std::vector<std::string> failures;                  ///< one sentence each; empty when all fits converged
};

/// Hunts in `masses` (those that pass a cut) with the signal region `window`. `template_masses` are those of the events
/// of settings.signal_template (empty: a Gaussian). Deterministic in its arguments. Throws InputError for settings that
/// do not fit the masses (range without sidebands, fewer bins than parameters before any cut is for the caller to
/// avoid); a fit that fails ends up in `failures`.
[[nodiscard]] BumpHunt hunt_bump(std::span<const float> masses, stats::MassWindow window,
                                 const BumpHuntSettings& settings, std::span<const float> template_masses,
                                 const base::RandomStream& stream);

/// Bin edges of the fit for all data; working points merge bins of them. Throws InputError as hunt_bump.
[[nodiscard]] std::vector<double> bump_hunt_edges(std::span<const float> masses, stats::MassWindow window,
                                                  const BumpHuntSettings& settings);

}  // namespace eddy::search
