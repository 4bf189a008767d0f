#pragma once
// The figures of a comparison: what is drawn of compare.json. Runs that lack something are left out of its figure.

#include <eddy/base/json_fwd.hpp>
#include <eddy/report/figure.hpp>

#include <string_view>

namespace eddy::report {

inline constexpr std::string_view kSignificanceSection = "Significance";
inline constexpr std::string_view kSensitivitySection = "Sensitivity";
inline constexpr std::string_view kClosureSection = "Background estimate";
inline constexpr std::string_view kSculptingSection = "Sculpting";

/// A document as in docs/figures.md.
[[nodiscard]] Json comparison_figures(const Json& comparison);

}  // namespace eddy::report
