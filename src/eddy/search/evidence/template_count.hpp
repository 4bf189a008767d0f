#pragma once
// Evidence of a count against constructed background.

#include <eddy/search/evidence/abcd.hpp>

namespace eddy::search {

struct Judgement;
struct WorkingPoint;

/// The number of background events that pass a cut, from the constructed background.
struct TemplatePrediction {
  double predicted = 0;
  double statistical_error = 0;    ///< of the weighted simulated events; where none passes, that of an empty count
  double model_error = 0;          ///< standard deviation between the background models
  double closure = 1;              ///< predicted / observed at the same cut in the control region
  double closure_error = 0;        ///< relative: see closure_error.hpp
  double extrapolation_error = 0;  ///< relative, as configured
  double validation_error = 0;     ///< relative: of the correction by validation experiments
  double error = 0;                ///< all together
};

/// A count, and the background that was constructed from simulation (2311.12924, section 2).
struct TemplateCount {
  TemplatePrediction prediction = {};
  Abcd abcd = {};  ///< the alternative: control region and failing events, with the non-independence of score and
                   ///< region taken from the constructed background
};

/// Numbers of the count against constructed background. Throws InputError like stats::judge_count.
void set_numbers(WorkingPoint& point, const TemplateCount& count);
/// What must be said of it.
[[nodiscard]] Judgement judge_evidence(const TemplateCount& count, const WorkingPoint& point, bool gate_failed);

}  // namespace eddy::search
