#include <eddy/base/json.hpp>
#include <eddy/exchange/yaml.hpp>

#include <fmt/format.h>

namespace eddy::exchange {
namespace {

bool is_block(const base::Json& value) { return value.is_structured() && !value.empty(); }

/// YAML 1.1 reads 1e-05 as a text: a number with an exponent needs a point, and a sign.
std::string scalar(const base::Json& value) {
  std::string text = value.dump();
  if (const std::size_t e = text.find('e'); value.is_number_float() && e != std::string::npos) {
    text = text.find('.') == std::string::npos ? text.insert(e, ".0") : text;
  }
  return text;
}

void append(const base::Json& value, std::size_t indent, bool continues_line, std::string& text) {
  const std::string space(indent, ' ');
  bool first = continues_line;
  const auto begin_entry = [&] {
    text += first ? "" : space;
    first = false;
  };
  if (value.is_array()) {
    for (const base::Json& element : value) {
      begin_entry();
      text += "- ";
      if (is_block(element)) {
        append(element, indent + 2, true, text);
      } else {
        text += scalar(element) + "\n";
      }
    }
    return;
  }
  for (const auto& [key, element] : value.items()) {
    begin_entry();
    text += base::Json(key).dump() + ":";
    if (is_block(element)) {
      text += "\n";
      append(element, indent + 2, false, text);
    } else {
      text += " " + scalar(element) + "\n";
    }
  }
}

}  // namespace

std::string yaml_text(const base::Json& document) {
  std::string text;
  if (!is_block(document)) {
    return scalar(document) + "\n";
  }
  append(document, 0, false, text);
  return text;
}

}  // namespace eddy::exchange
