#include <eddy/events/csv_column.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <system_error>
#include <type_traits>
#include <vector>

namespace eddy::events {
namespace {

/// 2^53: below, float64 holds every integer.
constexpr double kLargest = 9007199254740992;

template <ColumnNumber T>
Parse parse_number(std::string_view field, T& value) {
  if (field.starts_with('+') && !field.starts_with("+-")) {
    field.remove_prefix(1);
  }
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
  if (end != field.data() + field.size() || error == std::errc::invalid_argument) {
    return Parse::kNotANumber;
  }
  if (error == std::errc::result_out_of_range) {
    if constexpr (std::is_floating_point_v<T>) {  // also for numbers that round to zero, which are fine
      value = static_cast<T>(std::strtold(std::string(field).c_str(), nullptr));
      return std::isinf(value) ? Parse::kTooLarge : Parse::kOk;
    }
    return Parse::kTooLarge;
  }
  return Parse::kOk;
}

/// Whether `field`, which was read as `value`, is an integer that float64 does not hold.
bool is_rounded_integer(std::string_view field, double value) {
  if (std::abs(value) < kLargest) {
    return false;
  }
  const bool has_sign = field.starts_with('+') || field.starts_with('-');
  const std::string_view digits = field.substr(has_sign ? 1 : 0);
  if (digits.find_first_not_of("0123456789") != std::string_view::npos) {
    return false;
  }
  const std::size_t zeros = std::min(digits.find_first_not_of('0'), digits.size());
  return digits.substr(zeros) != fmt::format("{:.0f}", std::abs(value));
}

}  // namespace

bool is_csv_number(std::string_view field) {
  double value = 0;
  return parse_number(field, value) != Parse::kNotANumber;
}

void CsvColumn::reserve(std::size_t n) {
  values_.visit([&](auto& values) { values.reserve(n); });
}

template <ColumnNumber T>
void CsvColumn::convert_to() {
  values_ = values_.visit([](const auto& values) {
    std::vector<T> converted;
    converted.reserve(values.capacity());
    for (const auto value : values) {
      converted.push_back(static_cast<T>(value));
    }
    return ColumnValues(std::move(converted));
  });
}

bool CsvColumn::fits_float64() const {
  return values_.visit([](const auto& values) {
    return std::ranges::all_of(values, [](auto value) {
      const auto rounded = static_cast<double>(value);
      return rounded < kLargest && rounded > -kLargest;
    });
  });
}

/// A number that is not of the integers so far.
Parse CsvColumn::add_other(std::string_view field) {
  std::uint64_t whole = 0;
  if (values_.type() == NumberType::kInt64 && parse_number(field, whole) == Parse::kOk &&
      std::ranges::all_of(values_.as<std::int64_t>(), [](std::int64_t value) { return value >= 0; })) {
    convert_to<std::uint64_t>();
    return add(field);
  }
  double value = 0;
  const Parse parse = parse_number(field, value);
  if (parse == Parse::kOk) {
    if (!fits_float64()) {
      return Parse::kMixed;
    }
    convert_to<double>();
    return add(field);
  }
  return parse;
}

Parse CsvColumn::add(std::string_view field) {
  const Parse parse = values_.visit([&]<class T>(std::vector<T>& values) {
    T value{};
    const Parse result = parse_number(field, value);
    if constexpr (std::is_same_v<T, double>) {
      if (result == Parse::kOk && is_rounded_integer(field, value)) {
        return Parse::kMixed;
      }
    }
    if (result == Parse::kOk) {
      values.push_back(value);
    }
    return result;
  });
  return parse == Parse::kOk || !values_.is_integer() ? parse : add_other(field);
}

}  // namespace eddy::events
