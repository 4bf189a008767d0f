#pragma once
// How tables and sentences read result.json.

#include <eddy/base/artefact.hpp>

#include <string>

namespace eddy::report {

using base::Json;

/// The number under `key`; NaN where it is absent or null.
[[nodiscard]] double value_of(const Json& object, const char* key);

/// Whether `key` is there and not null.
[[nodiscard]] bool has_value(const Json& object, const char* key);

/// The input with this role, or an empty object.
[[nodiscard]] Json input_of(const Json& result, const std::string& role);

/// Whether the result is that of a resonant search (else of CONRAD): its signal region is a window.
[[nodiscard]] bool is_resonant(const Json& result);

/// Whether the result is that of a search in a space of losses (QUAK).
[[nodiscard]] bool is_loss_space(const Json& result);

/// "no cut" at efficiency 1, else the efficiency in percent.
[[nodiscard]] std::string cut_of(const Json& point);

/// Whether the sidebands of a resonant working point determine its background: not where a fit to a few sparse bins
/// leaves it uncertain by more than the counts themselves.
[[nodiscard]] bool is_predicted(const Json& point);

/// Whether the background shape fails to describe the sidebands of a resonant working point (p < 0.01): its numbers
/// must not be quoted.
[[nodiscard]] bool is_poor_fit(const Json& point);

/// The point of a curve that is nearest to `efficiency` in ratio, within 15 %; null without one.
[[nodiscard]] Json nearest_point(const Json& points, double efficiency);

}  // namespace eddy::report
