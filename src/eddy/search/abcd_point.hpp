#pragma once
// What the four counts of a cut say, for every search that counts in them.

#include <eddy/base/random.hpp>
#include <eddy/search/finding.hpp>

#include <string>
#include <vector>

namespace eddy::search {

/// Fills prediction, S/sqrt(B) and fit of `abcd` from its counts and its model; `predicts_with_closure`: the prediction
/// holds the closure factor and its error. Where the counts allow no prediction (no
/// event in D) or a fit does not converge, the numbers are NaN and `no_numbers` says why: one cut never ends a search.
void fit_counts(Abcd& abcd, bool predicts_with_closure, const base::RandomStream& stream);

/// Whether B or C is empty (and D is not): they predict 0.
[[nodiscard]] inline bool has_empty_control(const stats::AbcdCounts& counts) {
  return counts.d > 0 && (counts.b == 0 || counts.c == 0);
}

/// What that means for the numbers; empty where it is not so.
[[nodiscard]] std::string words_of_empty_control(const stats::AbcdCounts& counts);

/// What a reader of the numbers must know of one cut: that there are none, that there is nothing to test, or that
/// an empty region predicts nothing.
[[nodiscard]] std::vector<std::string> warnings_of(const WorkingPoint& point);

}  // namespace eddy::search
