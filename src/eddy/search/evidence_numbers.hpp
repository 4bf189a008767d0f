#pragma once
// The numbers that all working points have, from the evidence of each kind.

#include <eddy/search/finding.hpp>

namespace eddy::search {

/// Fills counts, prediction, p, Z, fitted signal and limits of `point` with those of the evidence, which it keeps.
void set_numbers(WorkingPoint& point, const Abcd& abcd);
void set_numbers(WorkingPoint& point, const BumpHunt& hunt);
/// Of all categories together, at the mass where they are most significant.
void set_numbers(WorkingPoint& point, const CategorySearch& search);
/// The count against constructed background. Throws InputError like stats::judge_count.
void set_numbers(WorkingPoint& point, const TemplateCount& count);

}  // namespace eddy::search
