#include <eddy/base/error.hpp>
#include <eddy/base/inputs.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace eddy::base {

bool is_same_file(const std::string& a, const std::string& b) {
  std::error_code error;
  return std::filesystem::equivalent(a, b, error) && !error;
}

bool is_inside(const std::string& path, const std::string& folder) {
  std::error_code error;
  const std::filesystem::path outer = std::filesystem::canonical(folder, error);
  const std::filesystem::path inner = error ? outer : std::filesystem::weakly_canonical(path, error);
  if (error || inner == outer) {
    return false;
  }
  return std::ranges::mismatch(outer, inner).in1 == outer.end();
}

void require_not_an_input(const std::string& output, std::span<const std::string> inputs, const std::string& option) {
  for (const std::string& input : inputs) {
    if (is_same_file(output, input)) {
      throw InputError(
          fmt::format("the output '{}' is the input '{}', which would be replaced; give another name with {}", output,
                      input, option));
    }
    if (is_inside(input, output)) {
      throw InputError(
          fmt::format("the input '{}' stands in '{}', which belongs to the output and may be removed; move it, or give "
                      "another name with {}",
                      input, output, option));
    }
  }
}

}  // namespace eddy::base
