#pragma once
// What speaks for or against an excess behind one cut: one type for each way to estimate the background.

#include <eddy/search/bump_hunt.hpp>
#include <eddy/search/quak/loss_categories.hpp>
#include <eddy/stats/abcd.hpp>
#include <eddy/stats/category_scan.hpp>
#include <eddy/stats/mass_histogram.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace eddy::search {

/// Four counts, of which three predict the fourth (2404.07258, section 2). Where nothing is seen and nothing is
/// expected, p is 1 and Z minus infinity: there is nothing to test.
struct Abcd {
  stats::AbcdCounts counts = {};
  stats::AbcdModel model = {};  ///< with the closure systematic
  stats::AbcdPrediction prediction = {};
  double s_over_sqrt_b = 0;
  stats::AbcdFit fit = {};
  std::string no_numbers = {};  ///< why nothing could be predicted and fitted: the numbers are NaN then
};

/// The number of background events that pass a cut, from the constructed background.
struct TemplatePrediction {
  double predicted = 0;
  double statistical_error = 0;    ///< of the weighted simulated events; where none passes, that of an empty count
  double model_error = 0;          ///< standard deviation between the background models
  double closure = 1;              ///< predicted / observed at the same cut in the control region
  double closure_error = 0;        ///< relative: see closure_error.hpp
  double extrapolation_error = 0;  ///< relative, as configured
  double error = 0;                ///< all together
};

/// A count, and the background that was constructed from simulation (2311.12924, section 2).
struct TemplateCount {
  TemplatePrediction prediction = {};
  Abcd abcd = {};  ///< the alternative: control region and failing events, with the non-independence of score and
                   ///< region taken from the constructed background
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

/// In the order of EvidenceKind.
using Evidence = std::variant<Abcd, BumpHunt, TemplateCount, CategorySearch>;
enum class EvidenceKind { kAbcd, kBump, kTemplateCount, kCategories };

/// "abcd", "bump", "template_count", "categories": as result.json has it.
[[nodiscard]] const char* to_string(EvidenceKind kind);

}  // namespace eddy::search
