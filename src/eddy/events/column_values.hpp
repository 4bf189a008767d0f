#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace eddy::events {

/// How the numbers of a column are held. Each is exact for what files hold: half precision is float32, booleans and
/// integers of up to 32 bits (16 where unsigned) are int32, uint32 is int64.
enum class NumberType { kFloat32, kFloat64, kInt32, kInt64, kUint64 };

/// "float32", "int64", ..., for messages.
[[nodiscard]] std::string_view name_of(NumberType type);

template <class T>
concept ColumnNumber = std::same_as<T, float> || std::same_as<T, double> || std::same_as<T, std::int32_t> ||
    std::same_as<T, std::int64_t> || std::same_as<T, std::uint64_t>;

/// The numbers of one column, in one of the number types.
class ColumnValues {
 public:
  using Storage = std::variant<std::vector<float>, std::vector<double>, std::vector<std::int32_t>,
                               std::vector<std::int64_t>, std::vector<std::uint64_t>>;

  /// No values, float32.
  ColumnValues() = default;
  ColumnValues(std::initializer_list<float> values) : storage_(std::vector<float>(values)) {}
  template <ColumnNumber T>
  // NOLINTNEXTLINE(google-explicit-constructor): a column is its values
  ColumnValues(std::vector<T> values) : storage_(std::move(values)) {}
  /// `n` zeros.
  ColumnValues(NumberType type, std::size_t n);

  [[nodiscard]] NumberType type() const { return static_cast<NumberType>(storage_.index()); }
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] bool is_integer() const { return type() >= NumberType::kInt32; }

  /// The values, whose type must be T.
  template <ColumnNumber T>
  [[nodiscard]] std::span<const T> as() const {
    return std::get<std::vector<T>>(storage_);
  }
  template <ColumnNumber T>
  [[nodiscard]] std::vector<T>& as() {
    return std::get<std::vector<T>>(storage_);
  }

  /// Calls `use` with the vector of values, of whatever type.
  template <class Use>
  decltype(auto) visit(Use&& use) const {
    return std::visit(std::forward<Use>(use), storage_);
  }
  template <class Use>
  decltype(auto) visit(Use&& use) {
    return std::visit(std::forward<Use>(use), storage_);
  }

  /// The values at `rows`, in that order.
  [[nodiscard]] ColumnValues take(std::span<const std::size_t> rows) const;
  /// The nearest float32 of each value (beyond its range infinity).
  [[nodiscard]] std::vector<float> to_float32() const;

 private:
  Storage storage_;
};

}  // namespace eddy::events
