#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace eddy::test {

/// Runs `call`, which must throw ErrorType with a message that contains each of `parts` (the value, the remedy).
template <class ErrorType, class Call, class... Parts>
void expect_throws_with(const Call& call, const Parts&... parts) {
  try {
    call();
  } catch (const ErrorType& error) {
    const std::string message = error.what();
    for (const std::string& part : {std::string(parts)...}) {
      EXPECT_THAT(message, testing::HasSubstr(part));
    }
    return;
  }
  ADD_FAILURE() << "nothing was thrown";
}

}  // namespace eddy::test
