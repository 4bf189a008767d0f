#pragma once
// Parts of a space of losses. Losses: (n_events, n_losses), the first that of the background network. Nothing here
// knows the mass of an event.

#include <eddy/base/matrix.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace eddy::search {

/// Losses from low (inclusive) to high (exclusive) in each dimension; infinite ends do not cut.
struct LossBox {
  std::vector<double> low;
  std::vector<double> high;
};

/// A box, and the events in it.
struct LossCategory {
  LossBox box;
  std::vector<std::size_t> rows;
};

/// The cut that the `fraction` of largest values passes: value >= cut. Values must not be empty, 0 < fraction <= 1.
/// Equal values pass together or not at all, here and below: the last that is asked for brings all that equal it.
/// `weight`: what each value counts, >= 0 and not all 0; empty: 1.
[[nodiscard]] double upper_quantile(std::vector<float> values, double fraction, std::span<const float> weight = {});
/// The cut that the `fraction` of smallest values passes: value < cut; infinite for 1.
[[nodiscard]] double lower_quantile(std::vector<float> values, double fraction);

/// Those of `rows` whose losses lie in `box`.
[[nodiscard]] std::vector<std::size_t> rows_in(const LossBox& box, base::MatrixView losses,
                                               std::span<const std::size_t> rows);

/// Divides `rows` into n parts of equal population (but for one event) along the first loss, each of them into n along
/// the second, and so on (2011.03550, section 4.2.1): n^n_losses categories, the first dimension slowest. Events of
/// equal loss are never parted, so that categories hold the events of their boxes: a border moves to the nearest place
/// between two different losses, and a part may become larger than others, or empty. Throws InputError for fewer events
/// than categories.
[[nodiscard]] std::vector<LossCategory> equal_categories(base::MatrixView losses, std::vector<std::size_t> rows,
                                                         std::size_t n);

}  // namespace eddy::search
