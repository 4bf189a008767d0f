#include <eddy/base/files.hpp>
#include <eddy/cli/commands.hpp>
#include <eddy/cli/run_folder.hpp>
#include <eddy/cli/toml_config.hpp>
#include <eddy/events/write.hpp>
#include <eddy/net/instruction_set.hpp>
#include <eddy/report/conrad_figures.hpp>
#include <eddy/report/html.hpp>
#include <eddy/report/result.hpp>
#include <eddy/search/conrad.hpp>

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

/// scores.h5: one row per selected data event, scored by classifiers that never saw it.
events::Events score_table(const search::SearchInputs& inputs, const search::ConradOutput& output) {
  const search::Sample& data = output.data;
  events::Events table;
  const auto as_floats = [](const auto& values) { return std::vector<float>(values.begin(), values.end()); };
  table.add({"row", "", as_floats(inputs.data.index)});
  table.add({output.context.name, output.context.unit, data.context});
  table.add({"in_signal_region", "", as_floats(data.in_signal_region)});
  table.add({"score", "", data.score});
  table.add({"background_efficiency", "", data.background_efficiency});
  for (std::size_t d = 0; d < data.latent.cols(); ++d) {
    std::vector<float> z(data.latent.rows());
    for (std::size_t i = 0; i < z.size(); ++i) {
      z[i] = data.latent(i, d);
    }
    table.add({fmt::format("z{}", d + 1), "", std::move(z)});
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

  const search::ConradRun found = search::run_conrad(inputs, loaded.config, store, monitor);

  folder.write_scorer(found.scorer);
  events::write_hdf5(folder.file("scores.h5"), score_table(inputs, found.output));
  const base::Json result = report::conrad_result(found.output);
  const base::Json figures = report::conrad_figures(found.output);
  folder.write("result.json", result);
  folder.write("figures.json", figures);
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
  const base::Json facts = run_facts(elapsed.count());
  folder.write("run.json", facts);
  base::write_atomically(folder.file("report.html"), report::render_report(result, figures, facts));
  for (const search::WorkingPoint& point : found.output.working_points) {
    monitor.info(one_line(point));
  }
  for (const std::string& warning : found.output.warnings) {
    monitor.warn(warning);
  }
  monitor.info(fmt::format("finished in {:.0f} s; report: {}", elapsed.count(), folder.file("report.html")));
  return folder.path();
}

}  // namespace eddy::cli
