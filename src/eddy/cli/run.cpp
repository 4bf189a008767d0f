#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>
#include <eddy/cli/commands.hpp>
#include <eddy/cli/run_folder.hpp>
#include <eddy/cli/toml_config.hpp>
#include <eddy/events/write.hpp>
#include <eddy/net/instruction_set.hpp>
#include <eddy/report/conrad_figures.hpp>
#include <eddy/report/extrapolation_figures.hpp>
#include <eddy/report/html.hpp>
#include <eddy/report/quak_figures.hpp>
#include <eddy/report/quak_wording.hpp>
#include <eddy/report/resonant_figures.hpp>
#include <eddy/report/result.hpp>
#include <eddy/search/conrad.hpp>
#include <eddy/search/extrapolation.hpp>
#include <eddy/search/mass_file.hpp>
#include <eddy/search/quak.hpp>
#include <eddy/search/resonant.hpp>

#include <fmt/format.h>
#include <sys/resource.h>
#include <tbb/global_control.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <thread>

namespace eddy::cli {
namespace {

/// Facts that differ from run to run; kept apart from result.json, which does not.
base::Json run_facts(double seconds) {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  char host[256] = {};
  ::gethostname(host, sizeof(host) - 1);
  return {{"wall_seconds", std::round(seconds * 10) / 10},
          {"cpu_seconds", std::round(10 * (static_cast<double>(usage.ru_utime.tv_sec) +
                                           1e-6 * static_cast<double>(usage.ru_utime.tv_usec))) /
                              10},
          {"peak_memory_mb", usage.ru_maxrss / 1024},
          {"instructions", net::to_string(net::instruction_set())},
          {"threads", tbb::global_control::active_value(tbb::global_control::max_allowed_parallelism)},
          {"cores", std::thread::hardware_concurrency()},
          {"host", host}};
}

std::vector<float> column(const base::Matrix& matrix, std::size_t c) {
  std::vector<float> values(matrix.rows());
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = matrix(i, c);
  }
  return values;
}

/// scores.h5: one row per judged data event, scored by classifiers that never saw it.
events::Events score_table(const search::SearchOutput& output) {
  const search::Sample& data = output.data;
  events::Events table;
  const auto as_floats = [](const auto& values) { return std::vector<float>(values.begin(), values.end()); };
  table.add({"row", "", as_floats(data.index)});
  table.add({output.context.name, output.context.unit, data.context});
  for (std::size_t c = 1; c < data.all_context.cols(); ++c) {
    table.add({output.contexts[c].name, output.contexts[c].unit, column(data.all_context, c)});
  }
  table.add({"in_signal_region", "", as_floats(data.in_signal_region)});
  table.add({"score", "", data.score});
  table.add({"background_efficiency", "", data.background_efficiency});
  for (std::size_t d = 0; d < data.latent.cols(); ++d) {
    table.add({fmt::format("z{}", d + 1), "", column(data.latent, d)});
  }
  return table;
}

std::string one_line(const search::WorkingPoint& point) {
  return fmt::format(
      "efficiency {}: observed {:.0f}, expected {:.1f} ± {:.1f}, Z = {:.2f} (p = {:.2g}), S/√B = {:.2f}, upper limit "
      "{:.1f} events",
      point.efficiency, point.counts.a, point.prediction.predicted, point.prediction.error, point.fit.z,
      point.fit.p_value, point.s_over_sqrt_b, point.fit.upper_limit);
}

std::string one_line(const search::ResonantWorkingPoint& point) {
  const search::BumpHunt& hunt = point.hunt;
  if (!hunt.signal) {
    return fmt::format("efficiency {}: observed {:.0f} in the signal region, no fit: {}", point.efficiency,
                       hunt.observed, hunt.failures.empty() ? "too few events" : hunt.failures.front());
  }
  const stats::BumpSignal& signal = *hunt.signal;
  std::string line = fmt::format(
      "efficiency {}: observed {:.0f}, signal {:.1f} ± {:.1f}, Z = {:.2f} (p = {:.2g}) at {:.4g}, upper limit {:.1f} "
      "events",
      point.efficiency, hunt.observed, signal.strength, signal.strength_error, signal.z, signal.p_value,
      hunt.signal_shape.mean, signal.limit.observed);
  if (hunt.prediction) {
    line += fmt::format("; {:.1f} ± {:.1f} expected from the sidebands", hunt.prediction->total,
                        hunt.prediction->total_error);
  }
  return line;
}

std::string one_line(const search::ExtrapolationWorkingPoint& point) {
  return fmt::format(
      "efficiency {}: observed {:.0f}, expected {:.1f} ± {:.1f}, Z = {:.2f} (p = {:.2g}), S/√B = {:.2f}, upper limit "
      "{:.1f} events; ABCD: {:.1f} ± {:.1f} expected, Z = {:.2f}",
      point.efficiency, point.observed, point.prediction.predicted, point.prediction.error, point.counting.z,
      point.counting.p_value, point.s_over_sqrt_b, point.counting.upper_limit, point.abcd.prediction.predicted,
      point.abcd.prediction.error, point.abcd.fit.z);
}

/// What a search of any family leaves, in the form that it is written in.
struct Found {
  base::Json scorer;
  events::Events scores;
  base::Json result;
  base::Json figures;
  std::vector<std::string> lines;
  std::vector<std::string> warnings;
};

template <class Output>
void add_lines(const Output& output, Found& found) {
  for (const auto& point : output.working_points) {
    found.lines.push_back(one_line(point));
  }
  found.warnings = output.warnings;
}

Found look_into_tail(const search::SearchInputs& inputs, const search::SearchConfig& config,
                     const base::TaskStore& store, const base::Monitor& monitor) {
  search::ConradRun run = search::run_conrad(inputs, config, store, monitor);
  Found found{.scorer = std::move(run.scorer),
              .scores = score_table(run.output),
              .result = report::conrad_result(run.output),
              .figures = report::conrad_figures(run.output),
              .lines = {},
              .warnings = {}};
  add_lines(run.output, found);
  return found;
}

Found extrapolate(const search::SearchInputs& inputs, const search::SearchConfig& config, const base::TaskStore& store,
                  const base::Monitor& monitor) {
  search::ExtrapolationRun run = search::run_extrapolation(inputs, config, store, monitor);
  Found found{.scorer = std::move(run.scorer),
              .scores = run.output.stage == "sr" ? score_table(run.output) : events::Events(),
              .result = report::extrapolation_result(run.output),
              .figures = report::extrapolation_figures(run.output),
              .lines = {},
              .warnings = {}};
  add_lines(run.output, found);
  if (run.output.stage == "cr") {
    found.lines.emplace_back(
        "the signal region stays closed: judge the closure above, then open it with --stage sr, or stage = \"sr\" "
        "under "
        "[extrapolation]");
  }
  return found;
}

/// The masses that pass each cut, for other fit tools.
void write_mass_files(const search::ResonantOutput& output, const RunFolder& folder) {
  if (!search::is_mass_unit(output.context.unit)) {
    return;
  }
  base::require_writable_folder(folder.file("masses"));
  for (const search::ResonantWorkingPoint& point : output.working_points) {
    search::write_mass_file(folder.file(fmt::format("masses/efficiency-{}.h5", point.efficiency)),
                            search::selected_masses(output.data, point.efficiency), output.context.unit);
  }
}

Found hunt_bump(const search::SearchInputs& inputs, const search::SearchConfig& config, const base::TaskStore& store,
                const RunFolder& folder, const base::Monitor& monitor) {
  search::ResonantRun run = search::run_resonant(inputs, config, store, monitor);
  write_mass_files(run.output, folder);
  Found found{.scorer = std::move(run.scorer),
              .scores = score_table(run.output),
              .result = report::resonant_result(run.output),
              .figures = report::resonant_figures(run.output),
              .lines = {},
              .warnings = {}};
  add_lines(run.output, found);
  return found;
}

/// scores.h5 of a space of losses: one row per data event.
events::Events loss_table(const search::QuakOutput& output) {
  events::Events table;
  table.add({"row", "", std::vector<float>(output.data.index.begin(), output.data.index.end())});
  if (!output.data.context.empty()) {
    table.add({output.context.name, output.context.unit, output.data.context});
  }
  for (std::size_t d = 0; d < output.losses.size(); ++d) {
    table.add({"loss_" + output.losses[d], "", column(output.data_losses.loss, d)});
  }
  return table;
}

Found look_into_losses(const search::SearchInputs& inputs, const search::SearchConfig& config,
                       const base::TaskStore& store, const base::Monitor& monitor) {
  const search::QuakOutput output = search::run_quak(inputs, config, store, monitor);
  Found found{.scorer = {},
              .scores = loss_table(output),
              .result = report::quak_result(output),
              .figures = report::quak_figures(output),
              .lines = {},
              .warnings = output.warnings};
  if (output.categories) {
    found.lines.push_back(report::one_line(*output.categories, output.context));
  }
  if (output.cuts) {
    found.lines.push_back(report::one_line(*output.cuts, output.context));
  }
  for (const search::Separation& separation : output.separations) {
    found.lines.push_back(report::one_line(separation));
  }
  return found;
}

Found search_with_method(const search::SearchInputs& inputs, const search::SearchConfig& config,
                         const base::TaskStore& store, const RunFolder& folder, const base::Monitor& monitor) {
  switch (search::family_of(config)) {
    case search::Family::kTail:
      return look_into_tail(inputs, config, store, monitor);
    case search::Family::kResonant:
      return hunt_bump(inputs, config, store, folder, monitor);
    case search::Family::kExtrapolation:
      return extrapolate(inputs, config, store, monitor);
    case search::Family::kLossSpace:
      return look_into_losses(inputs, config, store, monitor);
  }
  throw base::Error("a method without a family");
}

}  // namespace

