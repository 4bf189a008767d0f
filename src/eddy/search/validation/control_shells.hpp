#pragma once
// Parts of the control region next to the signal region, in which a chain is tried as if each was that: the validation
// windows of methods whose signal region has neighbours on one side alone, or in several context variables.

#include <eddy/search/inputs.hpp>
#include <eddy/search/search.hpp>
#include <eddy/search/validation/validation.hpp>

#include <cstdint>
#include <functional>
#include <vector>

namespace eddy::search {

/// Control-region events at distances from `inner` to `outer` of the signal region; nearer ones take no part.
struct ControlShell {
  float inner = 0;
  float outer = 0;
  double low = 0;  ///< of its data along the axis of the shells
  double high = 0;
};

struct ControlShells {
  std::vector<ControlShell> shells;       ///< outwards
  std::vector<float> data_distance;       ///< of each event of the data; those of its signal region are not used
  std::vector<float> reference_distance;  ///< of each event of the reference
  Quantity axis;                          ///< the context, or with several the distance
  stats::MassWindow signal_region;        ///< where that lies along the axis
};

/// Distance of each row of `context` to the nearest of up to 1,000 of `region`, (n, n_context) both, with each variable
/// in units of its interquartile range in `scale`.
[[nodiscard]] std::vector<float> distances_to(base::MatrixView context, base::MatrixView region,
                                              base::MatrixView scale);

/// Up to `n` shells, side by side outwards from the signal region, each with as large a fraction of the control
/// region's data as the signal region has of the reference (CONRAD's template, simulation), 300 of them or more and a
/// fifth at most; half of the control region stays outside. No data of the signal region are looked at.
[[nodiscard]] ControlShells shells_beside(const Sample& data, const Sample& reference, const Quantity& context,
                                          std::int64_t n);

/// What a family does in a shell: each of the configured cuts, as for WindowTask::run.
using ShellTrial = std::function<base::Json(const Search& trial)>;

/// `run` in each of [validation] windows shells, as tasks of the search that its signal-region data do not change;
/// `reference`: the other sample that the family works with.
[[nodiscard]] TriedWindows try_in_shells(const Search& search, Sample SearchInputs::*reference, int version,
                                         const ShellTrial& run);

}  // namespace eddy::search
