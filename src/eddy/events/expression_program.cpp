#include <eddy/base/options.hpp>
#include <eddy/events/expression_program.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace eddy::events {
namespace {

using Token = ExpressionToken;

constexpr int kMaxNesting = 100;  // 200 exhausted the stack under the address sanitizer

struct Range {
  std::size_t first;
  std::size_t last;
};

/// What is known of a part of the expression before any column is.
struct Operand {
  enum class Form { kOther, kOrder, kEquality, kNot };  ///< the last three only where they are not in parentheses
  Range range;
  Form form = Form::kOther;
  bool is_truth = false;
  std::vector<Range> sides = {};        ///< of comparisons (in parentheses too): what is compared; of "!x": x
  std::vector<std::string> signs = {};  ///< of comparisons: what stands between the sides
};
using Form = Operand::Form;

/// The operators of a level of precedence that read from left to right, and their steps.
struct Operator {
  std::string_view sign;
  ExpressionStep step;
};

const std::vector<std::vector<Operator>>& operator_levels() {
  static const std::vector<std::vector<Operator>> levels = {
      {{"||", LogicalOr{}}},
      {{"&&", LogicalAnd{}}},
      {{"==", Comparison::kEqual}, {"!=", Comparison::kNotEqual}},
      {{"<=", Comparison::kLessEqual},
       {">=", Comparison::kGreaterEqual},
       {"<", Comparison::kLess},
       {">", Comparison::kGreater}},
      {{"+", Arithmetic::kAdd}, {"-", Arithmetic::kSubtract}},
      {{"*", Arithmetic::kMultiply}, {"/", Arithmetic::kDivide}, {"%", Arithmetic::kRemainder}},
  };
  return levels;
}
constexpr std::size_t kEqualityLevel = 2;
constexpr std::size_t kOrderLevel = 3;

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text), tokens_(expression_tokens(text)) {}

  ExpressionProgram parse() {
    if (next().kind == Token::Kind::kEnd) {
      throw expression_error(text_, 0, "it is empty");
    }
    (void)choice();
    if (next().kind != Token::Kind::kEnd) {
      throw_unexpected();
    }
    return std::move(program_);
  }

 private:
  [[nodiscard]] const Token& next() const { return tokens_[at_]; }
  [[nodiscard]] bool next_is(std::string_view symbol) const {
    return next().kind == Token::Kind::kSymbol && next().text == symbol;
  }
  bool skip(std::string_view symbol) {
    const bool found = next_is(symbol);
    at_ += found ? 1 : 0;
    return found;
  }
  [[nodiscard]] std::string_view words(Range range) const {
    return text_.substr(range.first, range.last - range.first);
  }
  void emit(ExpressionStep step) { program_.steps.push_back(step); }

  /// a ? b : c, the loosest.
  Operand choice() {
    const Nesting nesting(*this);
    Operand condition = binary(0);
    if (!skip("?")) {
      return condition;
    }
    const Operand yes = choice();
    if (!skip(":")) {
      throw expression_error(text_, next().first, "the ':' that belongs to '?' is missing");
    }
    const Operand no = choice();
    emit(Choose{});
    return {.range = {condition.range.first, no.range.last}, .is_truth = yes.is_truth && no.is_truth};
  }

  /// Operators of `level` and those that bind more tightly.
  Operand binary(std::size_t level) {
    if (level == operator_levels().size()) {
      return prefixed();
    }
    std::vector<Operand> operands = {binary(level + 1)};
    std::vector<std::string> signs;
    while (const Operator* const found = next_operator(level)) {
      signs.emplace_back(found->sign);
      ++at_;
      operands.push_back(binary(level + 1));
      if (level >= kEqualityLevel && operands.size() == 2) {
        refuse_negated(operands[0], signs[0], operands[1]);
      }
      emit(found->step);
      if (level != kEqualityLevel && level != kOrderLevel) {  // the first of a long sum is not needed any more
        operands = {joined(level, operands)};
        signs.clear();
      }
    }
    return signs.empty() ? std::move(operands[0]) : compared(level, operands, signs);
  }

  [[nodiscard]] const Operator* next_operator(std::size_t level) const {
    const std::vector<Operator>& operators = operator_levels()[level];
    const auto found =
        std::ranges::find_if(operators, [&](const Operator& candidate) { return next_is(candidate.sign); });
    return found == operators.end() ? nullptr : &*found;
  }

  static Operand joined(std::size_t level, const std::vector<Operand>& operands) {
    return {.range = {operands.front().range.first, operands.back().range.last}, .is_truth = level < kEqualityLevel};
  }

  /// The comparison of `operands`, two unless it is a chain, which means something else than it says.
  Operand compared(std::size_t level, const std::vector<Operand>& operands, const std::vector<std::string>& signs) {
    Operand result = joined(level, operands);
    result.is_truth = true;
    result.form = level == kOrderLevel ? Form::kOrder : Form::kEquality;
    for (std::size_t i = 0; i < operands.size(); ++i) {
      const Operand& operand = operands[i];
      const bool is_comparison = !operand.signs.empty() && (level == kOrderLevel || operand.form == Form::kOrder);
      const std::vector<Range> sides = is_comparison ? operand.sides : std::vector{operand.range};
      result.sides.insert(result.sides.end(), sides.begin(), sides.end());
      if (is_comparison) {
        result.signs.insert(result.signs.end(), operand.signs.begin(), operand.signs.end());
      }
      if (i < signs.size()) {
        result.signs.push_back(signs[i]);
      }
    }
    if (level == kOrderLevel) {
      refuse_ordered_truths(result, operands);
    } else {
      refuse_mixed_equality(result, operands);
    }
    return result;
  }

  /// a < b < c, (a < b) < c, (a && b) < c.
  void refuse_ordered_truths(const Operand& whole, const std::vector<Operand>& operands) const {
    if (operands.size() > 2 || whole.signs.size() > 1) {
      refuse_chain(whole, "");
    }
    for (const Operand& operand : operands) {
      if (operand.is_truth) {
        throw base::InputError(fmt::format(
            "the expression '{}' asks whether a condition, '{}', is larger or smaller than something (in '{}'), but "
            "it is only true or false; join conditions by && and ||",
            text_, words(operand.range), words(whole.range)));
      }
    }
  }

  /// a == b == c, a < b == c; but a < b == c < d says whether both are true or both are false.
  void refuse_mixed_equality(const Operand& whole, const std::vector<Operand>& operands) const {
    const bool has_order = std::ranges::any_of(operands, [](const Operand& o) { return o.form == Form::kOrder; });
    const bool all_truths = std::ranges::all_of(operands, &Operand::is_truth);
    if (operands.size() > 2 || (has_order && !all_truths)) {
      refuse_chain(whole, ", or put the comparison that is meant into parentheses");
    }
  }

  [[noreturn]] void refuse_chain(const Operand& whole, std::string_view otherwise) const {
    std::string meant;
    for (std::size_t i = 0; i < whole.signs.size(); ++i) {
      meant += fmt::format("{}{} {} {}", i == 0 ? "" : " && ", words(whole.sides[i]), whole.signs[i],
                           words(whole.sides[i + 1]));
    }
    throw base::InputError(
        fmt::format("the expression '{}' has the chain of comparisons '{}', which compares the outcome of the first, "
                    "true or false, with what follows; write '{}'{}",
                    text_, words(whole.range), meant, otherwise));
  }

  /// !x > 0 would be (!x) > 0.
  void refuse_negated(const Operand& left, const std::string& sign, const Operand& right) const {
    if (left.form == Form::kNot) {
      throw base::InputError(
          fmt::format("in the expression '{}' the '!' of '{} {} {}' belongs to '{}' alone; write '!({} {} {})'", text_,
                      words(left.range), sign, words(right.range), words(left.sides[0]), words(left.sides[0]), sign,
                      words(right.range)));
    }
  }

  /// -x, +x, !x.
  Operand prefixed() {
    const std::size_t first = next().first;
    if (skip("!")) {
      const Nesting nesting(*this);
      const Operand operand = prefixed();
      emit(LogicalNot{});
      return {.range = {first, operand.range.last}, .form = Form::kNot, .is_truth = true, .sides = {operand.range}};
    }
    if (next_is("-") || next_is("+")) {
      const Nesting nesting(*this);
      const bool negative = next_is("-");
      ++at_;
      const Operand operand = prefixed();
      if (negative) {
        emit(Negate{});
      }
      return {.range = {first, operand.range.last}};
    }
    return power();
  }

  /// a ^ b ^ c is a ^ (b ^ c), and -a ^ b is -(a ^ b).
  Operand power() {
    Operand base = primary();
    if (!skip("^")) {
      return base;
    }
    const Nesting nesting(*this);
    const Operand exponent = prefixed();
    emit(Arithmetic::kPower);
    return {.range = {base.range.first, exponent.range.last}};
  }

  Operand primary() {
    const Token& token = next();
    const Range range = {token.first, token.last};
    switch (token.kind) {
      case Token::Kind::kNumber:
        ++at_;
        emit(PushNumber{token.is_integer, token.integer, token.real});
        return {.range = range};
      case Token::Kind::kName:
        ++at_;
        return next_is("(") ? call(token) : named(token);
      case Token::Kind::kQuotedName:
        ++at_;
        emit(PushColumn{variable(token.text)});
        return {.range = range};
      default:
        break;
    }
    if (!skip("(")) {
      throw_unexpected();
    }
    Operand inside = choice();
    close_parenthesis();
    inside.form = Form::kOther;
    inside.range = {range.first, tokens_[at_ - 1].last};
    return inside;
  }

  void close_parenthesis() {
    if (next().kind == Token::Kind::kEnd) {
      throw expression_error(text_, next().first, "a ')' is missing");
    }
    if (!skip(")")) {
      throw_unexpected();
    }
  }

  Operand named(const Token& token) {
    const auto constants = expression_constants();
    const auto constant = std::ranges::find(constants, token.text, &ExpressionConstant::name);
    if (constant != constants.end()) {
      emit(PushNumber{false, 0, constant->value});
    } else {
      emit(PushColumn{variable(token.text)});
    }
    return {.range = {token.first, token.last}};
  }

  std::size_t variable(const std::string& name) {
    std::vector<std::string>& names = program_.variables;
    const auto found = std::ranges::find(names, name);
    const auto place = static_cast<std::size_t>(found - names.begin());
    if (found == names.end()) {
      names.push_back(name);
    }
    return place;
  }

  Operand call(const Token& name) {
    const ExpressionFunction& function = find_function(name);
    (void)skip("(");
    std::size_t n = 0;
    if (!next_is(")")) {
      do {
        (void)choice();
        ++n;
      } while (skip(","));
    }
    close_parenthesis();
    if (n < function.min_arguments || n > function.max_arguments) {
      throw expression_error(text_, name.first,
                             fmt::format("{} takes {}{} argument{} and is given {}", function.name,
                                         function.max_arguments == function.min_arguments ? "" : "at least ",
                                         function.min_arguments, function.min_arguments == 1 ? "" : "s", n));
    }
    emit(Call{&function, n});
    return {.range = {name.first, tokens_[at_ - 1].last}, .is_truth = function.is_condition};
  }

  [[nodiscard]] const ExpressionFunction& find_function(const Token& name) const {
    const auto functions = expression_functions();
    const auto found = std::ranges::find(functions, name.text, &ExpressionFunction::name);
    if (found != functions.end()) {
      return *found;
    }
    std::vector<std::string> names;
    std::ranges::transform(functions, std::back_inserter(names), [](const auto& f) { return std::string(f.name); });
    const std::string nearest = base::nearest_name(name.text, names);
    const std::string_view form = foreign(name.text);
    throw expression_error(text_, name.first,
                           fmt::format("there is no function '{}' ({})", name.text,
                                       !form.empty()     ? fmt::format("write '{}'", form)
                                       : nearest.empty() ? fmt::format("there are {}", fmt::join(names, ", "))
                                                         : fmt::format("did you mean '{}'?", nearest)));
  }

  /// What stands here for a word of other languages.
  static std::string_view foreign(std::string_view word) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kForms = {
        {{"and", "&&"}, {"or", "||"}, {"not", "!"}, {"pow", "a ^ b"}, {"mod", "a % b"}, {"fmod", "a % b"}}};
    const auto* const found = std::ranges::find(kForms, word, [](const auto& form) { return form.first; });
    return found == kForms.end() ? std::string_view() : found->second;
  }

  [[noreturn]] void throw_unexpected() const {
    if (next().kind == Token::Kind::kEnd) {
      throw expression_error(text_, next().first, "a column or number is missing");
    }
    std::string_view form = foreign(next().text);
    std::string_view word = next().text;
    if (form.empty() && at_ > 0 && tokens_[at_ - 1].text == "not") {
      word = tokens_[at_ - 1].text;
      form = foreign(word);
    }
    const bool several = next().text == ",";
    throw expression_error(text_, next().first,
                           fmt::format("unexpected '{}'{}", next().text,
                                       several        ? " (an expression has one value)"
                                       : form.empty() ? ""
                                                      : fmt::format(" (write '{}' for '{}')", form, word)));
  }

  /// Counts how deep the parser is inside of parentheses and prefixes.
  class Nesting {
   public:
    explicit Nesting(Parser& parser) : parser_(parser) {
      if (++parser_.depth_ > kMaxNesting) {
        throw expression_error(
            parser_.text_, parser_.next().first,
            fmt::format("it is nested more than {} levels deep; derive a column from a part of it", kMaxNesting));
      }
    }
    Nesting(const Nesting&) = delete;
    Nesting& operator=(const Nesting&) = delete;
    ~Nesting() { --parser_.depth_; }

   private:
    Parser& parser_;
  };

  std::string_view text_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  int depth_ = 0;
  ExpressionProgram program_;
};

}  // namespace

ExpressionProgram parse_expression(std::string_view text) { return Parser(text).parse(); }

}  // namespace eddy::events
