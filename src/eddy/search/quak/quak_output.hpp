#pragma once
// What a search in the space of losses (QUAK) found: plain values, no behaviour.

#include <eddy/search/output.hpp>
#include <eddy/search/quak/loss_categories.hpp>
#include <eddy/stats/category_scan.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace eddy::search {

/// Events of one kind in the space of losses.
struct LossSample {
  std::string name;                  ///< "data", "background", or as [[prior]] and [[evaluate]] are named
  std::vector<std::uint64_t> index;  ///< rows in the file, of copies that of the first: what halves are made from
  base::Matrix loss;                 ///< (n_events, n_losses): that of the background network, then of each prior
  std::vector<float> mass;           ///< empty where no mass is configured
  std::vector<float> weight = {};    ///< what each event counts; empty: 1 each
};

/// Method 2: events behind the preselection in equally populated categories, all fitted at once.
struct CategorySearch {
  double threshold = 0;                      ///< c of L_bkg > c
  std::size_t n_preselected = 0;             ///< data behind it, inside the fit range: those in the categories
  std::optional<double> n_true_signal = {};  ///< labelled ones among them
  std::vector<LossBox> boxes;                ///< of the categories
  std::vector<stats::MassCategory> spectra;
  stats::CategoryScan scan;
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

/// How well labelled signal is told from held-out background by one score.
struct Separation {
  std::string signal;  ///< as [[evaluate]] is named
  Evaluation evaluation;
  double rejection_30 = 0;  ///< 1 / background efficiency at a signal efficiency of 30 %; 0 where too few events pass
  double rejection_50 = 0;
};

/// Everything a search in the space of losses found.
struct QuakOutput : SearchOutput {
  double signal_width = 0.03;       ///< standard deviation of the signal that is sought, relative to its mass
  std::vector<std::string> losses;  ///< "background", then the names of the priors
  LossSample data_losses;
  LossSample background_losses;              ///< held out
  std::vector<LossSample> prior_losses;      ///< held out
  std::vector<LossSample> signal_losses;     ///< of [[evaluate]]
  std::optional<CategorySearch> categories;  ///< nothing where no mass is configured
  std::optional<CutSearch> cuts;             ///< likewise, or where no cut could be fitted
  std::vector<Separation> separations;
};

}  // namespace eddy::search
