#include <eddy/base/error.hpp>
#include <eddy/base/options.hpp>
#include <eddy/events/events.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cassert>
#include <utility>

namespace eddy::events {
namespace {

base::InputError no_such_column(std::string_view name, const std::vector<std::string>& known) {
  if (known.empty()) {
    return base::InputError(
        fmt::format("there is no column '{}': the table has no columns at all; add it first", name));
  }
  const std::string nearest = base::nearest_name(name, known);
  const std::string hint = nearest.empty() ? "use one of these" : fmt::format("did you mean '{}'?", nearest);
  return base::InputError(fmt::format("there is no column '{}' among {}; {}", name, fmt::join(known, ", "), hint));
}

}  // namespace

std::vector<std::string> Events::names() const {
  std::vector<std::string> names;
  names.reserve(columns_.size());
  for (const Column& column : columns_) {
    names.push_back(column.name);
  }
  return names;
}

bool Events::has(std::string_view name) const { return places_.contains(name); }

const Column& Events::find(std::string_view name) const {
  const auto place = places_.find(name);
  if (place == places_.end()) {
    throw no_such_column(name, names());
  }
  return columns_[place->second];
}

const ColumnValues& Events::values(std::string_view name) const { return find(name).values; }

std::span<const float> Events::column(std::string_view name) const {
  const ColumnValues& values = find(name).values;
  if (values.type() != NumberType::kFloat32) {
    throw base::Error(fmt::format("column '{}' is {} and was taken for float32", name, name_of(values.type())));
  }
  return values.as<float>();
}

const std::string& Events::unit(std::string_view name) const { return find(name).unit; }

void Events::add(Column column) {
  if (has(column.name)) {
    throw base::InputError(fmt::format("there are two columns named '{}'; rename or remove one", column.name));
  }
  if (!columns_.empty() && column.values.size() != size_) {
    throw base::InputError(
        fmt::format("column '{}' has {} values but column '{}' has {}; all columns of a table need one value per event",
                    column.name, column.values.size(), columns_.front().name, size_));
  }
  size_ = column.values.size();
  places_.emplace(column.name, columns_.size());
  columns_.push_back(std::move(column));
}

Events Events::take(std::span<const std::size_t> rows) const {
  assert(std::all_of(rows.begin(), rows.end(), [&](std::size_t row) { return row < size_; }));
  Events taken;
  for (const Column& column : columns_) {
    taken.add({column.name, column.unit, column.values.take(rows)});
  }
  return taken;
}

base::Matrix Events::matrix(std::span<const std::string> names) const {
  base::Matrix result(size_, names.size());
  for (std::size_t c = 0; c < names.size(); ++c) {
    values(names[c]).visit([&](const auto& column) {
      for (std::size_t r = 0; r < size_; ++r) {
        result(r, c) = static_cast<float>(column[r]);
      }
    });
  }
  return result;
}

}  // namespace eddy::events
