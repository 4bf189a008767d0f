#include <eddy/events/text_encoding.hpp>

#include <algorithm>
#include <cstddef>

namespace eddy::events {
namespace {

/// Length of the UTF-8 sequence that a byte begins; 0 when none can begin so (control characters included).
std::size_t sequence_length(unsigned char lead) {
  if (lead < 0x80) {
    return (lead >= 0x20 && lead != 0x7F) || lead == '\t' || lead == '\r' || lead == '\n' ? 1 : 0;
  }
  return lead >= 0xF0 && lead < 0xF8 ? 4 : lead >= 0xE0 && lead < 0xF0 ? 3 : lead >= 0xC2 && lead < 0xE0 ? 2 : 0;
}

}  // namespace

bool is_text(std::string_view start) {
  for (std::size_t i = 0; i < start.size();) {
    const std::size_t length = sequence_length(static_cast<unsigned char>(start[i]));
    const std::string_view rest = length == 0 ? std::string_view() : start.substr(i + 1, length - 1);
    const bool continues = std::ranges::all_of(rest, [](char letter) { return (letter & 0xC0) == 0x80; });
    if (length == 0 || !continues) {
      return false;
    }
    i += length;
  }
  return true;
}

std::string from_latin1(std::string_view text) {
  std::string utf8;
  for (const char letter : text) {
    const auto code = static_cast<unsigned char>(letter);
    if (code < 0x80) {
      utf8 += letter;
    } else {
      utf8 += static_cast<char>(0xC0U | code >> 6U);
      utf8 += static_cast<char>(0x80U | (code & 0x3FU));
    }
  }
  return utf8;
}

}  // namespace eddy::events
