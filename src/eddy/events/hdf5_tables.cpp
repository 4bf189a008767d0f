#include <eddy/base/error.hpp>
#include <eddy/base/options.hpp>
#include <eddy/events/columns.hpp>
#include <eddy/events/hdf5_blocks.hpp>
#include <eddy/events/hdf5_tables.hpp>
#include <eddy/events/memory_budget.hpp>
#include <eddy/events/pandas.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace eddy::events {
namespace {

using base::InputError;

std::string join_path(const std::string& group, const std::string& name) {
  return group == "/" ? "/" + name : group + "/" + name;
}

/// "/a/b" for "a/b", "/a/b/" and the like.
std::string absolute_path(std::string group) {
  group.erase(0, std::min(group.find_first_not_of('/'), group.size()));
  group.erase(group.find_last_not_of('/') + 1);
  return "/" + group;
}

/// How a user names the table: without the leading '/', except for the root itself.
std::string key_of(const Hdf5Table& table) { return table.path == "/" ? table.path : table.path.substr(1); }

std::optional<Hdf5Table> array_table(const IsolatedHdf5Dataset& dataset) {
  if (dataset.values() != Hdf5Values::kNumber || dataset.shape().size() != 2) {
    return std::nullopt;
  }
  try {
    require_column_count("it", dataset.shape()[1]);
  } catch (const InputError& error) {
    return Hdf5Table{dataset.path(), "HDF5 array", {}, {}, error.what()};
  }
  return Hdf5Table{dataset.path(), "HDF5 array", columns_of_array(dataset)};
}

std::optional<Hdf5Table> record_table(const IsolatedHdf5Dataset& dataset) {
  if (dataset.values() != Hdf5Values::kRecord || dataset.shape().size() != 1) {
    return std::nullopt;
  }
  Hdf5Table table{dataset.path(), "HDF5 records"};
  for (const Hdf5Field& field : dataset.fields()) {
    if (field.is_number && field.width == 1) {
      table.columns.push_back({field.name, dataset.path(), field.name, 0, dataset.shape()[0], field.type});
    } else {
      table.not_numbers.push_back(field.name);
    }
  }
  return table.columns.empty() ? std::nullopt : std::optional(std::move(table));
}

/// Numbers of one per event: 1-D, or 2-D with one column, which is how some programs write labels.
bool is_column(const IsolatedHdf5Dataset& dataset) {
  const std::vector<std::size_t>& shape = dataset.shape();
  return dataset.values() == Hdf5Values::kNumber && (shape.size() == 1 || (shape.size() == 2 && shape[1] == 1));
}

/// Drops the (n, 1) data sets that are tables of their own: those without another column of the same length.
void drop_lonely_arrays(const IsolatedHdf5File& file, Hdf5Table& table) {
  std::map<std::size_t, std::size_t> n_of_length;
  for (const Hdf5Column& column : table.columns) {
    ++n_of_length[column.n_events];
  }
  std::erase_if(table.columns, [&](const Hdf5Column& column) {
    return n_of_length[column.n_events] < 2 && file.dataset(column.dataset).shape().size() == 2;
  });
}

/// The data sets of a group that hold one number per event, as one table.
Hdf5Table column_table(const IsolatedHdf5File& file, const std::string& group,
                       const std::vector<std::string>& datasets) {
  Hdf5Table table{group, "HDF5 columns"};
  for (const std::string& name : datasets) {
    const IsolatedHdf5Dataset dataset = file.dataset(join_path(group, name));
    if (is_column(dataset)) {
      table.columns.push_back({name, dataset.path(), {}, 0, dataset.shape()[0], dataset.number_type()});
    } else if (dataset.shape().size() == 1 && dataset.values() != Hdf5Values::kRecord) {
      table.not_numbers.push_back(name);
    }
  }
  drop_lonely_arrays(file, table);
  return table;
}

/// The tables of `group` itself, without those of its subgroups.
std::vector<Hdf5Table> tables_here(const IsolatedHdf5File& file, const std::string& group,
                                   const Hdf5Children& children) {
  std::vector<Hdf5Table> tables;
  Hdf5Table columns = column_table(file, group, children.datasets);
  std::set<std::string> taken;
  for (const Hdf5Column& column : columns.columns) {
    taken.insert(column.dataset);
  }
  if (!columns.columns.empty()) {
    tables.push_back(std::move(columns));
  }
  for (const std::string& name : children.datasets) {
    if (taken.contains(join_path(group, name))) {
      continue;
    }
    const IsolatedHdf5Dataset dataset = file.dataset(join_path(group, name));
    std::optional<Hdf5Table> table = array_table(dataset);
    if (table || (table = record_table(dataset))) {
      tables.push_back(std::move(*table));
    }
  }
  return tables;
}

/// The search index that PyTables keeps beside a table.
bool is_pytables_index(const IsolatedHdf5File& file, const std::string& group) {
  return file.text_attribute(group, "CLASS").value_or("") == "TINDEX";
}

/// A walk through the groups of a file; `visited` ends it where links form a circle.
struct Walk {
  std::set<std::pair<std::uint64_t, std::uint64_t>> visited = {};
  std::size_t n_datasets = 0;
  std::vector<Hdf5Table> tables = {};
};

void require_small_walk(const IsolatedHdf5File& file, const Walk& walk, int depth) {
  constexpr int kMaxGroupDepth = 64;
  constexpr std::size_t kMaxObjects = 200'000;  // each takes some 50 microseconds
  if (depth > kMaxGroupDepth || walk.visited.size() + walk.n_datasets > kMaxObjects) {
    throw InputError(fmt::format("'{}' has {}; name the table by writing '{}:GROUP'", file.path(),
                                 depth > kMaxGroupDepth
                                     ? fmt::format("groups inside each other, more than {} deep", kMaxGroupDepth)
                                     : fmt::format("more than {} groups and data sets", kMaxObjects),
                                 file.path()));
  }
}

void collect_tables(const IsolatedHdf5File& file, const std::string& group, int depth, Walk& walk) {
  if (!walk.visited.insert(file.identity(group)).second || is_pytables_index(file, group)) {
    return;
  }
  if (is_pandas_group(file, group)) {
    walk.tables.push_back(pandas_table(file, group));
    return;
  }
  const Hdf5Children children = file.children(group);
  walk.n_datasets += children.datasets.size();
  require_small_walk(file, walk, depth);
  std::ranges::move(tables_here(file, group, children), std::back_inserter(walk.tables));
  for (const std::string& child : children.groups) {
    collect_tables(file, join_path(group, child), depth + 1, walk);
  }
}

std::vector<Hdf5Table> all_tables(const IsolatedHdf5File& file, const std::string& group) {
  Walk walk;
  collect_tables(file, group, 0, walk);
  return std::move(walk.tables);
}

/// The data set that a user named, as a table; a 1-D one is a table of one column.
std::vector<Hdf5Table> dataset_tables(const IsolatedHdf5File& file, const std::string& path) {
  const IsolatedHdf5Dataset dataset = file.dataset(path);
  if (std::optional<Hdf5Table> table = array_table(dataset); table || (table = record_table(dataset))) {
    return {*table};
  }
  if (dataset.values() != Hdf5Values::kNumber || dataset.shape().size() != 1) {
    return {};
  }
  const std::string name = path.substr(path.rfind('/') + 1);
  return {Hdf5Table{path, "HDF5 columns", {{name, path, {}, 0, dataset.shape()[0], dataset.number_type()}}}};
}

[[noreturn]] void throw_no_such_key(const Location& location, const IsolatedHdf5File& file) {
  std::vector<std::string> keys;
  for (const Hdf5Table& table : all_tables(file, "/")) {
    keys.push_back(key_of(table));
  }
  const std::string nearest = base::nearest_name(location.group, keys);
  throw InputError(fmt::format("'{}' has no group or data set '{}'{}; the tables in it are: {}", location.path,
                               location.group, nearest.empty() ? "" : fmt::format(" (did you mean '{}'?)", nearest),
                               keys.empty() ? "none" : listed(keys)));
}

/// All tables that `location` may mean.
std::vector<Hdf5Table> candidates(const IsolatedHdf5File& file, const Location& location) {
  if (location.group.empty()) {
    return all_tables(file, "/");
  }
  const std::string path = absolute_path(location.group);
  if (path != "/" && file.is_dataset(path)) {
    return dataset_tables(file, path);
  }
  if (!file.is_group(path)) {
    throw_no_such_key(location, file);
  }
  if (!is_pandas_group(file, path)) {
    Hdf5Table columns = column_table(file, path, file.children(path).datasets);
    if (!columns.columns.empty()) {
      return {std::move(columns)};  // the user named this group: its own columns come before what lies deeper
    }
  }
  return all_tables(file, path);
}

/// What `location` holds although it holds no table.
[[noreturn]] void throw_no_table(const IsolatedHdf5File& file, const Location& location) {
  const std::string path = absolute_path(location.group);
  const bool is_dataset = path != "/" && file.is_dataset(path);
  const Hdf5Children children = is_dataset ? Hdf5Children{} : file.children(path);
  if (!is_dataset && children.groups.empty() && children.datasets.empty()) {
    throw InputError(
        fmt::format("{} is empty and so has no events; pandas leaves such a file for an empty frame in the "
                    "table format, check what was selected before it was written",
                    shown(location)));
  }
  const std::string first = is_dataset ? path : children.datasets.empty() ? "" : join_path(path, children.datasets[0]);
  throw InputError(fmt::format(
      "{} holds no table of numbers{}; eddy reads 1-D data sets, 2-D arrays and pandas frames", shown(location),
      first.empty() ? ""
                    : fmt::format(" ('{}' has the shape ({}))", first, fmt::join(file.dataset(first).shape(), ", "))));
}

Hdf5Table choose_table(const IsolatedHdf5File& file, const Location& location) {
  const std::vector<Hdf5Table> tables = candidates(file, location);
  std::vector<std::string> keys;
  const Hdf5Table* chosen = nullptr;
  for (const Hdf5Table& table : tables) {
    if (table.problem.empty()) {
      keys.push_back(key_of(table));
      chosen = &table;
    }
  }
  if (keys.size() > 1) {
    throw InputError(fmt::format("{} holds {} tables; choose one by writing '{}:KEY' with KEY one of: {}",
                                 shown(location), keys.size(), location.path, listed(keys)));
  }
  if (chosen == nullptr && !tables.empty()) {
    throw InputError(
        fmt::format("cannot read '{}:{}': {}", location.path, key_of(tables.front()), tables.front().problem));
  }
  if (chosen == nullptr) {
    throw_no_table(file, location);
  }
  return *chosen;
}

std::vector<std::string> names_of(const std::vector<Hdf5Column>& columns) {
  std::vector<std::string> names;
  for (const Hdf5Column& column : columns) {
    names.push_back(column.name);
  }
  return names;
}

/// The table that `location` means, its unnamed columns named.
Hdf5Table find_table(const IsolatedHdf5File& file, const Location& location, const ReadOptions& options) {
  Hdf5Table table = choose_table(file, location);
  const std::vector<std::string> names = table.format == "HDF5 array"
                                             ? array_column_names(location, table.columns.size(), options.array_columns)
                                             : given_names(location, names_of(table.columns), options.array_columns);
  for (std::size_t i = 0; i < names.size(); ++i) {
    table.columns[i].name = names[i];
  }
  return table;
}

/// Number of events of `columns`, which must agree.
std::size_t common_length(const Location& location, const std::vector<Hdf5Column>& columns) {
  for (const Hdf5Column& column : columns) {
    if (column.n_events != columns.front().n_events) {
      throw InputError(
          fmt::format("columns '{}' and '{}' of {} have different lengths, {} and {}; name a group or columns "
                      "that belong together",
                      columns.front().name, column.name, shown(location), columns.front().n_events, column.n_events));
    }
  }
  return columns.empty() ? 0 : columns.front().n_events;
}

std::string unit_of(const IsolatedHdf5File& file, const Hdf5Table& table, const Hdf5Column& column) {
  return table.format == "HDF5 columns" ? file.text_attribute(column.dataset, "units").value_or("") : std::string();
}

}  // namespace

