#include <eddy/events/expression_tokens.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <system_error>

namespace eddy::events {
namespace {

using Token = ExpressionToken;

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kNameLetters = "0123456789_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

bool is_one_of(std::string_view letters, std::string_view text, std::size_t at) {
  return at < text.size() && letters.find(text[at]) != std::string_view::npos;
}

std::size_t end_of(std::string_view letters, std::string_view text, std::size_t at) {
  return std::min(text.find_first_not_of(letters, at), text.size());
}

/// Place after the number that begins at `first`: digits, point, exponent.
std::size_t end_of_number(std::string_view text, std::size_t first) {
  std::size_t last = end_of(kDigits, text, first);
  if (is_one_of(".", text, last)) {
    last = end_of(kDigits, text, last + 1);
  }
  if (is_one_of("eE", text, last)) {
    const std::size_t digits = last + (is_one_of("+-", text, last + 1) ? 2 : 1);
    last = is_one_of(kDigits, text, digits) ? end_of(kDigits, text, digits) : last;
  }
  return last;
}

Token number_token(std::string_view text, std::size_t first) {
  constexpr std::size_t kMaxDigits = 37;  // 10^37 < 2^126
  Token token{Token::Kind::kNumber, {}, first, end_of_number(text, first)};
  token.text = text.substr(first, token.last - first);
  if (is_one_of(kNameLetters, text, token.last) || is_one_of(".", text, token.last)) {
    throw expression_error(text, token.last,
                           fmt::format("unexpected '{}' after the number {} (a column name that begins with a digit "
                                       "stands in backticks: `name`)",
                                       text[token.last], token.text));
  }
  const auto [end, error] = std::from_chars(token.text.data(), token.text.data() + token.text.size(), token.real);
  if (error != std::errc{}) {
    throw expression_error(text, first, fmt::format("the number {} is beyond the range of float64", token.text));
  }
  token.is_integer = token.text.find_first_not_of(kDigits) == std::string::npos && token.text.size() <= kMaxDigits;
  for (const char digit : token.is_integer ? std::string_view(token.text) : std::string_view()) {
    token.integer = 10 * token.integer + (digit - '0');
  }
  return token;
}

Token quoted_token(std::string_view text, std::size_t first) {
  const std::size_t close = text.find('`', first + 1);
  if (close == std::string_view::npos || close == first + 1) {
    throw expression_error(text, first, "a backtick without a column name and a second backtick after it");
  }
  return {Token::Kind::kQuotedName, std::string(text.substr(first + 1, close - first - 1)), first, close + 1};
}

/// The character at a place, all bytes of it in UTF-8.
std::string_view character(std::string_view text, std::size_t at) {
  std::size_t last = at + 1;
  while (last < text.size() && (static_cast<unsigned char>(text[last]) & 0xC0U) == 0x80U) {
    ++last;
  }
  return text.substr(at, last - at);
}

/// What users of other languages write, and its form here.
std::string_view foreign(std::string_view text, std::size_t at) {
  struct ForeignForm {
    std::string_view written;
    std::string_view problem;
  };
  constexpr std::array kForeignForms = {
      ForeignForm{"**", "'**' (write '^' for a power)"},
      ForeignForm{"=>", "'=>' (write '>=')"},
      ForeignForm{"=<", "'=<' (write '<=')"},
      ForeignForm{"<>", "'<>' (write '!=')"},
      ForeignForm{"=", "a single '=' (write '==' to compare)"},
      ForeignForm{"&", "a single '&' (write '&&')"},
      ForeignForm{"|", "a single '|' (write '||')"},
      ForeignForm{"\"", "a text in quotes (columns hold numbers; column names stand bare or in backticks: `name`)"},
      ForeignForm{"'", "a text in quotes (columns hold numbers; column names stand bare or in backticks: `name`)"},
      ForeignForm{".",
                  "'.' (a column name with other characters than letters, digits and '_' stands in backticks: `a.b`)"},
  };
  for (const ForeignForm& form : kForeignForms) {
    if (text.substr(at).starts_with(form.written)) {
      return form.problem;
    }
  }
  return {};
}

/// "==", "<", "(", ...
Token symbol_token(std::string_view text, std::size_t first) {
  constexpr std::array<std::string_view, 21> kSymbols = {"==", "!=", "<=", ">=", "&&", "||", "<", ">", "+", "-", "*",
                                                         "/",  "%",  "^",  "!",  "?",  ":",  "(", ")", ",", "="};
  const std::string_view problem = foreign(text, first);
  const auto* const found =
      std::ranges::find_if(kSymbols, [&](std::string_view symbol) { return text.substr(first).starts_with(symbol); });
  const bool is_double = found != kSymbols.end() && found->size() == 2;
  if (!problem.empty() && !is_double) {
    throw expression_error(text, first, problem);
  }
  if (found == kSymbols.end()) {
    throw expression_error(text, first,
                           fmt::format("unexpected '{}' (a column name with such a character stands in backticks: "
                                       "`name`)",
                                       character(text, first)));
  }
  return {Token::Kind::kSymbol, std::string(*found), first, first + found->size()};
}

Token next_token(std::string_view text, std::size_t first) {
  if (is_one_of(kDigits, text, first) || (text[first] == '.' && is_one_of(kDigits, text, first + 1))) {
    return number_token(text, first);
  }
  if (text[first] == '`') {
    return quoted_token(text, first);
  }
  if (is_one_of(kNameLetters, text, first)) {
    const std::size_t last = end_of(kNameLetters, text, first);
    return {Token::Kind::kName, std::string(text.substr(first, last - first)), first, last};
  }
  return symbol_token(text, first);
}

}  // namespace

base::InputError expression_error(std::string_view text, std::size_t position, std::string_view problem) {
  constexpr std::size_t kMaxShown = 400;  // beyond it nobody looks for the place
  const std::string where = position >= text.size() ? " at its end" : fmt::format(" at character {}", position + 1);
  const std::string shown =
      text.size() <= kMaxShown ? std::string(text) : fmt::format("{}...", text.substr(0, kMaxShown));
  return base::InputError(
      fmt::format("cannot understand the expression '{}'{}: {}; use column names, numbers, + - * / % ^, "
                  "< <= > >= == != && || ! ?:, and functions such as sqrt, abs, log, exp, min, max",
                  shown, where, problem));
}

bool is_plain_name(std::string_view name) {
  return !name.empty() && !is_one_of(kDigits, name, 0) && end_of(kNameLetters, name, 0) == name.size();
}

std::vector<ExpressionToken> expression_tokens(std::string_view text) {
  constexpr std::string_view kSpaces = " \t\r\n";
  std::vector<Token> tokens;
  std::size_t at = end_of(kSpaces, text, 0);
  while (at < text.size()) {
    tokens.push_back(next_token(text, at));
    at = end_of(kSpaces, text, tokens.back().last);
  }
  tokens.push_back({Token::Kind::kEnd, "", text.size(), text.size()});
  return tokens;
}

}  // namespace eddy::events
