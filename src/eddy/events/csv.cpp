#include <eddy/base/error.hpp>
#include <eddy/events/columns.hpp>
#include <eddy/events/csv.hpp>
#include <eddy/events/csv_column.hpp>
#include <eddy/events/line_reader.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <optional>

namespace eddy::events {
namespace {

using base::InputError;

constexpr std::string_view kSpaces = " \t";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kSpaces);
  return first == std::string_view::npos ? std::string_view()
                                         : text.substr(first, text.find_last_not_of(kSpaces) - first + 1);
}

bool is_comment(std::string_view line) { return trimmed(line).starts_with('#'); }
bool is_blank(std::string_view line) { return trimmed(line).empty(); }

/// Takes the next field off `rest`, quotes removed but doubled quotes kept; nothing when a quote is not closed
/// properly.
std::optional<std::string_view> take_field(std::string_view& rest) {
  const std::size_t start = std::min(rest.find_first_not_of(kSpaces), rest.size());
  std::size_t end = std::min(rest.find(',', start), rest.size());
  std::string_view field = trimmed(rest.substr(0, end));
  if (start < rest.size() && rest[start] == '"') {
    std::size_t close = rest.find('"', start + 1);
    while (close != std::string_view::npos && close + 1 < rest.size() && rest[close + 1] == '"') {
      close = rest.find('"', close + 2);
    }
    if (close == std::string_view::npos) {
      return std::nullopt;
    }
    field = rest.substr(start + 1, close - start - 1);
    end = std::min(rest.find(',', close), rest.size());
    if (!trimmed(rest.substr(close + 1, end - close - 1)).empty()) {
      return std::nullopt;
    }
  }
  rest = end < rest.size() ? rest.substr(end + 1) : std::string_view();
  return field;
}

/// Number of commas that stand outside of quotes, plus one.
std::size_t count_fields(std::string_view line) {
  bool quoted = false;
  std::size_t n = 1;
  for (const char letter : line) {
    quoted ^= letter == '"';
    n += letter == ',' && !quoted ? 1 : 0;
  }
  return n;
}

std::string unescaped(std::string_view field) {
  std::string text(field);
  for (std::size_t at = text.find("\"\""); at != std::string::npos; at = text.find("\"\"", at + 1)) {
    text.erase(at, 1);
  }
  return text;
}

struct Header {
  std::vector<std::string> names;
  bool leading_index = false;  ///< the first field is unnamed row labels; `names` begins with the second
  std::size_t first_line = 0;  ///< number of the last line before the values
  [[nodiscard]] std::size_t n_fields() const { return names.size() + (leading_index ? 1 : 0); }
};

[[noreturn]] void throw_quote(const Location& location, std::size_t line) {
  throw InputError(
      fmt::format("line {} of {} has a quote that is not closed before the next comma; write \"\" for a quote "
                  "inside a name",
                  line, shown(location)));
}

/// The fields of a line of names; nothing when a quote is not closed properly.
std::optional<std::vector<std::string>> split_names(std::string_view line) {
  std::vector<std::string> names;
  const std::size_t n_fields = count_fields(line);
  std::string_view rest = line;
  for (std::size_t i = 0; i < n_fields; ++i) {
    const std::optional<std::string_view> field = take_field(rest);
    if (!field) {
      return std::nullopt;
    }
    names.push_back(unescaped(*field));
  }
  return names;
}

bool all_numbers(const std::vector<std::string>& fields) { return std::ranges::all_of(fields, is_csv_number); }

/// 0,1,2,... is what pandas writes above columns without names.
bool counts_from_zero(const std::vector<std::string>& fields) {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (fields[i] != std::to_string(i)) {
      return false;
    }
  }
  return true;
}

void check_names(const Location& location, Header& header) {
  if (header.names.size() > 1 && header.names.front().empty()) {
    header.leading_index = true;
    header.names.erase(header.names.begin());
  }
  if (header.names.size() == 1 && header.names.front().find_first_of(";\t") != std::string::npos) {
    throw InputError(fmt::format("the header '{}' of {} has no commas; separate the columns by commas",
                                 header.names.front(), shown(location)));
  }
  if (all_numbers(header.names) && !counts_from_zero(header.names)) {
    throw InputError(
        fmt::format("line {} of {} holds numbers where column names are expected; put a header line such as "
                    "'met,m_j1' above them",
                    header.first_line, shown(location)));
  }
  const auto unnamed = std::ranges::find(header.names, "");
  if (unnamed != header.names.end()) {
    throw InputError(fmt::format("column {} in the header of {} has no name; give it one",
                                 unnamed - header.names.begin() + (header.leading_index ? 2 : 1), shown(location)));
  }
}

