#pragma once

#include <eddy/report/evidence/evidence_page.hpp>

namespace eddy::report {

/// A count against constructed background: predictions and their errors, then closure tests, marginals and weights.
/// Blind, only the tests of the control region. Figures (and traces) whose input is absent are left out.
[[nodiscard]] EvidencePage template_count_page();

}  // namespace eddy::report
