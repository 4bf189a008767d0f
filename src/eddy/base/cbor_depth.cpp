#include <eddy/base/cbor_depth.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

namespace eddy::base {
namespace {

constexpr std::uint64_t kUntilBreak = std::numeric_limits<std::uint64_t>::max();

/// The first byte of an item, with the number that belongs to it.
struct Head {
  unsigned major = 0;
  std::uint64_t argument = 0;  ///< kUntilBreak: of indefinite length
  bool is_break = false;
};

/// Nothing where the bytes end or mean nothing.
std::optional<Head> read_head(std::string_view cbor, std::size_t& at) {
  constexpr unsigned kBreak = 0xFF;
  constexpr unsigned kIndefinite = 31;
  constexpr unsigned kFirstOfBytes = 24;
  constexpr unsigned kLastOfBytes = 27;
  const auto byte_at = [&](std::size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(cbor[i])); };
  if (at >= cbor.size()) {
    return std::nullopt;
  }
  const unsigned first = byte_at(at++);
  Head head{.major = first >> 5U, .argument = first & 31U, .is_break = first == kBreak};
  if (head.is_break) {
    return head;
  }
  if (head.argument == kIndefinite) {
    head.argument = kUntilBreak;
    return head.major >= 2 && head.major <= 5 ? std::optional(head) : std::nullopt;
  }
  if (head.argument > kLastOfBytes) {
    return std::nullopt;
  }
  if (head.argument >= kFirstOfBytes) {
    const std::size_t n = std::size_t{1} << (head.argument - kFirstOfBytes);
    if (cbor.size() - at < n) {
      return std::nullopt;
    }
    head.argument = 0;
    for (std::size_t i = 0; i < n; ++i) {
      head.argument = head.argument << 8U | byte_at(at++);
    }
  }
  return head;
}

/// Items that an array, map, tag or string in pieces holds; 0 for anything without items.
std::uint64_t items_of(const Head& head) {
  constexpr unsigned kArray = 4;
  constexpr unsigned kMap = 5;
  constexpr unsigned kTag = 6;
  switch (head.major) {
    case kArray:
      return head.argument;
    case kMap:
      return head.argument > kUntilBreak / 2 ? kUntilBreak : 2 * head.argument;
    case kTag:
      return 1;
    default:
      return (head.major == 2 || head.major == 3) && head.argument == kUntilBreak ? kUntilBreak : 0;
  }
}

/// One item more is complete, and with it every array whose last one it is.
void complete_item(std::vector<std::uint64_t>& missing) {
  while (!missing.empty() && missing.back() != kUntilBreak && --missing.back() == 0) {
    missing.pop_back();
  }
}

}  // namespace

bool is_cbor_deeper_than(std::string_view cbor, std::size_t levels) {
  std::vector<std::uint64_t> missing;  // items of each open array, from the outermost on
  std::size_t at = 0;
  do {
    const std::optional<Head> head = read_head(cbor, at);
    if (!head || (head->is_break && (missing.empty() || missing.back() != kUntilBreak))) {
      return false;
    }
    const bool is_string = head->major == 2 || head->major == 3;
    if (head->is_break) {
      missing.pop_back();
      complete_item(missing);
    } else if (const std::uint64_t n = items_of(*head); n > 0) {
      missing.push_back(n);
    } else if (is_string && head->argument > cbor.size() - at) {
      return false;
    } else {
      at += is_string ? head->argument : 0;
      complete_item(missing);
    }
  } while (!missing.empty() && missing.size() <= levels);
  return missing.size() > levels;
}

}  // namespace eddy::base
