#pragma once
// Evidence of four counts.

#include <eddy/stats/abcd.hpp>

#include <string>

namespace eddy::search {

struct Judgement;
struct WorkingPoint;

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

/// Fills counts, prediction, p, Z, fitted signal and limits of `point` with those of the evidence, which it keeps.
void set_numbers(WorkingPoint& point, const Abcd& abcd);
/// What must be said of it; `gate_failed`: the flow behind the scores is not good enough.
[[nodiscard]] Judgement judge_evidence(const Abcd& abcd, const WorkingPoint& point, bool gate_failed);

}  // namespace eddy::search
