#include <eddy/events/python_value.hpp>

#include <algorithm>
#include <charconv>
#include <map>

namespace eddy::events {
namespace {

using Kind = PythonValue::Kind;

constexpr int kMaxListDepth = 16;                            // lists of names nest three levels
constexpr std::size_t kMaxRecalled = std::size_t{16} << 20;  // bytes of texts that are named again

void append_utf8(std::string& text, std::uint32_t code) {
  if (code < 0x80) {
    text.push_back(static_cast<char>(code));
    return;
  }
  const int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;  // continuation bytes
  constexpr std::uint32_t kLead[] = {0, 0xC0, 0xE0, 0xF0};
  text.push_back(static_cast<char>(kLead[more] | (code >> (6 * more))));
  for (int i = more - 1; i >= 0; --i) {
    text.push_back(static_cast<char>(0x80 | ((code >> (6 * i)) & 0x3F)));
  }
}

/// Python's raw-unicode-escape: Latin-1 bytes, \uXXXX and \UXXXXXXXX; nothing for what is no character.
std::optional<std::string> decode_raw_unicode(std::string_view raw) {
  std::string text;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    const std::size_t digits = raw.substr(i).starts_with("\\u") ? 4 : raw.substr(i).starts_with("\\U") ? 8 : 0;
    std::uint32_t code = static_cast<unsigned char>(raw[i]);
    if (digits != 0) {
      const std::string_view written = raw.substr(i + 2, digits);
      const char* const last = written.data() + written.size();
      const auto [end, error] = std::from_chars(written.data(), last, code, 16);
      const bool is_surrogate = code >= 0xD800 && code < 0xE000;
      if (written.size() < digits || error != std::errc{} || end != last || is_surrogate || code > 0x10FFFF) {
        return std::nullopt;
      }
      i += 1 + digits;
    }
    append_utf8(text, code);
  }
  return text;
}

/// The stack machine of protocol 0. Marks are positions in the stack.
class Unpickler {
 public:
  explicit Unpickler(std::string_view text) : rest_(text) {}

  std::optional<PythonValue> run() {
    while (!rest_.empty()) {
      const char code = rest_.front();
      rest_.remove_prefix(1);
      if (code == '.') {
        return stack_.size() == 1 && marks_.empty() ? std::optional(std::move(stack_.front())) : std::nullopt;
      }
      if (!step(code)) {
        return std::nullopt;
      }
    }
    return std::nullopt;
  }

 private:
  bool step(char code) {
    switch (code) {
      case '(':
        marks_.push_back(stack_.size());
        return true;
      case 'l':
      case 't':
        return collect(Kind::kSequence);
      case 'd':
        return collect(Kind::kMapping);
      case 'a':
        return append(1);
      case 's':
        return append(2);
      case 'p':
        return remember();
      case 'g':
        return recall();
      case 'N':
        stack_.emplace_back();
        return true;
      default:
        return push_scalar(code);
    }
  }

  bool push_scalar(char code) {
    const std::string_view line = take_line();
    switch (code) {
      case 'V':
        return push_unicode(line);
      case 'S':
        return push_quoted(line);
      case 'I':
        return push_integer(line);
      case 'L':
        return push_integer(line.ends_with('L') ? line.substr(0, line.size() - 1) : line);
      case 'F':
        stack_.push_back({Kind::kText, std::string(line)});
        return true;
      default:
        return false;
    }
  }

  bool push_unicode(std::string_view line) {
    std::optional<std::string> text = decode_raw_unicode(line);
    if (text) {
      stack_.push_back({Kind::kText, std::move(*text)});
    }
    return text.has_value();
  }

  bool push_quoted(std::string_view line) {
    std::optional<PythonValue> text = parse_python_literal(line);
    if (!text || text->kind != Kind::kText) {
      return false;
    }
    stack_.push_back(std::move(*text));
    return true;
  }

  bool push_integer(std::string_view line) {
    PythonValue value{line == "00" || line == "01" ? Kind::kBool : Kind::kInteger, std::string(line)};
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), value.integer);
    stack_.push_back(std::move(value));
    return error == std::errc{} && end == line.data() + line.size();
  }

  bool collect(Kind kind) {
    if (marks_.empty() || marks_.back() > stack_.size()) {
      return false;
    }
    const auto first = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
    PythonValue value{kind};
    value.items.assign(std::make_move_iterator(first), std::make_move_iterator(stack_.end()));
    stack_.erase(first, stack_.end());
    stack_.push_back(std::move(value));
    marks_.pop_back();
    return update_depth(stack_.back(), 0);
  }

  bool append(std::size_t n) {
    if (stack_.size() < n + 1) {
      return false;
    }
    const auto first = stack_.end() - static_cast<std::ptrdiff_t>(n);
    PythonValue& owner = *(first - 1);
    if (owner.kind != Kind::kSequence && owner.kind != Kind::kMapping) {
      return false;
    }
    const std::size_t n_before = owner.items.size();
    owner.items.insert(owner.items.end(), std::make_move_iterator(first), std::make_move_iterator(stack_.end()));
    stack_.erase(first, stack_.end());
    return update_depth(stack_.back(), n_before);
  }

  /// Notes the depth of `owner`, whose items from `first` on are new (kept in `integer`, which containers do not use):
  /// a value nested without bound could not even be destroyed.
  static bool update_depth(PythonValue& owner, std::size_t first) {
    for (std::size_t i = first; i < owner.items.size(); ++i) {
      const bool is_container = owner.items[i].kind == Kind::kSequence || owner.items[i].kind == Kind::kMapping;
      owner.integer = std::max<std::int64_t>(owner.integer, is_container ? owner.items[i].integer + 1 : 0);
    }
    return owner.integer <= kMaxListDepth;
  }

  bool remember() {
    const std::string key(take_line());
    // Only texts and numbers are ever recalled in lists of names. Containers, which are remembered before they are
    // filled, are not: recall() refuses them.
    memo_.erase(key);
    if (!stack_.empty() && stack_.back().kind != Kind::kSequence && stack_.back().kind != Kind::kMapping) {
      memo_.emplace(key, stack_.back());
    }
    return !stack_.empty();
  }

  bool recall() {
    const auto found = memo_.find(std::string(take_line()));
    if (found == memo_.end()) {
      return false;
    }
    recalled_ += found->second.text.size();
    stack_.push_back(found->second);
    return recalled_ <= kMaxRecalled;
  }

  std::string_view take_line() {
    const std::size_t end = std::min(rest_.find('\n'), rest_.size());
    const std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    return line;
  }

  std::string_view rest_;
  std::vector<PythonValue> stack_;
  std::vector<std::size_t> marks_;
  std::map<std::string, PythonValue> memo_;
  std::size_t recalled_ = 0;
};

}  // namespace

std::optional<PythonValue> unpickle(std::string_view text) { return Unpickler(text).run(); }

}  // namespace eddy::events
