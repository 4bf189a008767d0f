#include <eddy/base/error.hpp>
#include <eddy/events/expression.hpp>
#include <eddy/events/expression_tokens.hpp>
#include <eddy/search/blinding.hpp>
#include <eddy/search/event_selection.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

namespace eddy::search {
namespace {

using events::Truth;

/// The section of the configuration that says how the sample of a role is read.
std::string section_of(const std::string& role) {
  const std::string section = role.substr(0, role.find(' '));
  const bool is_named = section == "prior" || section == "evaluate";
  const bool has_own = section == "template" || section == "simulation" || section == "background";
  return is_named ? fmt::format("[[{}]]", section) : fmt::format("[{}]", has_own ? section : "data");
}

/// What to do about undefined events, beside taking them out by a selection.
std::string remedy(const SelectedSample& sample) {
  return sample.role == "events"
             ? "remove them from the file (a search with nonfinite = \"drop\" in [data] leaves them out)"
             : fmt::format("set nonfinite = \"drop\" in {}", section_of(sample.role));
}

/// A condition of the configuration, and what it says about each event of the file.
struct Condition {
  std::string key;  ///< "[regions] selection"
  events::Expression expression;
  std::vector<Truth> truths;
};

std::optional<Condition> condition(std::string key, const std::string& text, const events::Events& events) {
  if (text.empty()) {
    return std::nullopt;
  }
  events::Expression expression(text);
  std::vector<Truth> truths = expression.evaluate_condition(events);
  return Condition{std::move(key), std::move(expression), std::move(truths)};
}

bool is_nan(const events::ColumnValues& values, std::size_t row) {
  return values.visit([&](const auto& numbers) { return std::isnan(static_cast<double>(numbers[row])); });
}

/// Why a condition is undefined in a row, and how to take such events out.
std::string reason(const events::Expression& expression, const events::Events& events, std::size_t row) {
  for (const std::string& name : expression.variables()) {
    if (is_nan(events.values(name), row)) {
      const std::string written = events::is_plain_name(name) ? name : fmt::format("`{}`", name);
      return fmt::format("where column '{}' is NaN; exclude them, for example by isfinite({}) && ...", name, written);
    }
  }
  return "where it comes to NaN, such as 0 / 0; exclude them by a condition that stands before it and && between";
}

[[noreturn]] void throw_undefined(const SelectedSample& sample, const Condition& condition,
                                  const events::Events& events, const std::vector<std::size_t>& rows) {
  throw base::InputError(
      fmt::format("{} '{}' is undefined for {} events of the {} ('{}'), the first in row {}, {}, or {}", condition.key,
                  condition.expression.text(), rows.size(), sample.role, sample.section.file, rows.front(),
                  reason(condition.expression, events, rows.front()), remedy(sample)));
}

/// Takes the rows out of `rows` for which `is_undefined` holds; returns them.
template <class IsUndefined>
std::vector<std::size_t> take_undefined(std::vector<std::size_t>& rows, IsUndefined is_undefined) {
  std::vector<std::size_t> undefined;
  std::ranges::copy_if(rows, std::back_inserter(undefined), is_undefined);
  if (!undefined.empty()) {
    std::erase_if(rows, is_undefined);
  }
  return undefined;
}

/// Rows of the file for which no condition is false.
std::vector<std::size_t> rows_not_excluded(const SampleSection& section, std::size_t n_events,
                                           const std::vector<Condition>& conditions) {
  const bool all = section.rows.empty();
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < n_events; ++row) {
    const auto place = static_cast<double>(row);
    const bool inside = all || (place >= section.rows[0] && place < section.rows[1]);
    if (inside &&
        std::ranges::none_of(conditions, [&](const Condition& c) { return c.truths[row] == Truth::kFalse; })) {
      rows.push_back(row);
    }
  }
  return rows;
}

/// Whether an event of the file lies in the signal region: where there is none, all do.
bool is_inside(const std::optional<Condition>& region, std::size_t row) {
  return !region || region->truths[row] == Truth::kTrue;
}

/// Leaves the events out for which a condition is undefined, or throws, as the section says.
void leave_out_undefined(const SelectedSample& sample, const events::Events& events, const Condition& condition,
                         EventSelection& selection) {
  const std::vector<std::size_t> undefined =
      take_undefined(selection.rows, [&](std::size_t row) { return condition.truths[row] == Truth::kUndefined; });
  if (!undefined.empty() && sample.section.nonfinite == "error") {
    throw_undefined(sample, condition, events, undefined);
  }
  selection.n_dropped += undefined.size();
}

/// Leaves the events out whose quantities are not finite as float32, or throws.
void leave_out_nonfinite(const SelectedSample& sample, const events::Events& events,
                         const std::vector<std::string>& quantities, EventSelection& selection) {
  std::vector<std::size_t>& rows = selection.rows;
  for (const std::string& name : quantities) {
    const std::vector<std::size_t> bad = events.values(name).visit([&](const auto& values) {
      return take_undefined(rows, [&](std::size_t row) { return !std::isfinite(static_cast<float>(values[row])); });
    });
    if (!bad.empty() && sample.section.nonfinite == "error") {
      throw base::InputError(
          fmt::format("column '{}' of the {} ('{}') has {} selected events that are NaN or infinite, the first in row "
                      "{}; exclude them in [regions] selection or {}",
                      name, sample.role, sample.section.file, bad.size(), bad.front(), remedy(sample)));
    }
    selection.n_dropped += bad.size();
  }
}

}  // namespace

EventSelection select_events(const SelectedSample& sample, const events::Events& events,
                             const std::vector<std::string>& quantities) {
  std::vector<Condition> conditions;
  const std::string own = fmt::format("{} selection", section_of(sample.role));
  for (auto&& each : {condition("[regions] selection", sample.config.regions.selection, events),
                      condition(own, sample.section.selection, events)}) {
    if (each) {
      conditions.push_back(*each);
    }
  }
  EventSelection selection;
  selection.rows = rows_not_excluded(sample.section, events.size(), conditions);
  const std::optional<Condition> region = condition("[regions] signal", sample.config.regions.signal, events);
  if (is_closed(sample.config, sample.role)) {  // before anything is said of the events there
    std::erase_if(selection.rows, [&](std::size_t row) { return is_inside(region, row); });
  }
  for (const Condition& each : conditions) {
    leave_out_undefined(sample, events, each, selection);
  }
  leave_out_nonfinite(sample, events, quantities, selection);  // first: it names the column behind an undefined region
  if (region) {
    leave_out_undefined(sample, events, *region, selection);
  }
  for (const std::size_t row : selection.rows) {
    selection.in_signal_region.push_back(is_inside(region, row) ? 1 : 0);
  }
  return selection;
}

}  // namespace eddy::search
