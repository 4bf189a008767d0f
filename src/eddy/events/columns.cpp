#include <eddy/base/error.hpp>
#include <eddy/base/options.hpp>
#include <eddy/events/columns.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

namespace eddy::events {
namespace {

using base::InputError;

constexpr std::size_t kMaxListed = 40;  // raw LHC Olympics files have 2101 columns

[[noreturn]] void throw_missing(const Location& location, const std::vector<std::string>& available,
                                const std::string& name) {
  const std::string nearest = base::nearest_name(name, available);
  throw InputError(fmt::format("{} has no column '{}'{}; its columns are: {}", shown(location), name,
                               nearest.empty() ? "" : fmt::format(" (did you mean '{}'?)", nearest),
                               available.empty() ? "none" : listed(available)));
}

void refuse_columns(const Location& location, const std::vector<std::string>& names, const ReadOptions& options) {
  for (const std::string& name : names) {
    const std::string reason = options.refusal ? options.refusal(name) : std::string();
    if (!reason.empty()) {
      throw InputError(fmt::format("{} has a column '{}', {}", shown(location), name, reason));
    }
  }
}

/// "0", "12", "-1", which pandas writes for columns without names, or numpy's "arr_0".
bool is_counted(std::string_view name) {
  const std::string_view digits = name.substr(name.starts_with("arr_") ? 4 : name.starts_with('-') ? 1 : 0);
  return !digits.empty() && digits.find_first_not_of("0123456789") == std::string_view::npos;
}

/// As std::ranges::is_permutation, whose time grows with the square: files have tens of thousands of columns.
bool are_the_same_set(std::vector<std::string> a, std::vector<std::string> b) {
  std::ranges::sort(a);
  std::ranges::sort(b);
  return a == b;
}

}  // namespace

std::string shown(const Location& location) {
  return location.group.empty() ? fmt::format("'{}'", location.path)
                                : fmt::format("'{}:{}'", location.path, location.group);
}

std::string listed(const std::vector<std::string>& names) {
  const std::size_t n = std::min(names.size(), kMaxListed);
  std::string text = fmt::format("{}", fmt::join(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(n), ", "));
  return n == names.size() ? text : fmt::format("{} and {} more", text, names.size() - n);
}

std::vector<std::size_t> choose_columns(const Location& location, const std::vector<std::string>& available,
                                        const ReadOptions& options, const std::vector<std::string>& not_numbers) {
  std::unordered_map<std::string, std::size_t> positions;
  for (const std::string& name : available) {
    if (name.empty()) {
      throw InputError(fmt::format("column {} of {} has no name; give it one", positions.size() + 1, shown(location)));
    }
    if (!positions.emplace(name, positions.size()).second) {
      throw InputError(fmt::format("{} has two columns named '{}'; rename one of them", shown(location), name));
    }
  }
  refuse_columns(location, available, options);
  refuse_columns(location, not_numbers, options);
  std::vector<std::size_t> chosen;
  std::vector<bool> is_chosen(available.size());  // thousands of pixels are columns: no search among those that are
  for (const std::string& name : options.wanted.empty() ? available : options.wanted) {
    const auto found = positions.find(name);
    if (found == positions.end()) {
      if (std::ranges::find(not_numbers, name) != not_numbers.end()) {
        throw InputError(fmt::format("column '{}' of {} does not hold numbers; use another column or convert it", name,
                                     shown(location)));
      }
      throw_missing(location, available, name);
    }
    if (!is_chosen[found->second]) {
      is_chosen[found->second] = true;
      chosen.push_back(found->second);
    }
  }
  return chosen;
}

NumberType held_type(NumberType stored, const std::string& name, const ReadOptions& options) {
  return options.exact.contains(name) ? stored : NumberType::kFloat32;
}

std::vector<std::string> given_names(const Location& location, const std::vector<std::string>& names,
                                     const std::vector<std::string>& array_columns) {
  const bool counted = std::ranges::any_of(names, is_counted);
  if (array_columns.empty() || (!counted && are_the_same_set(names, array_columns))) {
    return names;
  }
  if (!counted) {
    throw InputError(
        fmt::format("the columns of {} have names ({}), so that [data] columns, or --columns, has nothing to name; "
                    "leave it away, or "
                    "define columns with other names in [columns]",
                    shown(location), listed(names)));
  }
  return array_column_names(location, names.size(), array_columns);
}

std::vector<std::string> array_column_names(const Location& location, std::size_t width,
                                            const std::vector<std::string>& array_columns) {
  if (!array_columns.empty() && array_columns.size() != width) {
    throw InputError(
        fmt::format("{} is an array of {} columns but {} names were given for them; give one name per column",
                    shown(location), width, array_columns.size()));
  }
  std::vector<std::string> names = array_columns;
  for (std::size_t i = names.size(); i < width; ++i) {
    names.push_back(std::to_string(i));
  }
  return names;
}

}  // namespace eddy::events
