#pragma once

#include <eddy/events/events.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace eddy::events {

/// A formula over columns such as "tau2_j1 / tau1_j1" or "met > 700 && pt_j1 > 500" (muParser syntax, double
/// precision).
class Expression {
 public:
  /// Parses `text`. Throws InputError with the text, the position and what was expected.
  explicit Expression(std::string text);

  [[nodiscard]] const std::string& text() const { return text_; }
  /// The columns it uses, in order of first appearance.
  [[nodiscard]] const std::vector<std::string>& variables() const { return variables_; }

  /// One value per event. Throws InputError for a column that `events` lacks.
  [[nodiscard]] std::vector<float> evaluate(const Events& events) const;
  /// Whether the value differs from 0 (NaN counts as false), one flag per event.
  [[nodiscard]] std::vector<std::uint8_t> evaluate_mask(const Events& events) const;

 private:
  std::string text_;
  std::vector<std::string> variables_;
};

/// Rows where `mask` is set.
[[nodiscard]] std::vector<std::size_t> rows_where(const std::vector<std::uint8_t>& mask);

}  // namespace eddy::events
