#include <eddy/base/cbor_depth.hpp>
#include <eddy/base/json.hpp>

#include <fuzz/json_mutator.hpp>

#include <algorithm>
#include <limits>
#include <random>
#include <string>
#include <string_view>

namespace eddy::fuzz {
namespace {

using base::Json;
using Random = std::minstd_rand;

std::size_t below(Random& random, std::size_t n) { return n == 0 ? 0 : random() % n; }

/// A value somewhere in `document`; deeper ones are as likely as those near the root.
Json& pick(Json& document, Random& random) {
  Json* here = &document;
  while (here->is_structured() && !here->empty() && below(random, 8) != 0) {
    auto next = here->begin();
    std::advance(next, static_cast<std::ptrdiff_t>(below(random, here->size())));
    here = &*next;
  }
  return *here;
}

Json strange_value(Random& random) {
  using Limits = std::numeric_limits<std::int64_t>;
  switch (below(random, 14)) {
    case 0:
      return nullptr;
    case 1:
      return true;
    case 2:
      return 0;
    case 3:
      return -1;
    case 4:
      return Limits::max();
    case 5:
      return Limits::min();
    case 6:
      return 1e308;
    case 7:
      return 0.5;
    case 8:
      return "";
    case 9:
      return "</script>\xC3\xA9";
    case 10:
      return Json::array();
    case 11:
      return Json::object();
    case 12:
      return std::numeric_limits<std::uint64_t>::max();
    default:
      return static_cast<std::int64_t>(below(random, 1U << 20U));
  }
}

void drop_entry(Json& value, Random& random) {
  auto at = value.begin();
  std::advance(at, static_cast<std::ptrdiff_t>(below(random, value.size())));
  value.erase(at);
}

void change_number(Json& value, Random& random) {
  if (value.is_number_integer()) {
    const auto bits =
        value.is_number_unsigned() ? value.get<std::uint64_t>() : static_cast<std::uint64_t>(value.get<std::int64_t>());
    value = static_cast<std::int64_t>(bits + below(random, 5) - 2);
  } else {
    value = value.get<double>() * (below(random, 2) == 0 ? -1.0 : 1e10);
  }
}

/// Another length, or other bytes.
void change_binary(Json& value, Random& random) {
  auto& bytes = value.get_binary();
  if (!bytes.empty() && below(random, 2) == 0) {
    bytes[below(random, bytes.size())] = static_cast<std::uint8_t>(random());
  } else {
    bytes.resize(below(random, bytes.size() + 8));
  }
}

void change(Json& document, Random& random) {
  Json& value = pick(document, random);
  const std::size_t choice = below(random, 6);
  if (value.is_structured() && !value.empty() && choice < 3) {
    drop_entry(value, random);
  } else if (value.is_array() && !value.empty() && choice == 3) {
    value.push_back(Json(value[below(random, value.size())]));
  } else if (value.is_number() && choice < 3) {
    change_number(value, random);
  } else if (value.is_binary() && choice < 4) {
    change_binary(value, random);
  } else if (choice == 4) {
    const Json other = pick(document, random);  // a copy: one may be part of the other
    pick(document, random) = other;
  } else {
    value = strange_value(random);
  }
}

/// Levels that a parser or a writer that calls itself would not come back from.
bool is_deep(std::string_view text, Shape shape) {
  return shape == Shape::kCbor ? base::is_cbor_deeper_than(text, base::kDeepestDocument)
                               : std::ranges::count_if(text, [](char c) { return c == '[' || c == '{'; }) > 20000;
}

/// Discarded where the input is none: CBOR that claims 2^63 elements throws all the same.
Json parse(Bytes input, Shape shape) try {
  if (is_deep(text_of(input), shape)) {
    return Json(Json::value_t::discarded);
  }
  return shape == Shape::kCbor ? Json::from_cbor(input.begin(), input.end(), true, false)
                               : Json::parse(input.begin(), input.end(), nullptr, false);
} catch (const Json::exception&) {
  return Json(Json::value_t::discarded);
}

}  // namespace

std::vector<std::uint8_t> mutate_json(Bytes input, Shape shape, unsigned seed) {
  Random random(seed + 1);
  Json document = parse(input, shape);
  if (document.is_discarded() || below(random, 16) == 0) {
    return {};
  }
  for (std::size_t n = below(random, 3) + 1; n > 0; --n) {
    change(document, random);
  }
  if (shape == Shape::kCbor) {
    return Json::to_cbor(document);
  }
  const std::string text = document.dump(-1, ' ', false, Json::error_handler_t::replace);
  return {text.begin(), text.end()};
}

}  // namespace eddy::fuzz