std::string run(const RunOptions& options, const base::Monitor& monitor,
                const std::function<void(const std::string&)>& open_log) {
  const auto begin = std::chrono::steady_clock::now();
  const LoadedConfig loaded = load_config(options.config, options.set);
  const RunFolder folder(options.out.empty() ? "runs/" + loaded.config.search.name : options.out);
  folder.require_same_run(loaded.resolved, options.fresh);
  // Nothing is written before the inputs are known to be usable: a corrected configuration finds the folder as it was.
  const search::SearchInputs inputs = search::load_inputs(loaded.config, loaded.folder, monitor);
  folder.prepare(loaded.resolved, options.fresh);
  open_log(folder.file("log.txt"));
  const base::TaskStore store(options.store.empty() ? folder.models() : options.store);

  const Found found = search_with_method(inputs, loaded.config, store, folder, monitor);

  if (!found.scorer.is_null()) {  // a space of losses gives events no score, a blind search neither
    folder.write_scorer(found.scorer);
  }
  if (found.scores.size() > 0) {  // a blind search shows nothing of single events
    events::write_hdf5(folder.file("scores.h5"), found.scores);
  }
  folder.write("result.json", found.result);
  folder.write("figures.json", found.figures);
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
  const base::Json facts = run_facts(elapsed.count());
  folder.write("run.json", facts);
  base::write_atomically(folder.file("report.html"), report::render_report(found.result, found.figures, facts));
  for (const std::string& line : found.lines) {
    monitor.info(line);
  }
  for (const std::string& warning : found.warnings) {
    monitor.warn(warning);
  }
  monitor.info(fmt::format("finished in {:.0f} s; report: {}", elapsed.count(), folder.file("report.html")));
  return folder.path();
}

}  // namespace eddy::cli
