#pragma once
// Does the distribution of one quantity depend on another?

#include <span>

namespace eddy::stats {

/// p-value of "x does not depend on context": Pearson's chi2 of the table of counts in up to 10 bins of x and 8 of the
/// context, all of about as many events (asymptotic; bins of values that are shared by many events are fewer). 1 where
/// either takes a single value. Throws InputError for other numbers of values, or fewer than 400 of them: five per
/// cell.
[[nodiscard]] double independence_p_value(std::span<const float> x, std::span<const float> context);

}  // namespace eddy::stats
