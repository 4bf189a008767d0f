#include <eddy/cli/option_checks.hpp>

#include <fmt/format.h>

namespace eddy::cli {

std::string some_path(const std::string& text) {
  return text.empty() ? "it is empty; name a folder or file, or leave the option out" : "";
}

std::string some_text(const std::string& text) { return text.empty() ? "it is empty; leave the option out" : ""; }

std::string whole_number(const std::string& text) {
  constexpr std::size_t kMostDigits = 18;  // fits 64 bits
  const bool good =
      !text.empty() && text.size() <= kMostDigits && text.find_first_not_of("0123456789") == std::string::npos;
  return good ? "" : fmt::format("'{}' is not a whole number of at least 0 with at most {} digits", text, kMostDigits);
}

}  // namespace eddy::cli
