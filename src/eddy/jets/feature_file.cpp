#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>
#include <eddy/base/inputs.hpp>
#include <eddy/base/json.hpp>
#include <eddy/base/options_json.hpp>
#include <eddy/base/parallel.hpp>
#include <eddy/events/column_file.hpp>
#include <eddy/events/columns.hpp>
#include <eddy/events/row_reader.hpp>
#include <eddy/jets/feature_file.hpp>
#include <eddy/jets/features.hpp>
#include <eddy/jets/particle_counts.hpp>
#include <eddy/jets/particles.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <vector>

namespace eddy::jets {
namespace {

using base::InputError;

constexpr std::size_t kBlockFloats = std::size_t{4} << 20;  // 16 MiB: some 2,000 LHC Olympics events
constexpr std::size_t kTaskEvents = 16;                     // some four milliseconds of work

/// What stays the same for all blocks of a file.
struct Plan {
  const events::RowReader* rows;
  const FeatureSettings* settings;
  std::string where;  ///< "'file'", for messages
  RowLayout layout;
  std::vector<FeatureColumn> columns;
  std::size_t block_rows;
  [[nodiscard]] std::size_t width() const { return columns.size() + (layout.has_label ? 1 : 0); }
};

/// Consecutive events: their rows of the particle file, and the features computed from them, row by row.
struct Block {
  std::size_t first = 0;
  std::size_t n = 0;
  std::vector<float> particles;
  std::vector<float> features;
  std::vector<std::uint8_t> has_fewer_jets;
  std::vector<ParticleCounts> counts;  ///< of the tasks
};

void read_block(const Plan& plan, std::size_t first, Block& block) {
  block.first = first;
  block.n = std::min(plan.block_rows, plan.rows->n_rows() - first);
  block.particles.resize(block.n * plan.rows->n_columns());
  plan.rows->read(first, block.n, block.particles);
}

float label_of(const Plan& plan, std::span<const float> row, std::size_t row_number) {
  const float label = row.back();
  if (!std::isfinite(label)) {
    throw InputError(
        fmt::format("the label in the last column of row {} of {} is {}; write the file again with numbers", row_number,
                    plan.where, label));
  }
  return label;
}

void compute_event(const Plan& plan, Block& block, std::size_t i) {
  const std::size_t n_columns = plan.rows->n_columns();
  const std::span<const float> row(block.particles.data() + i * n_columns, n_columns);
  const EventFeatures event = event_features(
      particles_of_row(row, plan.layout, plan.settings->particles, block.first + i, plan.where), *plan.settings);
  float* out = block.features.data() + i * plan.width();
  for (const FeatureColumn& column : plan.columns) {
    *out++ = static_cast<float>(column.value(event));
  }
  if (plan.layout.has_label) {
    *out = label_of(plan, row, block.first + i);
  }
  block.counts[i / kTaskEvents] += count_particles(row, plan.layout, plan.settings->particles);
  block.has_fewer_jets[i] = event.n_jets < event.jets.size() ? 1 : 0;
}

/// The first complaint in the order of the events, whatever thread came upon it first.
void rethrow_first(const std::vector<std::exception_ptr>& failures) {
  for (const std::exception_ptr& failure : failures) {
    if (failure) {
      std::rethrow_exception(failure);
    }
  }
}

/// Computes the features of `block` while the rows from `next` on are read into `read_ahead`.
void compute_block(const Plan& plan, Block& block, std::size_t next, Block& read_ahead) {
  block.features.resize(block.n * plan.width());
  block.has_fewer_jets.assign(block.n, 0);
  const std::size_t n_tasks = (block.n + kTaskEvents - 1) / kTaskEvents;
  block.counts.assign(n_tasks, {});
  std::vector<std::exception_ptr> failures(n_tasks + 1);
  base::parallel_tasks(n_tasks + 1, [&](std::size_t task) {
    try {
      if (task == 0) {
        next < plan.rows->n_rows() ? read_block(plan, next, read_ahead) : void(read_ahead.n = 0);
        return;
      }
      for (std::size_t i = (task - 1) * kTaskEvents; i < std::min(block.n, task * kTaskEvents); ++i) {
        compute_event(plan, block, i);
      }
    } catch (...) {
      failures[task == 0 ? n_tasks : task - 1] = std::current_exception();  // reading ahead comes last
    }
  });
  rethrow_first(failures);
}

/// Notes features that are none, and labels that a search would refuse.
void look_at(const Plan& plan, const Block& block, FeatureFileSummary& summary) {
  for (std::size_t i = 0; i < block.n; ++i) {
    const std::span<const float> row = std::span(block.features).subspan(i * plan.width(), plan.width());
    const auto bad = std::ranges::find_if_not(row, [](float value) { return std::isfinite(value); });
    if (bad != row.end() && summary.n_not_finite++ == 0) {
      const std::string& name = plan.columns[static_cast<std::size_t>(bad - row.begin())].name;
      summary.first_not_finite = fmt::format("{} = {} in row {}", name, *bad, block.first + i);
    }
    const bool is_other = plan.layout.has_label && row.back() != 0 && row.back() != 1;
    if (is_other && summary.n_other_labels++ == 0) {
      summary.first_other_label = fmt::format("{} in row {}", row.back(), block.first + i);
    }
  }
}

void write_block(const Plan& plan, const Block& block, events::ColumnFile& file) {
  std::vector<float> column(block.n);
  for (std::size_t c = 0; c < plan.width(); ++c) {
    for (std::size_t i = 0; i < block.n; ++i) {
      column[i] = block.features[i * plan.width() + c];
    }
    file.write(c, block.first, std::span<const float>(column));
  }
}

/// All blocks, in order; counts events with fewer jets than are described, and particles.
void stream(const Plan& plan, events::ColumnFile& file, const base::Monitor& monitor, FeatureFileSummary& summary) {
  const std::size_t n_rows = plan.rows->n_rows();
  Block block;
  Block read_ahead;
  read_block(plan, 0, block);
  while (block.n > 0) {
    monitor.check_stop();
    compute_block(plan, block, block.first + block.n, read_ahead);
    for (const ParticleCounts& counts : block.counts) {
      summary.particles += counts;
    }
    require_layout(summary.particles, plan.settings->particles, plan.where);
    look_at(plan, block, summary);
    write_block(plan, block, file);
    summary.n_fewer_jets += static_cast<std::size_t>(std::ranges::count(block.has_fewer_jets, 1));
    monitor.progress("features", block.first + block.n, n_rows);
    std::swap(block, read_ahead);
  }
}

std::vector<events::FileColumn> file_columns(const Plan& plan) {
  std::vector<events::FileColumn> columns;
  for (const FeatureColumn& column : plan.columns) {
    columns.push_back({column.name, column.unit});
  }
  if (plan.layout.has_label) {
    columns.push_back({"label", ""});
  }
  return columns;
}

/// What the features were made with; infinite cuts, which JSON cannot say, are null.
std::string settings_text(const FeatureSettings& settings) {
  return base::Json{{"particles", base::settings_to_json(settings.particles)},
                    {"jets", base::settings_to_json(settings.jets)},
                    {"nsubjettiness", base::settings_to_json(settings.nsubjettiness)},
                    {"soft_drop", base::settings_to_json(settings.soft_drop)}}
      .dump();
}

Plan make_plan(const events::RowReader& rows, const events::Location& input, const FeatureSettings& settings) {
  Plan plan{&rows, &settings, events::shown(input), {}, feature_columns(settings), 0};
  plan.layout = row_layout(rows.n_columns(), settings.particles, plan.where);
  plan.block_rows = rows.aligned_rows(kBlockFloats / rows.n_columns());
  if (rows.n_rows() == 0) {
    throw InputError(fmt::format("{} holds no events; check that it was written completely", plan.where));
  }
  return plan;
}

}  // namespace

FeatureFileSummary write_feature_file(const events::Location& input, const std::string& output,
                                      const FeatureSettings& settings, const base::Monitor& monitor) {
  validate(settings);
  base::require_not_an_input(output, std::vector{input.path}, "-o");
  const events::RowReader rows(input);
  const Plan plan = make_plan(rows, input, settings);
  FeatureFileSummary summary{.n_events = rows.n_rows(),
                             .n_columns = plan.width(),
                             .first_not_finite = {},
                             .first_other_label = {},
                             .has_label = plan.layout.has_label,
                             .particles = {}};
  base::write_atomically(output, [&](const std::string& temporary) {
    events::ColumnFile file(temporary, output, file_columns(plan), rows.n_rows(),
                            {{"settings", settings_text(settings)}});
    stream(plan, file, monitor, summary);
  });
  return summary;
}

}  // namespace eddy::jets
