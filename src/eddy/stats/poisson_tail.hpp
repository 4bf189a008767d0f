#pragma once

namespace eddy::stats {

/// P(n >= count) of a Poisson mean. `count` > 0 need not be whole; neither is bounded.
double poisson_at_least(double count, double mean);

/// P(n <= count) of a Poisson mean, count >= 0.
double poisson_at_most(double count, double mean);

}  // namespace eddy::stats
