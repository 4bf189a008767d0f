#pragma once
// Evidence of a bump in categories of a space of losses.

#include <eddy/search/quak/loss_categories.hpp>
#include <eddy/search/unlikely_bin.hpp>
#include <eddy/stats/category_scan.hpp>
#include <eddy/stats/mass_histogram.hpp>

#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace eddy::search {

struct Judgement;
struct WorkingPoint;

/// A prior whose events say how a signal is shared among the categories.
struct PriorReach {
  std::string name;
  double passing = 0;      ///< fraction of its held-out events behind the preselection
  double median_mass = 0;  ///< of those
};

/// Method 2: events behind the preselection in equally populated categories, all fitted at once.
struct CategorySearch {
  double threshold = 0;                      ///< c of L_bkg > c
  std::size_t n_preselected = 0;             ///< data behind it, inside the fit range: those in the categories
  std::optional<double> n_true_signal = {};  ///< labelled ones among them
  std::vector<LossBox> boxes;                ///< of the categories
  stats::BackgroundShape shape;              ///< of the background of each
  double goodness_of_fit = std::numeric_limits<double>::quiet_NaN();  ///< of it in all (spectra_shape.hpp)
  double signal_width = 0;  ///< standard deviation of the signal, relative to its mass
  std::vector<stats::MassCategory> spectra;
  stats::CategoryScan scan;
  std::optional<UnlikelyBin> unlikely_bin = {};  ///< of all categories together
  std::vector<PriorReach> priors = {};           ///< those with a simultaneous likelihood, in the order of scan.common
  std::vector<std::string> without_shares = {};  ///< sentences: priors whose shares of the categories are not known
};

/// Method 1: one cut of the grid, L_bkg > limits[0] and one of the other losses below its limit.
struct LossCut {
  LossBox box;
  std::string prior;  ///< whose loss is cut on; empty: none
  std::size_t n_events = 0;
  double mass = 0;  ///< of the most significant excess
  double strength = 0;
  double strength_error = 0;
  double z = 0;  ///< local, and the best of all masses: no significance of the search
};

struct CutSearch {
  std::vector<LossCut> cuts;      ///< those that could be fitted
  std::size_t best = 0;           ///< the largest z of all
  std::size_t n_failed = 0;       ///< cuts without a fit: too few events, or no convergence
  stats::MassHistogram spectrum;  ///< of the best
  stats::CategoryScan scan;       ///< of the best
};

/// Numbers of all categories together, at the mass where they are most significant.
void set_numbers(WorkingPoint& point, const CategorySearch& search);
/// Z of all masses together, which is what a search of a scan may claim: from pseudo-experiments, or where none reached
/// the data, and without them, at least that of the local p-value times the number of masses, a bound.
[[nodiscard]] double global_z(const CategorySearch& search);
/// What must be said of it.
[[nodiscard]] Judgement judge_evidence(const CategorySearch& search, const WorkingPoint& point, bool gate_failed);

}  // namespace eddy::search
