#pragma once

#include <eddy/report/figure.hpp>
#include <eddy/search/finding.hpp>

#include <optional>

namespace eddy::report {

/// Data of the signal region against the constructed background, for cuts on the score of every tightness and bin by
/// bin: where an excess is seen. Nothing when blind.
[[nodiscard]] std::optional<Figure> template_count_figure(const search::Finding& output);

}  // namespace eddy::report
