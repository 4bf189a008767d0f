// Tables in memory to files, and back.

#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>
#include <eddy/base/hash.hpp>
#include <eddy/events/column_file.hpp>
#include <eddy/events/read.hpp>
#include <eddy/search/data_error.hpp>

#include <fmt/format.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "arrays.hpp"
#include "module.hpp"

namespace eddy::python {
namespace {

namespace nb = nanobind;
using nb::literals::operator""_a;

/// Name, unit and numbers of each column.
using NumpyTable = std::vector<std::tuple<std::string, std::string, AnyVector>>;

struct NamedColumn {
  std::string name;
  std::string unit;
  ColumnBytes values;
};

/// Hash of names, units, types and numbers.
std::string content_of(const std::vector<NamedColumn>& columns) {
  std::string digests;
  for (const NamedColumn& column : columns) {
    const std::string_view bytes(
        reinterpret_cast<const char*>(column.values.bytes.data()),  // NOLINT(*-reinterpret-cast): any bytes are chars
        column.values.bytes.size());
    digests += fmt::format("{} {} {} {}\n", column.name, column.unit, events::name_of(column.values.type),
                           base::sha256(bytes));
  }
  return base::sha256(digests);
}

void write_columns(const std::string& path, const std::vector<NamedColumn>& columns) {
  std::vector<events::FileColumn> layout;
  for (const NamedColumn& column : columns) {
    layout.push_back({column.name, column.unit, column.values.type});
  }
  base::write_atomically(path, [&](const std::string& temporary) {
    events::ColumnFile file(temporary, path, layout, columns.front().values.size);
    for (std::size_t i = 0; i < columns.size(); ++i) {
      file.write_bytes(i, 0, columns[i].values.bytes);
    }
  });
}

std::vector<NamedColumn> checked(const NumpyTable& table, const std::string& shown) {
  std::vector<NamedColumn> columns;
  for (const auto& [name, unit, values] : table) {
    columns.push_back({name, unit, column_bytes(name, values)});
    if (columns.back().values.size != columns.front().values.size) {
      throw base::DataError(fmt::format("column '{}' of {} has {} values but column '{}' has {}; give one per event",
                                        name, shown, columns.back().values.size, columns.front().name,
                                        columns.front().values.size));
    }
  }
  if (columns.empty() || columns.front().values.size == 0) {
    throw base::DataError(fmt::format("{} has no events; check what was selected when it was made", shown));
  }
  return columns;
}

/// Writes the columns to `folder`/`stem`-<content>.h5, unless they are there. Returns the name of the file.
std::string write_events(const std::string& folder, const std::string& stem, const NumpyTable& table) {
  constexpr std::size_t kDigits = 12;
  const std::vector<NamedColumn> columns = checked(table, stem);
  const nb::gil_scoped_release released;
  const std::string name = fmt::format("{}-{}.h5", stem, content_of(columns).substr(0, kDigits));
  const std::string path = folder + "/" + name;
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) {
    write_columns(path, columns);
  }
  return name;
}

/// The same to a path of the user's choice.
void write_table(const std::string& path, const NumpyTable& table) {
  const std::vector<NamedColumn> columns = checked(table, fmt::format("'{}'", path));
  const nb::gil_scoped_release released;
  write_columns(path, columns);
}

/// Column -> (unit, array) of a file that eddy reads.
nb::dict read_events(const std::string& path, const std::string& group, const std::vector<std::string>& wanted) {
  events::Events events;
  {
    const nb::gil_scoped_release released;
    events = search::errors_of_data([&] {
      const events::Location location{path, group};
      events::ReadOptions options{.wanted = wanted, .array_columns = {}};
      for (const std::string& name : wanted.empty() ? events::summarise_file(location).columns : wanted) {
        options.exact.insert(name);
      }
      return events::read_events(location, options);
    });
  }
  nb::dict columns;
  for (const std::string& name : events.names()) {
    columns[name.c_str()] = nb::make_tuple(events.unit(name), events.values(name).visit([](const auto& values) {
      return to_numpy(std::remove_cvref_t<decltype(values)>(values));
    }));
  }
  return columns;
}

}  // namespace

void bind_events(nb::module_& module) {
  module.def("write_events", &write_events, "folder"_a, "stem"_a, "table"_a);
  module.def("write_table", &write_table, "path"_a, "table"_a);
  module.def("read_events", &read_events, "path"_a, "group"_a, "wanted"_a);
}

}  // namespace eddy::python
