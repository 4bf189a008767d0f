#pragma once
// Evidence of a bump hunt.

#include <eddy/search/bump_hunt.hpp>

#include <string>
#include <vector>

namespace eddy::search {

struct Judgement;
struct WorkingPoint;

/// Fills counts, prediction, p, Z, fitted signal and limits of `point` with those of the evidence, which it keeps.
void set_numbers(WorkingPoint& point, const BumpHunt& hunt);
/// Adds the failures of its fits to `warnings`, each once.
void warn_of_failures(const WorkingPoint& point, std::vector<std::string>& warnings);
/// What must be said of it. A bump hunt rests on the sidebands of the spectrum after the cut, whatever the flow does.
[[nodiscard]] Judgement judge_evidence(const BumpHunt& hunt, const WorkingPoint& point, bool gate_failed);

}  // namespace eddy::search
