#include <eddy/base/error.hpp>
#include <eddy/events/pandas.hpp>
#include <eddy/events/python_value.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

namespace eddy::events {
namespace {

constexpr const char* kPlainNames = "write the frame with one level of plain text or integer column names";

/// Puts columns into the order of the frame; those that `order` does not name come last.
void sort_columns(std::vector<Hdf5Column>& columns, const std::vector<std::string>& order) {
  std::unordered_map<std::string, std::size_t> places;
  for (const std::string& name : order) {
    places.emplace(name, places.size());
  }
  const auto place = [&](const Hdf5Column& column) {
    const auto found = places.find(column.name);
    return found == places.end() ? places.size() : found->second;
  };
  std::ranges::stable_sort(columns, {}, place);
}

bool is_time(const std::optional<std::string>& type) {
  return type && (type->starts_with("datetime") || type->starts_with("timedelta"));
}

/// PyTables cannot store an array without values: pandas stores one value instead, with the true shape beside it.
bool is_empty_block(const IsolatedHdf5Dataset& values) {
  const std::optional<PythonValue> shape = unpickle(values.text_attribute("shape").value_or(""));
  return shape && std::ranges::any_of(shape->items, [](const PythonValue& extent) {
           return extent.kind == PythonValue::Kind::kInteger && extent.integer == 0;
         });
}

/// Adds the columns of block number `index` of a fixed-format frame.
void add_block(const IsolatedHdf5File& file, const std::string& group, std::size_t index, Hdf5Table& table) {
  const std::vector<std::string> names = file.dataset(fmt::format("{}/block{}_items", group, index)).read_names();
  const IsolatedHdf5Dataset values = file.dataset(fmt::format("{}/block{}_values", group, index));
  if (is_empty_block(values)) {
    for (const std::string& name : names) {
      table.columns.push_back({name, values.path(), {}, 0, 0});
    }
    return;
  }
  if (values.values() != Hdf5Values::kNumber || is_time(values.text_attribute("value_type"))) {
    table.not_numbers.insert(table.not_numbers.end(), names.begin(), names.end());
    return;
  }
  if (values.shape().size() != 2 || values.shape()[1] != names.size()) {
    table.problem = fmt::format("block {} of the pandas frame has {} names but the shape ({}); write the file again",
                                index, names.size(), fmt::join(values.shape(), ", "));
    return;
  }
  for (Hdf5Column& column : columns_of_array(values)) {
    column.name = names[column.element];
    table.columns.push_back(std::move(column));
  }
}

Hdf5Table fixed_frame(const IsolatedHdf5File& file, const std::string& group) {
  Hdf5Table table{group, "pandas fixed"};
  if (file.text_attribute(group, "axis0_variety").value_or("regular") != "regular" ||
      !file.is_dataset(group + "/axis0")) {
    table.problem = fmt::format("its column names have several levels; {}", kPlainNames);
    return table;
  }
  for (std::size_t i = 0; file.is_dataset(fmt::format("{}/block{}_values", group, i)); ++i) {
    add_block(file, group, i, table);
  }
  sort_columns(table.columns, file.dataset(group + "/axis0").read_names());
  return table;
}

/// The texts and integers of a pickled list, or nothing.
std::optional<std::vector<std::string>> names_in(const PythonValue& list) {
  std::vector<std::string> names;
  for (const PythonValue& item : list.items) {
    if (item.kind != PythonValue::Kind::kText && item.kind != PythonValue::Kind::kInteger) {
      return std::nullopt;
    }
    names.push_back(item.text);
  }
  return names;
}

/// Names of the columns that a field of the table holds.
std::optional<std::vector<std::string>> names_of_field(const IsolatedHdf5Dataset& dataset, const Hdf5Field& field) {
  const std::optional<std::string> kind = dataset.text_attribute(field.name + "_kind");
  const std::optional<PythonValue> list = kind ? unpickle(*kind) : std::nullopt;
  std::optional<std::vector<std::string>> names = list ? names_in(*list) : std::nullopt;
  return names && names->size() == field.width ? names : std::nullopt;
}

/// Categories are stored as codes, times as nanoseconds: neither is the number that the user means.
bool holds_numbers(const IsolatedHdf5Dataset& dataset, const Hdf5Field& field) {
  return field.is_number && !is_time(dataset.text_attribute(field.name + "_dtype")) &&
         dataset.text_attribute(field.name + "_meta").value_or("") != "category";
}

void add_field(const IsolatedHdf5Dataset& dataset, const Hdf5Field& field, Hdf5Table& table) {
  const std::optional<std::vector<std::string>> names = names_of_field(dataset, field);
  if (!names && field.is_number) {
    table.problem = fmt::format("the column names of its field '{}' are stored in a way only Python can read; {}",
                                field.name, kPlainNames);
    return;
  }
  if (!holds_numbers(dataset, field)) {
    const std::vector<std::string> unusable = names.value_or(std::vector<std::string>{field.name});
    table.not_numbers.insert(table.not_numbers.end(), unusable.begin(), unusable.end());
    return;
  }
  for (std::size_t i = 0; i < field.width; ++i) {
    table.columns.push_back({(*names)[i], dataset.path(), field.name, i, dataset.shape().at(0), field.type});
  }
}

/// The frame's order of columns: [(1, [name, ...])], pickled. Empty when not stored so.
std::vector<std::string> frame_order(const IsolatedHdf5File& file, const std::string& group) {
  const std::optional<PythonValue> axes = unpickle(file.text_attribute(group, "non_index_axes").value_or(""));
  const bool usual = axes && !axes->items.empty() && axes->items[0].items.size() == 2;
  return usual ? names_in(axes->items[0].items[1]).value_or(std::vector<std::string>{}) : std::vector<std::string>{};
}

Hdf5Table table_frame(const IsolatedHdf5File& file, const std::string& group) {
  Hdf5Table table{group, "pandas table"};
  if (!file.is_dataset(group + "/table")) {
    table.problem = "it lacks the data set 'table'; write the file again";
    return table;
  }
  const IsolatedHdf5Dataset dataset = file.dataset(group + "/table");
  for (const Hdf5Field& field : dataset.fields()) {
    if (field.name != "index") {
      add_field(dataset, field, table);
    }
  }
  sort_columns(table.columns, frame_order(file, group));
  return table;
}

}  // namespace

bool is_pandas_group(const IsolatedHdf5File& file, const std::string& group) {
  return file.text_attribute(group, "pandas_type").has_value();
}

Hdf5Table pandas_table(const IsolatedHdf5File& file, const std::string& group) {
  const std::string type = file.text_attribute(group, "pandas_type").value_or("");
  try {
    if (type == "frame") {
      return fixed_frame(file, group);
    }
    if (type == "frame_table") {
      return table_frame(file, group);
    }
  } catch (const base::InputError& error) {
    return {group, "pandas", {}, {}, error.what()};
  }
  return {group, "pandas", {}, {}, fmt::format("it is a pandas '{}', not a frame; store a DataFrame instead", type)};
}

}  // namespace eddy::events
