#pragma once
// JSON documents, for sources that look into them.

#include <eddy/base/json_fwd.hpp>

#include <nlohmann/json.hpp>

#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>
#include <string>
#include <utility>

namespace nlohmann {

/// Whole numbers out of JSON: `json.get<std::size_t>()` and its like throw Json::exception for what is no whole number
/// of that type. The library's own conversion takes -1 for 2^64 - 1, and is undefined for 1e300.
template <std::integral Number>
requires(!std::same_as<Number, bool>) struct adl_serializer<Number> {
  template <class Document>
  static void to_json(Document& document, Number value) {
    nlohmann::to_json(document, value);
  }

  template <class Document>
  static void from_json(const Document& document, Number& value) {
    if (document.is_number_unsigned()) {
      value = in_range(document, *document.template get_ptr<const typename Document::number_unsigned_t*>());
    } else if (document.is_number_integer()) {
      value = in_range(document, *document.template get_ptr<const typename Document::number_integer_t*>());
    } else if (document.is_number_float()) {
      value = whole(document, *document.template get_ptr<const typename Document::number_float_t*>());
    } else {
      refuse(document);
    }
  }

 private:
  template <class Document>
  [[noreturn]] static void refuse(const Document& document) {
    constexpr std::size_t kLongest = 32;
    const auto* const text = document.template get_ptr<const typename Document::string_t*>();
    const bool is_short = document.is_number() || (text != nullptr && text->size() <= kLongest);
    const std::string shown = is_short ? document.dump(-1, ' ', false, Document::error_handler_t::replace)
                                       : std::string(document.type_name());
    throw detail::type_error::create(302, "not a whole number of its range: " + shown, &document);
  }

  template <class Document>
  static Number in_range(const Document& document, auto number) {
    if (!std::in_range<Number>(number)) {
      refuse(document);
    }
    return static_cast<Number>(number);
  }

  /// Programs that know no integers write 3.0.
  template <class Document>
  static Number whole(const Document& document, double number) {
    const double end = std::ldexp(1.0, std::numeric_limits<Number>::digits);
    if (!(number >= -end * std::numeric_limits<Number>::is_signed && number < end) || number != std::trunc(number)) {
      refuse(document);
    }
    return static_cast<Number>(number);
  }
};

}  // namespace nlohmann

extern template class nlohmann::basic_json<>;  // in json.cpp: a tenth less to compile for every source that looks into
                                               // JSON
