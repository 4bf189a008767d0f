#pragma once
// Numbers as a reader wants them; every table, sentence and note of the report goes through here.

#include <string>

namespace eddy::report {

/// "12,345": a count with thousands separators; other values with the digits that six significant figures leave.
[[nodiscard]] std::string format_count(double value);

/// Digits after the decimal point (negative: rounded to tens, hundreds ...) that an uncertainty deserves: two
/// significant digits when its three leading digits are 100 to 354 or 950 to 999, else one (Particle Data Group, Review
/// of Particle Physics, introduction, section 5.3 "Rounding"). 0 for an error that is not positive and finite.
[[nodiscard]] int pdg_decimals(double error);

/// Rounded to `decimals` digits after the point, which may be negative.
[[nodiscard]] std::string format_decimals(double value, int decimals);

/// "101.3 ± 2.9", value and error rounded by the rule of pdg_decimals.
[[nodiscard]] std::string format_with_error(double value, double error);

/// "0.1 %"; at most three significant digits.
[[nodiscard]] std::string format_percent(double fraction);

/// "0.031", and "2.9 × 10⁻⁷" below 0.001; "< 10⁻³⁰⁰" for zero.
[[nodiscard]] std::string format_p_value(double p);

}  // namespace eddy::report
