#include <eddy/base/json.hpp>
#include <eddy/exchange/canonical_json.hpp>

#include <fmt/format.h>

namespace eddy::exchange {
namespace {

/// The shortest digits that are read back as `value`; a whole number keeps ".0".
std::string number_text(double value) {
  std::string text = fmt::format("{}", value);
  return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}

}  // namespace

std::string canonical_json(const base::Json& document) {
  std::string text;
  if (document.is_object()) {
    for (const auto& [key, value] : document.items()) {  // in the order of their bytes, which is that of code points
      text += (text.empty() ? "" : ", ") + base::Json(key).dump() + ": " + canonical_json(value);
    }
    return "{" + text + "}";
  }
  if (document.is_array()) {
    for (const base::Json& value : document) {
      text += (text.empty() ? "" : ", ") + canonical_json(value);
    }
    return "[" + text + "]";
  }
  return document.is_number_float() ? number_text(document.get<double>()) : document.dump();
}

}  // namespace eddy::exchange
