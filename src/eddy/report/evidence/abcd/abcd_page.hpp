#pragma once

#include <eddy/report/evidence/evidence_page.hpp>

namespace eddy::report {

/// Four counts of a tail (CONRAD): counts, fit and latent gate, then the plane, scores, closure and features. Figures
/// (and traces) whose input is absent are left out.
[[nodiscard]] EvidencePage abcd_page();

}  // namespace eddy::report
