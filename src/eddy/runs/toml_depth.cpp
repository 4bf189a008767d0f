#include <eddy/runs/toml_depth.hpp>

#include <algorithm>

namespace eddy::runs {
namespace {

bool is_part_of_key(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') ||
         letter == '_' || letter == '-' || letter == ' ' || letter == '\t';
}

/// Where a string that begins at `at` ends: behind its closing quotes, of a multi-line string three, or of the text.
std::size_t end_of_string(std::string_view text, std::size_t at) {
  const char quote = text[at];
  const bool is_long =
      text.substr(at, 3) == std::string_view("\"\"\"") || text.substr(at, 3) == std::string_view("'''");
  const std::size_t n_quotes = is_long ? 3 : 1;
  for (std::size_t i = at + n_quotes; i < text.size(); ++i) {
    if (text[i] == '\\' && quote == '"') {
      ++i;
    } else if (text[i] == '\n' && !is_long) {
      return i;  // not closed: the parser says so
    } else if (text.substr(i, n_quotes).find_first_not_of(quote) == std::string_view::npos &&
               i + n_quotes <= text.size()) {
      return i + n_quotes;
    }
  }
  return text.size();
}

}  // namespace

std::size_t line_of_deep_key(std::string_view text) {
  std::size_t n_parts = 1;
  for (std::size_t at = 0; at < text.size();) {
    const char letter = text[at];
    if (letter == '"' || letter == '\'') {
      at = end_of_string(text, at);
      continue;
    }
    if (letter == '#') {
      at = std::min(text.find('\n', at), text.size());
      continue;
    }
    n_parts = letter == '.' ? n_parts + 1 : is_part_of_key(letter) ? n_parts : 1;
    if (n_parts > kMostKeyParts) {
      return 1 + static_cast<std::size_t>(std::ranges::count(text.substr(0, at), '\n'));
    }
    ++at;
  }
  return 0;
}

}  // namespace eddy::runs
