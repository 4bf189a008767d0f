#pragma once
// What tests of expressions look at.

#include <eddy/base/error.hpp>
#include <eddy/events/expression.hpp>

#include <functional>
#include <string>
#include <vector>

namespace eddy::events {

/// The sentence that `action` is refused with.
inline std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const base::InputError& error) {
    return error.what();
  }
  return "nothing was thrown";
}

inline std::vector<Truth> truths(const std::string& text, const Events& events) {
  return Expression(text).evaluate_condition(events);
}

}  // namespace eddy::events