/// The header: the first line, or the last comment when numbers follow it at once.
Header read_header(const Location& location) {
  LineReader reader(location.path);
  Header header;
  std::vector<std::string> comment;
  std::size_t comment_line = 0;
  for (std::string_view line; reader.next(line);) {
    if (is_comment(line)) {
      comment_line = reader.number();
      const std::string_view text = trimmed(line).substr(1);
      const bool has_pairs = std::ranges::count(text, '"') % 2 == 0;
      comment = (has_pairs ? split_names(text) : std::nullopt).value_or(std::vector<std::string>{});
      continue;
    }
    if (is_blank(line)) {
      continue;
    }
    std::optional<std::vector<std::string>> names = split_names(line);
    if (!names) {
      throw_quote(location, reader.number());
    }
    header.names = std::move(*names);
    header.first_line = reader.number();
    if (all_numbers(header.names) && comment.size() == header.names.size()) {
      header.names = comment;
      header.first_line = comment_line;
    }
    check_names(location, header);
    return header;
  }
  if (comment.empty()) {
    throw InputError(fmt::format(
        "{} has no header line; write the column names, separated by commas, above the numbers", shown(location)));
  }
  header.names = comment;
  header.first_line = comment_line;
  check_names(location, header);
  return header;
}

/// Calls use(line, number) for each line of values.
template <class Use>
void for_each_row(const Location& location, const Header& header, Use use) {
  LineReader reader(location.path);
  for (std::string_view line; reader.next(line);) {
    if (reader.number() > header.first_line && !is_blank(line) && !is_comment(line)) {
      use(line, reader.number());
    }
  }
}

std::size_t count_rows(const Location& location, const Header& header) {
  std::size_t n = 0;
  for_each_row(location, header, [&](std::string_view, std::size_t) { ++n; });
  return n;
}

/// Parses lines into the chosen columns.
class RowParser {
 public:
  RowParser(const Location& location, const Header& header, const std::vector<std::size_t>& chosen,
            const ReadOptions& options)
      : location_(location), header_(header), targets_(header.n_fields(), nullptr) {
    for (const std::size_t i : chosen) {
      columns_.emplace_back(held_type(NumberType::kFloat64, header.names[i], options) == NumberType::kFloat64);
    }
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      targets_[chosen[i] + (header.leading_index ? 1 : 0)] = &columns_[i];
    }
  }

  /// Room for `n_rows`, as far as a file of `bytes` can hold them: a value and its comma take two.
  void reserve(std::size_t n_rows, std::uintmax_t bytes) {
    n_rows = std::min<std::uintmax_t>(n_rows, bytes / (2 * targets_.size()) + 1);
    for (CsvColumn& column : columns_) {
      column.reserve(n_rows);
    }
  }

  void parse(std::string_view line, std::size_t number) {
    std::string_view rest = line;
    for (std::size_t i = 0; i < targets_.size(); ++i) {
      const bool last = i + 1 == targets_.size();
      const std::optional<std::string_view> field = take_field(rest);
      if (!field) {
        throw_quote(location_, number);
      }
      const bool comma_follows = rest.data() != nullptr;
      if (comma_follows == last) {
        throw_width(line, number);
      }
      if (targets_[i] != nullptr) {
        if (const Parse parse = targets_[i]->add(*field); parse != Parse::kOk) {
          throw_number(parse, *field, i, number);
        }
      }
    }
  }

  [[nodiscard]] std::vector<CsvColumn>& columns() { return columns_; }

 private:
  [[noreturn]] void throw_number(Parse parse, std::string_view field, std::size_t index, std::size_t line) const {
    const std::string& name = header_.names[index - (header_.leading_index ? 1 : 0)];
    const std::string remedy =
        parse == Parse::kTooLarge ? fmt::format("it is beyond the range of {}, use a larger unit",
                                                targets_[index]->type() == NumberType::kFloat32 ? "float32" : "float64")
        : parse == Parse::kMixed  ? "the column also holds integers above 2^53, which are not exact beside decimals; "
                                    "write it without them, or as integers only"
                                  : "write a number or nan";
    throw InputError(fmt::format("line {} of {} has {} in column '{}'; {}", line, shown(location_),
                                 field.empty() ? "an empty field" : fmt::format("'{}'", field), name, remedy));
  }

  [[noreturn]] void throw_width(std::string_view line, std::size_t number) const {
    throw InputError(
        fmt::format("line {} of {} has {} fields but the header has {}; give each line one value per column", number,
                    shown(location_), count_fields(line), header_.n_fields()));
  }

  const Location& location_;
  const Header& header_;
  std::vector<CsvColumn*> targets_;  ///< per field of a line; nullptr: not wanted
  std::vector<CsvColumn> columns_;
};

void require_no_group_of_csv(const Location& location) {
  if (!location.group.empty()) {
    throw InputError(fmt::format("'{}' is a CSV file and has no group '{}'; leave ':{}' away", location.path,
                                 location.group, location.group));
  }
}

}  // namespace

Events read_csv(const Location& location, const ReadOptions& options) {
  require_no_group_of_csv(location);
  Header header = read_header(location);
  header.names = given_names(location, header.names, options.array_columns);
  const std::vector<std::size_t> chosen = choose_columns(location, header.names, options);
  RowParser parser(location, header, chosen, options);
  parser.reserve(count_rows(location, header), std::filesystem::file_size(location.path));
  for_each_row(location, header, [&](std::string_view line, std::size_t number) { parser.parse(line, number); });
  Events events;
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    events.add({header.names[chosen[i]], "", parser.columns()[i].take()});
  }
  return events;
}

FileSummary summarise_csv(const Location& location, const ReadOptions& options) {
  require_no_group_of_csv(location);
  Header header = read_header(location);
  const std::size_t n_events = count_rows(location, header);
  return {"CSV", n_events, given_names(location, header.names, options.array_columns)};
}

}  // namespace eddy::events
