#pragma once

namespace eddy::search {

/// The relative error of a background prediction that closure asks for: how far `closure`, predicted / observed > 0, is
/// from 1, or how well it is known (`relative_error`), whichever is larger. A prediction that is N times too small
/// needs an error of N - 1 of itself to reach what was observed, one that is N times too large one of N - 1 as well.
[[nodiscard]] double closure_error(double closure, double relative_error);

}  // namespace eddy::search
