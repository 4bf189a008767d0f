#include <eddy/events/column_values.hpp>

#include <algorithm>
#include <array>

namespace eddy::events {
namespace {

template <class T>
ColumnValues::Storage zeros(std::size_t n) {
  return std::vector<T>(n);
}

}  // namespace

std::string_view name_of(NumberType type) {
  constexpr std::array<std::string_view, 5> kNames = {"float32", "float64", "int32", "int64", "uint64"};
  return kNames[static_cast<std::size_t>(type)];
}

ColumnValues::ColumnValues(NumberType type, std::size_t n) {
  constexpr std::array kMake = {zeros<float>, zeros<double>, zeros<std::int32_t>, zeros<std::int64_t>,
                                zeros<std::uint64_t>};
  storage_ = kMake[static_cast<std::size_t>(type)](n);
}

std::size_t ColumnValues::size() const {
  return visit([](const auto& values) { return values.size(); });
}

ColumnValues ColumnValues::take(std::span<const std::size_t> rows) const {
  return visit([&](const auto& values) {
    std::remove_cvref_t<decltype(values)> taken(rows.size());
    std::ranges::transform(rows, taken.begin(), [&](std::size_t row) { return values[row]; });
    return ColumnValues(std::move(taken));
  });
}

std::vector<float> ColumnValues::to_float32() const {
  return visit([](const auto& values) {
    std::vector<float> rounded(values.size());
    std::ranges::transform(values, rounded.begin(), [](auto value) { return static_cast<float>(value); });
    return rounded;
  });
}

}  // namespace eddy::events
