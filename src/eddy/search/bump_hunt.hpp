#pragma once
// The last step of a resonant search: is there a bump in the masses that pass a cut? Formulae and defaults:
// docs/bump-hunt.md.

#include <eddy/base/monitor.hpp>
#include <eddy/base/options.hpp>
#include <eddy/base/random.hpp>
#include <eddy/search/unlikely_bin.hpp>
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
  std::vector<double> range = {};    ///< low, high of the fit; empty: chosen from the sidebands, see bump_hunt_edges
  double bin_width = 0;              ///< 0: a quarter of the signal region's width
  double min_bin_events = 5;         ///< neighbouring bins are merged until each holds so many: chi2 needs them
  std::string shape = "dijet";       ///< "dijet" or "bernstein"
  std::int64_t order = 0;            ///< parameters of the dijet function or order of the polynomial; 0: F-test decides
  double sqrt_s = 13000;             ///< of the dijet function, in the unit of the context
  double mass = 0;                   ///< of the signal; 0: centre of the signal region
  double width = 0.04;               ///< standard deviation of the signal, relative to its mass
  std::string signal_template = {};  ///< events file whose masses give the signal's shape; empty: a Gaussian
  std::string template_weight = {};  ///< column of what each event of that file counts; empty: 1 each
  double signal_uncertainty = 0;     ///< relative, log-normal, on the signal's yield
  double closure_error = 0;          ///< relative, log-normal, on the background of the signal region after a cut
  std::int64_t scan_points = 60;     ///< masses of the scan, over the fit range; 0: no scan
  std::int64_t toys = 1000;          ///< for the global significance
  double closure = 1;             ///< no option: observed over predicted background of the signal region after a cut,
                                  ///< as validation found it; > 0
  double spurious = 0;            ///< no option: standard deviation of a signal that is none, relative to the
                                  ///< background of the signal region after a cut (Correction::spurious)
  bool range_is_covered = false;  ///< no option: `range` was compared with all selected masses before, holes included
};

/// Declares the options of `settings`.
void describe(BumpHuntSettings& settings, base::OptionVisitor& visitor);

/// Everything that was fitted to one spectrum. Where a fit did not converge there is no number, and `failures` says
/// why; it also says when the background shape does not describe the sidebands, whose numbers then mean little.
struct BumpHunt {
  stats::MassHistogram spectrum;  ///< fit range alone, sparse bins merged
  double n_outside_range = 0;     ///< selected events outside the fit range
  stats::BinRange signal_bins;    ///< bins of the signal region; its borders are bin edges
  std::string shape;              ///< chosen background shape, in words; empty when no fit was possible
  std::optional<stats::BackgroundShape> background_shape;  ///< the same; nothing when no fit was possible
  std::vector<stats::LogNormalNuisance> nuisances;         ///< of the signal + background fit
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
  std::optional<UnlikelyBin> unlikely_bin;            ///< of the sidebands, where the prediction rules its count out
  std::vector<std::string> failures;                  ///< one sentence each; empty when all is well
};

/// Hunts in `masses` (those that pass a cut) with the signal region `window`, low <= mass < high. `template_masses` are
/// those of the events of settings.signal_template (empty: a Gaussian), `template_weights` what each of them counts
/// (empty: 1). The result is a function of the arguments, for
/// any number of threads. Throws InputError for masses that are not finite and for settings that do not fit the window
/// (range without sidebands, signal outside the range); a fit that fails, or bins that are too few for it, end up in
/// `failures`. Throws Interrupted where `monitor` says so.
[[nodiscard]] BumpHunt hunt_bump(std::span<const float> masses, stats::MassWindow window,
                                 const BumpHuntSettings& settings, std::span<const float> template_masses,
                                 const base::RandomStream& stream, std::span<const double> template_weights = {},
                                 const base::Monitor& monitor = {});

/// A score may pass a little more (or less) background in the signal region, where it was trained, than in the
/// sidebands: a step in the background, unlike a signal where that is narrower than the region. settings.closure_error
/// is above 0.
[[nodiscard]] stats::LogNormalNuisance step_nuisance(const stats::MassHistogram& spectrum, stats::BinRange signal_bins,
                                                     const BumpHuntSettings& settings);

/// p-value of the background shape: in the sidebands, else of signal and background in all bins; NaN without a fit.
[[nodiscard]] double goodness_of_fit(const BumpHunt& hunt);

/// The settings for hunts in subsets of the events of `all`, which passed a cut: its fit range, so that the bins are
/// the same before any is merged, and the order of its background shape. A small subset cannot choose these itself:
/// what it has no power to see (the end of a trigger's turn-on, a parameter) biases its prediction by parts of a
/// standard deviation. Not for cuts that may change the shape of the spectrum: keep order = 0 there.
[[nodiscard]] BumpHuntSettings settings_for_subsets(BumpHuntSettings settings, const BumpHunt& all);

/// Bin edges of hunt_bump for `masses`, before sparse bins are merged. Bins are laid outwards from the borders of the
/// window, which are edges. Without settings.range, the fit reaches from where the spectrum falls, and the background
/// shape describes the sidebands, to the bin of the largest mass, which is left out. No bin reaches beyond the masses
/// that were selected, but where the spectrum thins out by itself (covered_range), and of a range that the user gave
/// the bins beyond are left out. Throws InputError as hunt_bump, and where that leaves no bin beside the window.
[[nodiscard]] std::vector<double> bump_hunt_edges(std::span<const float> masses, stats::MassWindow window,
                                                  const BumpHuntSettings& settings);

}  // namespace eddy::search
