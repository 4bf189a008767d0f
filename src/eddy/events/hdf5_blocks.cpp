#include <eddy/events/hdf5_blocks.hpp>
#include <eddy/events/memory_budget.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <map>
#include <set>
#include <type_traits>

namespace eddy::events {
namespace {

constexpr std::size_t kBlockNumbers = std::size_t{1} << 20;  // 4 or 8 MiB: beyond it reading gets no faster

/// One wanted column of a data set and where its values go.
struct Target {
  const Hdf5Column* column;
  ColumnValues* values;
};
using Targets = std::vector<Target>;

/// The largest multiple of `unit` up to `limit`, at least `unit`, at most `total`.
std::size_t aligned(std::size_t limit, std::size_t unit, std::size_t total) {
  const std::size_t step = std::max<std::size_t>(unit, 1);
  return std::clamp<std::size_t>(limit / step * step, std::min(step, total), total);
}

/// Those of `targets` that `wanted` holds for.
template <class Wanted>
Targets targets_where(const Targets& targets, Wanted wanted) {
  Targets some;
  std::ranges::copy_if(targets, std::back_inserter(some), wanted);
  return some;
}

/// Puts `n` numbers, each `stride` after the one before, into `target` from `row` on. It holds the same type, or
/// float32.
template <ColumnNumber T>
void store(const T* next, std::size_t stride, const Target& target, std::size_t row, std::size_t n) {
  target.values->visit([&](auto& values) {
    using Out = typename std::remove_cvref_t<decltype(values)>::value_type;
    for (Out& value : std::span(values).subspan(row, n)) {
      value = static_cast<Out>(*next);
      next += stride;
    }
  });
}

template <ColumnNumber T>
void read_tile(const IsolatedHdf5Dataset& dataset, const Hdf5Tile& tile, const Targets& targets,
               std::vector<T>& buffer) {
  buffer.resize(tile.n_rows * tile.n_cols);
  dataset.read_tile(tile, std::span(buffer));
  for (const Target& target : targets) {
    store(buffer.data() + (target.column->element - tile.first_col), tile.n_cols, target, tile.first_row, tile.n_rows);
  }
}

template <ColumnNumber T>
void read_array_as(const IsolatedHdf5Dataset& dataset, const Targets& targets) {
  const std::size_t rows = dataset.shape()[0];
  const std::size_t cols = dataset.shape()[1];
  const bool chunked = dataset.chunk().size() == 2;
  const std::size_t chunk_rows = chunked ? dataset.chunk()[0] : 1;
  const std::size_t chunk_cols = chunked ? dataset.chunk()[1] : cols;
  const std::size_t tile_cols = aligned(kBlockNumbers / std::max<std::size_t>(chunk_rows, 1), chunk_cols, cols);
  const std::size_t tile_rows = aligned(kBlockNumbers / std::max<std::size_t>(tile_cols, 1), chunk_rows, rows);
  std::vector<T> buffer;
  for (std::size_t col = 0; col < cols; col += tile_cols) {
    const std::size_t n_cols = std::min(tile_cols, cols - col);
    const Targets inside = targets_where(targets, [&](const Target& target) {
      return target.column->element >= col && target.column->element < col + n_cols;
    });
    for (std::size_t row = 0; row < rows && !inside.empty(); row += tile_rows) {
      read_tile(dataset, {row, std::min(tile_rows, rows - row), col, n_cols}, inside, buffer);
    }
  }
}

/// The fields that hold `targets`, and the place of each target in a row of them.
struct RecordPlan {
  std::vector<Hdf5Field> fields;
  std::vector<std::size_t> places;
  std::size_t width = 0;
};

RecordPlan plan_records(const IsolatedHdf5Dataset& dataset, const Targets& targets) {
  RecordPlan plan;
  std::map<std::string, std::size_t> first_place;
  for (const Hdf5Field& field : dataset.fields()) {
    const bool used = std::ranges::any_of(targets, [&](const Target& t) { return t.column->field == field.name; });
    if (used) {
      first_place[field.name] = plan.width;
      plan.width += field.width;
      plan.fields.push_back(field);
    }
  }
  for (const Target& target : targets) {
    plan.places.push_back(first_place.at(target.column->field) + target.column->element);
  }
  return plan;
}

/// All of `targets` hold T.
template <ColumnNumber T>
void read_records_as(const IsolatedHdf5Dataset& dataset, const Targets& targets) {
  const RecordPlan plan = plan_records(dataset, targets);
  const std::size_t rows = dataset.shape()[0];
  const std::size_t chunk = dataset.chunk().empty() ? 1 : dataset.chunk()[0];
  const std::size_t step = aligned(kBlockNumbers / plan.width, chunk, rows);
  std::vector<T> buffer(step * plan.width);
  for (std::size_t row = 0; row < rows; row += step) {
    const std::size_t n = std::min(step, rows - row);
    dataset.read_records(plan.fields, row, n, std::span(buffer));
    for (std::size_t i = 0; i < targets.size(); ++i) {
      store(buffer.data() + plan.places[i], plan.width, targets[i], row, n);
    }
  }
}

/// Calls read with a vector of the number type, as a token of it.
template <class Read>
void with_type(NumberType type, Read read) {
  ColumnValues(type, 0).visit([&](const auto& values) { read(values); });
}

void read_records(const IsolatedHdf5Dataset& dataset, const Targets& targets) {
  std::set<NumberType> types;
  std::ranges::transform(targets, std::inserter(types, types.end()), [](const Target& t) { return t.column->type; });
  for (const NumberType type : types) {
    const Targets some = targets_where(targets, [&](const Target& target) { return target.column->type == type; });
    with_type(type, [&]<class T>(const std::vector<T>&) { read_records_as<T>(dataset, some); });
  }
}

/// One exact column wants the numbers of the data set as they are; they are rounded here where others do not.
void read_array(const IsolatedHdf5Dataset& dataset, const Targets& targets) {
  const bool exact =
      std::ranges::any_of(targets, [](const Target& t) { return t.column->type != NumberType::kFloat32; });
  with_type(exact ? dataset.number_type() : NumberType::kFloat32,
            [&]<class T>(const std::vector<T>&) { read_array_as<T>(dataset, targets); });
}

void read_dataset(const IsolatedHdf5Dataset& dataset, const Targets& targets) {
  if (dataset.values() == Hdf5Values::kRecord) {
    read_records(dataset, targets);
  } else if (dataset.shape().size() == 2) {
    read_array(dataset, targets);
  } else {
    targets.front().values->visit([&](auto& values) { dataset.read_all(std::span(values)); });
  }
}

}  // namespace

std::vector<std::string> files_of(const IsolatedHdf5File& file, std::span<const Hdf5Column> columns) {
  std::set<std::string> datasets;
  std::set<std::string> files;
  std::size_t n_events = 0;
  for (const Hdf5Column& column : columns) {
    n_events = std::max(n_events, column.n_events);
    if (column.n_events > 0 && datasets.insert(column.dataset).second) {
      std::ranges::copy(file.dataset(column.dataset).require_stored(), std::inserter(files, files.end()));
    }
  }
  std::uint64_t bytes = std::filesystem::file_size(file.path());
  for (const std::string& other : files) {
    bytes += std::filesystem::file_size(other);
  }
  require_affordable(fmt::format("'{}'", file.path()), n_events, columns.size(), bytes);
  return {files.begin(), files.end()};
}

std::vector<ColumnValues> read_hdf5_columns(const IsolatedHdf5File& file, std::span<const Hdf5Column> columns) {
  static_cast<void>(files_of(file, columns));
  std::vector<ColumnValues> values;
  values.reserve(columns.size());  // targets point into it
  std::map<std::string, Targets> by_dataset;
  for (const Hdf5Column& column : columns) {
    values.emplace_back(column.type, column.n_events);
    if (column.n_events > 0) {
      by_dataset[column.dataset].push_back({&column, &values.back()});
    }
  }
  for (const auto& [path, targets] : by_dataset) {
    read_dataset(file.dataset(path), targets);
  }
  return values;
}

}  // namespace eddy::events
