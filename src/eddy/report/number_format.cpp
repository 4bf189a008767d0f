#include <eddy/report/number_format.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace eddy::report {
namespace {

constexpr const char* kMinus = "−";

std::string with_separators(std::string digits) {
  const std::size_t point = std::min(digits.find('.'), digits.size());
  for (std::size_t i = point; i > 3;) {
    i -= 3;
    digits.insert(i, ",");
  }
  return digits;
}

std::string signed_text(bool negative, const std::string& digits) {
  const bool is_zero = digits.find_first_of("123456789") == std::string::npos;
  return negative && !is_zero ? kMinus + digits : digits;
}

std::string superscript(int exponent) {
  constexpr std::array<const char*, 10> kDigits = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
  std::string text = exponent < 0 ? "⁻" : "";
  for (const char digit : std::to_string(std::abs(exponent))) {
    text += kDigits.at(static_cast<std::size_t>(digit - '0'));
  }
  return text;
}

}  // namespace

std::string format_count(double value) {
  if (!std::isfinite(value)) {
    return "–";
  }
  const double size = std::abs(value);
  const bool whole = size == std::trunc(size);
  const int digits_before = size >= 1 ? static_cast<int>(std::floor(std::log10(size))) + 1 : 1;
  const std::string text =
      whole ? fmt::format("{:.0f}", size) : fmt::format("{:.{}f}", size, std::max(0, 6 - digits_before));
  return signed_text(value < 0, with_separators(text));
}

int pdg_decimals(double error) {
  if (!(error > 0) || !std::isfinite(error)) {
    return 0;
  }
  const int exponent = static_cast<int>(std::floor(std::log10(error)));
  const double leading = std::floor(error / std::pow(10.0, exponent - 2) + 1e-6);
  if (leading >= 355 && leading < 950) {
    return -exponent;
  }
  return leading < 355 ? 1 - exponent : -exponent;  // 950 to 999 becomes 1000: two digits of the rounded-up number
}

std::string format_decimals(double value, int decimals) {
  if (!std::isfinite(value)) {
    return "–";
  }
  const double unit = std::pow(10.0, -decimals);
  const double size = std::abs(decimals < 0 ? std::round(value / unit) * unit : value);
  return signed_text(value < 0, with_separators(fmt::format("{:.{}f}", size, std::max(0, decimals))));
}

std::string format_with_error(double value, double error) {
  if (!(error > 0) || !std::isfinite(error)) {
    return format_count(value);
  }
  const int decimals = pdg_decimals(error);
  return format_decimals(value, decimals) + " ± " + format_decimals(error, decimals);
}

std::string format_percent(double fraction) { return fmt::format("{:.3g} %", 100 * fraction); }

std::string format_p_value(double p) {
  if (!std::isfinite(p)) {
    return "–";
  }
  if (p <= 0) {
    return "< 10⁻³⁰⁰";
  }
  if (p >= 0.001) {
    return fmt::format("{:.2g}", p);
  }
  int exponent = static_cast<int>(std::floor(std::log10(p)));
  double mantissa = p / std::pow(10.0, exponent);
  if (mantissa >= 9.95) {  // would print as 10.0
    mantissa = 1;
    ++exponent;
  }
  return fmt::format("{:.1f} × 10{}", mantissa, superscript(exponent));
}

}  // namespace eddy::report
