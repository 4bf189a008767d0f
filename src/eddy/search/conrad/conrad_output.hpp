#pragma once
// What a CONRAD run found: plain values, no behaviour.

#include <eddy/search/output.hpp>
#include <eddy/stats/abcd.hpp>

#include <optional>
#include <string>
#include <vector>

namespace eddy::search {

/// One working point of the search (DESIGN.md, result.json). Where nothing is seen and nothing is expected, p is 1 and
/// Z minus infinity: there is nothing to test.
struct WorkingPoint {
  double efficiency = 0;                ///< nominal background efficiency
  double realised_efficiency = 0;       ///< fraction of the reference that passes; more than nominal with ties
  std::vector<double> thresholds = {};  ///< R_c of each fold
  stats::AbcdCounts counts = {};
  stats::AbcdPrediction prediction = {};
  double s_over_sqrt_b = 0;
  stats::AbcdModel model = {};  ///< with the closure systematic
  stats::AbcdFit fit = {};
  std::string no_numbers = {};                 ///< why nothing could be predicted and fitted: the numbers are NaN then
  std::optional<double> true_background = {};  ///< labelled background events in A, where labels exist
};

/// r = predicted / true background against background efficiency (CONRAD fig. 4).
struct ClosurePoint {
  double efficiency = 0;
  double predicted = 0;
  double observed = 0;  ///< background events in A
  double ratio = 1;
  double ratio_error = 0;     ///< Poisson errors of B, C, D propagated
  double observed_error = 0;  ///< relative Poisson error of the background count in A: the band around 1
};
struct ClosureCurve {
  std::string name;  ///< "background in data (truth)", "held-out template"
  std::vector<ClosurePoint> points;
};

/// Everything a CONRAD run found.
struct ConradOutput : SearchOutput {
  double context_cut = 0;        ///< M_c, smallest context in the signal region (for lines in figures)
  std::string classifier_space;  ///< "z" or "x_prime"
  std::string reference;         ///< "normal", "template", "control_region"
  ScoredSample template_sample;  ///< events that at least one flow never saw (all, with five flows or more)
  std::vector<WorkingPoint> working_points;
  std::vector<ClosureCurve> closure;
  LatentGate gate;
};

}  // namespace eddy::search
