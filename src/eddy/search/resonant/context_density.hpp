#pragma once

#include <eddy/base/matrix.hpp>
#include <eddy/base/random.hpp>
#include <eddy/stats/mass_histogram.hpp>

#include <cstddef>
#include <span>

namespace eddy::search {

/// Draws `n` contexts from a Gaussian kernel density estimate of `contexts`, all of them in `window`; what a kernel
/// puts outside is reflected at the border. `bandwidth` is in the unit of the context; 0: Scott's rule, sigma n^(-1/5).
/// CATHODE (2109.00546), section III B. Row i depends on (stream, i) alone. Shape (n, 1).
[[nodiscard]] base::Matrix sample_context(std::span<const float> contexts, stats::MassWindow window, double bandwidth,
                                          std::size_t n, const base::RandomStream& stream);

}  // namespace eddy::search
