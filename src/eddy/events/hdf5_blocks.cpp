#include <eddy/events/hdf5_blocks.hpp>

#include <algorithm>
#include <map>

namespace eddy::events {
namespace {

constexpr std::size_t kBlockFloats = std::size_t{1} << 20;  // 4 MiB: beyond it reading gets no faster

/// One wanted column of a data set and where its values go.
struct Target {
  const Hdf5Column* column;
  float* values;
};
using Targets = std::vector<Target>;

/// The largest multiple of `unit` up to `limit`, at least `unit`, at most `total`.
std::size_t aligned(std::size_t limit, std::size_t unit, std::size_t total) {
  const std::size_t step = std::max<std::size_t>(unit, 1);
  return std::clamp<std::size_t>(limit / step * step, std::min(step, total), total);
}

void read_tile(const Hdf5Dataset& dataset, const Hdf5Tile& tile, const Targets& targets, std::vector<float>& buffer) {
  buffer.resize(tile.n_rows * tile.n_cols);
  dataset.read_tile(tile, buffer);
  for (const Target& target : targets) {
    const float* next = buffer.data() + (target.column->element - tile.first_col);
    for (std::size_t row = 0; row < tile.n_rows; ++row, next += tile.n_cols) {
      target.values[tile.first_row + row] = *next;
    }
  }
}

/// Those of `targets` whose column lies in [first, first + n).
Targets targets_between(const Targets& targets, std::size_t first, std::size_t n) {
  Targets inside;
  std::ranges::copy_if(targets, std::back_inserter(inside), [&](const Target& target) {
    return target.column->element >= first && target.column->element < first + n;
  });
  return inside;
}

void read_array(const Hdf5Dataset& dataset, const Targets& targets) {
  const std::size_t rows = dataset.shape()[0];
  const std::size_t cols = dataset.shape()[1];
  const bool chunked = dataset.chunk().size() == 2;
  const std::size_t chunk_rows = chunked ? dataset.chunk()[0] : 1;
  const std::size_t chunk_cols = chunked ? dataset.chunk()[1] : cols;
  const std::size_t tile_cols = aligned(kBlockFloats / std::max<std::size_t>(chunk_rows, 1), chunk_cols, cols);
  const std::size_t tile_rows = aligned(kBlockFloats / std::max<std::size_t>(tile_cols, 1), chunk_rows, rows);
  std::vector<float> buffer;
  for (std::size_t col = 0; col < cols; col += tile_cols) {
    const std::size_t n_cols = std::min(tile_cols, cols - col);
    const Targets inside = targets_between(targets, col, n_cols);
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

RecordPlan plan_records(const Hdf5Dataset& dataset, const Targets& targets) {
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

void read_records(const Hdf5Dataset& dataset, const Targets& targets) {
  const RecordPlan plan = plan_records(dataset, targets);
  const std::size_t rows = dataset.shape()[0];
  const std::size_t chunk = dataset.chunk().empty() ? 1 : dataset.chunk()[0];
  const std::size_t step = aligned(kBlockFloats / plan.width, chunk, rows);
  std::vector<float> buffer(step * plan.width);
  for (std::size_t row = 0; row < rows; row += step) {
    const std::size_t n = std::min(step, rows - row);
    dataset.read_records(plan.fields, row, n, buffer);
    for (std::size_t i = 0; i < targets.size(); ++i) {
      for (std::size_t k = 0; k < n; ++k) {
        targets[i].values[row + k] = buffer[k * plan.width + plan.places[i]];
      }
    }
  }
}

void read_dataset(const Hdf5Dataset& dataset, const Targets& targets) {
  if (dataset.values() == Hdf5Values::kRecord) {
    read_records(dataset, targets);
  } else if (dataset.shape().size() == 2) {
    read_array(dataset, targets);
  } else {
    dataset.read_all({targets.front().values, targets.front().column->n_events});
  }
}

}  // namespace

std::vector<std::vector<float>> read_hdf5_columns(const Hdf5File& file, std::span<const Hdf5Column> columns) {
  std::vector<std::vector<float>> values;
  std::map<std::string, Targets> by_dataset;
  for (const Hdf5Column& column : columns) {
    values.emplace_back(column.n_events);
    by_dataset[column.dataset].push_back({&column, values.back().data()});
  }
  for (const auto& [path, targets] : by_dataset) {
    read_dataset(file.dataset(path), targets);
  }
  return values;
}

}  // namespace eddy::events
