#pragma once
// What `eddy limit` finds, made of numbers by hand: a cut with all of it, one whose range ends, and one without a fit.

#include <eddy/search/limits/limit_result.hpp>

namespace eddy::report_test {

[[nodiscard]] search::LimitResult synthetic_limit();

}  // namespace eddy::report_test
