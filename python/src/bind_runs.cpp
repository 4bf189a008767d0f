#include <eddy/base/json.hpp>
#include <eddy/base/parallel.hpp>
#include <eddy/cli/command_line.hpp>
#include <eddy/net/instruction_set.hpp>
#include <eddy/report/evidence/evidence_page.hpp>
#include <eddy/report/old_result.hpp>
#include <eddy/report/wording.hpp>
#include <eddy/runs/commands.hpp>
#include <eddy/runs/options_page.hpp>
#include <eddy/runs/run_folder.hpp>
#include <eddy/runs/same_run.hpp>
#include <eddy/runs/toml_config.hpp>
#include <eddy/search/inputs.hpp>

#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <string>
#include <utility>
#include <vector>

#include "job.hpp"
#include "module.hpp"

namespace eddy::python {
namespace {

namespace nb = nanobind;
using nb::literals::operator""_a;

std::string run(const runs::RunOptions& options, std::size_t threads, const nb::object& tell,
                const nb::object& progress) {
  std::string folder;
  run_job(tell, progress, [&](runs::Listener& listener, const std::atomic<bool>& stop) {
    const base::ThreadLimit limit(threads);
    folder = runs::run(options, listener, stop);
  });
  return folder;
}

template <class Options>
void command(void (*function)(const Options&, runs::Listener&, const std::atomic<bool>&), const Options& options,
             std::size_t threads, const nb::object& tell, const nb::object& progress) {
  run_job(tell, progress, [&](runs::Listener& listener, const std::atomic<bool>& stop) {
    const base::ThreadLimit limit(threads);
    function(options, listener, stop);
  });
}

/// What a finished run found: result.json, and what its report says of it in words and tables.
nb::dict read_result(const std::string& folder) {
  const base::Json result = report::current_result(runs::finished_result(runs::RunFolder(folder)));
  const report::Wording wording = report::word(result);
  nb::dict found;
  found["json"] = result.dump();
  found["verdict"] = wording.verdict;
  found["level"] = wording.level;
  found["searched"] = wording.searched;
  found["found"] = wording.found;
  found["findings"] = report::page_of(result).findings(result);
  return found;
}

/// The columns that a finished run needs of events that it is to score.
std::vector<std::string> columns_to_score(const std::string& folder) {
  const search::SearchConfig config = runs::load_config(folder + "/config.toml", {}).config;
  return search::columns_of_file(config, {.file = "events", .identity = config.data.identity});
}

/// The columns that a limit needs of signal events.
std::vector<std::string> columns_of_signal(const std::string& folder, const std::string& weight) {
  const search::SearchConfig config = runs::load_config(folder + "/config.toml", {}).config;
  return search::columns_of_file(config, {.file = "signal", .weight = weight});
}

int command_line(std::vector<std::string> arguments) {
  std::vector<char*> pointers;
  for (std::string& argument : arguments) {
    pointers.push_back(argument.data());
  }
  pointers.push_back(nullptr);
  const nb::gil_scoped_release released;
  return cli::command_line(static_cast<int>(arguments.size()), pointers.data());
}

/// What processes need that compute the tasks of a run together, as Python knows it.
void bind_shared_work(nb::module_& module) {
  module.def(
      "prepare_run",
      [](std::string config, std::string out, std::string store, std::vector<std::string> set, bool fresh) {
        return runs::prepare_run({std::move(config), std::move(out), std::move(store), std::move(set), fresh});
      },
      "config"_a, "out"_a, "store"_a, "set"_a, "fresh"_a, nb::call_guard<nb::gil_scoped_release>());
  module.def(
      "prepare_calibration",
      [](std::string folder, std::string store, std::size_t experiments) {
        runs::prepare_calibration({std::move(folder), std::move(store), experiments});
      },
      "run"_a, "store"_a, "experiments"_a, nb::call_guard<nb::gil_scoped_release>());
  module.def(
      "compute_run_tasks",
      [](std::string config, std::string out, std::string store, std::size_t threads, const nb::object& tell,
         const nb::object& watch) {
        const runs::RunOptions options{.config = std::move(config),
                                       .out = std::move(out),
                                       .store = std::move(store),
                                       .set = {},
                                       .tasks_only = true};
        run_job(tell, nb::none(), watch, [&](runs::Listener& listener, const std::atomic<bool>& stop) {
          const base::ThreadLimit limit(threads);
          static_cast<void>(runs::run(options, listener, stop));
        });
      },
      "config"_a, "out"_a, "store"_a, "threads"_a, "tell"_a, "watch"_a);
  module.def(
      "compute_experiments",
      [](std::string folder, std::string store, std::size_t experiments, std::size_t threads, const nb::object& tell,
         const nb::object& watch) {
        const runs::CalibrateOptions options{
            .run = std::move(folder), .store = std::move(store), .experiments = experiments, .tasks_only = true};
        run_job(tell, nb::none(), watch, [&](runs::Listener& listener, const std::atomic<bool>& stop) {
          const base::ThreadLimit limit(threads);
          runs::calibrate(options, listener, stop);
        });
      },
      "run"_a, "store"_a, "experiments"_a, "threads"_a, "tell"_a, "watch"_a);
  module.def(
      "tasks_done",
      [](const std::string& folder) {
        std::vector<runs::TasksDone> all;
        {
          const nb::gil_scoped_release released;
          all = runs::tasks_done(folder);
        }
        nb::list done;
        for (const runs::TasksDone& work : all) {
          done.append(nb::make_tuple(work.work, work.finished, work.tasks));
        }
        return done;
      },
      "run"_a);
  module.def("instruction_set", [] { return std::string(net::to_string(net::instruction_set())); });
}

}  // namespace

void bind_runs(nb::module_& module) {
  bind_shared_work(module);
  module.def("command_line", &command_line, "arguments"_a);
  module.def(
      "run",
      [](std::string config, std::string out, std::string store, std::vector<std::string> set, bool fresh,
         std::size_t threads, const nb::object& tell, const nb::object& progress) {
        return run({std::move(config), std::move(out), std::move(store), std::move(set), fresh}, threads, tell,
                   progress);
      },
      "config"_a, "out"_a, "store"_a, "set"_a, "fresh"_a, "threads"_a, "tell"_a, "progress"_a.none());
  module.def(
      "calibrate",
      [](std::string folder, std::string store, std::size_t experiments, std::size_t threads, const nb::object& tell,
         const nb::object& progress) {
        command<runs::CalibrateOptions>(runs::calibrate, {std::move(folder), std::move(store), experiments}, threads,
                                        tell, progress);
      },
      "run"_a, "store"_a, "experiments"_a, "threads"_a, "tell"_a, "progress"_a.none());
  module.def(
      "unblind",
      [](std::string folder, std::string store, std::size_t threads, const nb::object& tell,
         const nb::object& progress) {
        command<runs::UnblindOptions>(runs::unblind, {std::move(folder), std::move(store)}, threads, tell, progress);
      },
      "run"_a, "store"_a, "threads"_a, "tell"_a, "progress"_a.none());
  nb::class_<runs::LimitOptions>(module, "LimitOptions")
      .def(nb::init<>())
      .def_rw("run", &runs::LimitOptions::run)
      .def_rw("signal", &runs::LimitOptions::signal)
      .def_rw("weight", &runs::LimitOptions::weight)
      .def_rw("array_columns", &runs::LimitOptions::array_columns)
      .def_rw("injections", &runs::LimitOptions::injections)
      .def_rw("points", &runs::LimitOptions::points)
      .def_rw("repetitions", &runs::LimitOptions::repetitions)
      .def_rw("nulls", &runs::LimitOptions::nulls, nb::arg().none())
      .def_rw("into_nulls", &runs::LimitOptions::into_nulls, nb::arg().none())
      .def_rw("cross_section", &runs::LimitOptions::cross_section, nb::arg().none())
      .def_rw("expected", &runs::LimitOptions::expected, nb::arg().none())
      .def_rw("unit", &runs::LimitOptions::unit)
      .def_rw("store", &runs::LimitOptions::store);
  module.def(
      "limit",
      [](const runs::LimitOptions& options, std::size_t threads, const nb::object& tell, const nb::object& progress) {
        command<runs::LimitOptions>(runs::limit, options, threads, tell, progress);
      },
      "options"_a, "threads"_a, "tell"_a, "progress"_a.none());
  module.def(
      "score",
      [](std::string folder, std::string events, std::string output, std::size_t threads, const nb::object& tell,
         const nb::object& progress) {
        run_monitored(tell, progress, [&](const base::Monitor& monitor) {
          const base::ThreadLimit limit(threads);
          runs::score({std::move(folder), std::move(events), std::move(output), {}}, monitor);
        });
      },
      "run"_a, "events"_a, "output"_a, "threads"_a, "tell"_a, "progress"_a.none());
  module.def("read_result", &read_result, "run"_a);
  module.def("columns_to_score", &columns_to_score, "run"_a);
  module.def("columns_of_signal", &columns_of_signal, "run"_a, "weight"_a);
  module.def("report", &runs::report, "run"_a, nb::call_guard<nb::gil_scoped_release>());
  module.def("option_reference", &runs::option_reference);
}

}  // namespace eddy::python
