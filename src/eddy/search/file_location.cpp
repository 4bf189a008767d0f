#include <eddy/base/error.hpp>
#include <eddy/search/file_location.hpp>

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>

namespace eddy::search {
namespace {

/// Replaces ${NAME} by environment variables.
std::string expand_environment(const std::string& text) {
  std::string expanded;
  std::size_t at = 0;
  for (std::size_t open = text.find("${"); open != std::string::npos; open = text.find("${", at)) {
    const std::size_t close = text.find('}', open);
    if (close == std::string::npos) {
      break;
    }
    const std::string name = text.substr(open + 2, close - open - 2);
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) {
      throw base::InputError(fmt::format(
          "'{}' needs the environment variable {}, which is not set; run 'export {}=/path/to/it'", text, name, name));
    }
    expanded += text.substr(at, open - at) + value;
    at = close + 1;
  }
  return expanded + text.substr(at);
}

}  // namespace

events::Location locate(const std::string& text, const std::string& folder) {
  const std::string expanded = expand_environment(text);
  const bool absolute = std::filesystem::path(expanded).is_absolute();
  return events::parse_location(absolute ? expanded : (std::filesystem::path(folder) / expanded).string());
}

std::string short_name(const events::Location& location) {
  const std::string name = std::filesystem::path(location.path).filename().string();
  return location.group.empty() ? name : name + ":" + location.group;
}

}  // namespace eddy::search
