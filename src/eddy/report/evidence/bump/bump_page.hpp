#pragma once

#include <eddy/report/evidence/evidence_page.hpp>

namespace eddy::report {

/// A bump in a mass spectrum: fits and scan, then sculpting, scores and features. Figures (and traces) whose input is
/// absent are left out.
[[nodiscard]] EvidencePage bump_page();

}  // namespace eddy::report
