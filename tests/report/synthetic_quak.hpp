#pragma once

#include <eddy/search/finding.hpp>

namespace eddy::report_test {

/// A finished search in a space of two losses: 4 categories with a signal at 4 TeV, cuts, one evaluated signal.
[[nodiscard]] search::Finding synthetic_quak();

}  // namespace eddy::report_test
