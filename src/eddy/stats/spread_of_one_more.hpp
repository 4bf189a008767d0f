#pragma once
// What few values say of the next.

namespace eddy::stats {

/// The standard deviation of a normal distribution whose upper `tail` begins where that of Student's does for one
/// further value, besides `n` values with this mean, of a normal sample whose `variance` is known from `freedom`
/// degrees of freedom: a spread from few values is charged for being uncertain. Throws InputError for freedom < 1 or n
/// < 1.
[[nodiscard]] double spread_of_one_more(double variance, double freedom, double n, double tail);

}  // namespace eddy::stats
