#include <eddy/events/python_value.hpp>

#include <cctype>
#include <charconv>

namespace eddy::events {
namespace {

constexpr int kMaxLiteralDepth = 16;  // a .npy header nests three levels; the bound stops hostile files

/// Recursive descent over one literal.
class LiteralParser {
 public:
  explicit LiteralParser(std::string_view text) : rest_(text) {}

  std::optional<PythonValue> parse_whole() {
    std::optional<PythonValue> value = parse_value(0);
    skip_spaces();
    return rest_.empty() ? value : std::nullopt;
  }

 private:
  void skip_spaces() {
    while (!rest_.empty() && std::isspace(static_cast<unsigned char>(rest_.front())) != 0) {
      rest_.remove_prefix(1);
    }
  }

  bool take(std::string_view token) {
    skip_spaces();
    if (!rest_.starts_with(token)) {
      return false;
    }
    rest_.remove_prefix(token.size());
    return true;
  }

  std::optional<PythonValue> parse_value(int depth) {
    skip_spaces();
    if (rest_.empty() || depth > kMaxLiteralDepth) {
      return std::nullopt;
    }
    if (take("(")) return parse_items(")", false, depth);
    if (take("[")) return parse_items("]", false, depth);
    if (take("{")) return parse_items("}", true, depth);
    if (take("True")) return PythonValue{PythonValue::Kind::kBool, "True", 1};
    if (take("False")) return PythonValue{PythonValue::Kind::kBool, "False", 0};
    if (take("None")) return PythonValue{};
    const char first = rest_.front();
    return first == '\'' || first == '"' ? parse_text() : parse_integer();
  }

  std::optional<PythonValue> parse_items(std::string_view end, bool mapping, int depth) {
    PythonValue value{mapping ? PythonValue::Kind::kMapping : PythonValue::Kind::kSequence};
    while (!take(end)) {
      std::optional<PythonValue> item = parse_value(depth + 1);
      if (!item) return std::nullopt;
      value.items.push_back(std::move(*item));
      if (mapping) {
        if (!take(":") || !(item = parse_value(depth + 1))) return std::nullopt;
        value.items.push_back(std::move(*item));
      }
      if (!take(",")) {
        return take(end) ? std::optional(std::move(value)) : std::nullopt;
      }
    }
    return value;
  }

  std::optional<PythonValue> parse_text() {
    const char quote = rest_.front();
    rest_.remove_prefix(1);
    PythonValue value{PythonValue::Kind::kText};
    while (!rest_.empty() && rest_.front() != quote) {
      if (rest_.front() == '\\') {
        rest_.remove_prefix(1);
        if (rest_.empty() || (rest_.front() != '\\' && rest_.front() != '\'' && rest_.front() != '"')) {
          return std::nullopt;
        }
      }
      value.text.push_back(rest_.front());
      rest_.remove_prefix(1);
    }
    return take(std::string_view(&quote, 1)) ? std::optional(std::move(value)) : std::nullopt;
  }

  std::optional<PythonValue> parse_integer() {
    PythonValue value{PythonValue::Kind::kInteger};
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value.integer);
    if (error != std::errc{}) {
      return std::nullopt;
    }
    const auto length = static_cast<std::size_t>(end - rest_.data());
    value.text = rest_.substr(0, length);
    rest_.remove_prefix(length);
    (void)take("L");  // Python 2 wrote long integers so
    return value;
  }

  std::string_view rest_;
};

}  // namespace

const PythonValue* PythonValue::find(std::string_view key) const {
  for (std::size_t i = 0; kind == Kind::kMapping && i + 1 < items.size(); i += 2) {
    if (items[i].kind == Kind::kText && items[i].text == key) {
      return &items[i + 1];
    }
  }
  return nullptr;
}

std::optional<PythonValue> parse_python_literal(std::string_view text) { return LiteralParser(text).parse_whole(); }

}  // namespace eddy::events