std::vector<Hdf5Column> columns_of_array(const IsolatedHdf5Dataset& dataset) {
  std::vector<Hdf5Column> columns;
  for (std::size_t i = 0; i < dataset.shape().at(1); ++i) {
    columns.push_back({std::to_string(i), dataset.path(), {}, i, dataset.shape()[0], dataset.number_type()});
  }
  return columns;
}

Hdf5Table find_hdf5_table(const IsolatedHdf5File& file, const Location& location) {
  Hdf5Table table = find_table(file, location, {});
  (void)common_length(location, table.columns);
  return table;
}

std::vector<std::string> hdf5_files_behind(const Location& location, const ReadOptions& options) {
  const IsolatedHdf5File file(location.path);
  const Hdf5Table table = find_table(file, location, options);
  std::vector<Hdf5Column> chosen;
  for (const std::size_t i : choose_columns(location, names_of(table.columns), options, table.not_numbers)) {
    chosen.push_back(table.columns[i]);
  }
  return files_of(file, chosen);
}

Events read_hdf5(const Location& location, const ReadOptions& options) {
  const IsolatedHdf5File file(location.path);
  const Hdf5Table table = find_table(file, location, options);
  std::vector<Hdf5Column> chosen;
  for (const std::size_t i : choose_columns(location, names_of(table.columns), options, table.not_numbers)) {
    chosen.push_back(table.columns[i]);
    chosen.back().type = held_type(chosen.back().type, chosen.back().name, options);
  }
  (void)common_length(location, chosen);
  std::vector<ColumnValues> values = read_hdf5_columns(file, chosen);
  Events events;
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    events.add({chosen[i].name, unit_of(file, table, chosen[i]), std::move(values[i])});
  }
  return events;
}

FileSummary summarise_hdf5(const Location& location, const ReadOptions& options) {
  const IsolatedHdf5File file(location.path);
  const Hdf5Table table = find_table(file, location, options);
  return {table.format, common_length(location, table.columns), names_of(table.columns)};
}

}  // namespace eddy::events
