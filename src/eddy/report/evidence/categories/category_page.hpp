#pragma once

#include <eddy/report/evidence/evidence_page.hpp>

namespace eddy::report {

/// Categories of a space of losses (QUAK), beside the best of many cuts, which is biased. Figures (and traces) whose
/// input is absent are left out.
[[nodiscard]] EvidencePage category_page();

}  // namespace eddy::report
