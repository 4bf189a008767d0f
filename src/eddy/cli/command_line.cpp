#include <eddy/base/error.hpp>
#include <eddy/base/options.hpp>
#include <eddy/base/parallel.hpp>
#include <eddy/cli/batch_options.hpp>
#include <eddy/cli/command_line.hpp>
#include <eddy/cli/option_checks.hpp>
#include <eddy/cli/standard_streams.hpp>
#include <eddy/cli/stop_signals.hpp>
#include <eddy/cli/study_options.hpp>
#include <eddy/cli/terminal.hpp>
#include <eddy/exchange/export.hpp>
#include <eddy/runs/commands.hpp>
#include <eddy/runs/options_page.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace {

constexpr int kFailed = 1;
constexpr int kUsage = 2;

/// OpenMP and BLAS threads would fight with ours; set before any library starts them.
void keep_libraries_single_threaded() {
  ::setenv("OMP_NUM_THREADS", "1", /*overwrite=*/0);
  ::setenv("OPENBLAS_NUM_THREADS", "1", /*overwrite=*/0);
}

struct Options {
  eddy::runs::RunOptions run;
  eddy::runs::CalibrateOptions calibrate;
  eddy::runs::LimitOptions limit;
  eddy::runs::UnblindOptions unblind;
  eddy::runs::StudyOptions study;
  eddy::runs::TuneOptions tune;
  eddy::runs::FeaturesOptions features;
  eddy::runs::ScoreOptions score;
  eddy::runs::InspectOptions inspect;
  std::string report_folder;
  eddy::runs::CompareOptions compare;
  eddy::runs::SubmitOptions submit;
  eddy::runs::StatusOptions status;
  bool plan = false;
  eddy::exchange::ExportOptions export_run;
  std::size_t threads = 0;
  std::optional<std::int64_t> seed;
  bool quiet = false;
};

using eddy::cli::some_path;
using eddy::cli::whole_number;

void add_run(CLI::App& app, Options& options) {
  CLI::App* run = app.add_subcommand("run", "Run a search from a configuration file to a report");
  run->add_option("config", options.run.config, "configuration file (TOML)")->required();
  run->add_option("--out", options.run.out, "run folder; default runs/<name>")->check(some_path);
  run->add_option("--store", options.run.store,
                  "folder of finished tasks, shared by several runs; default models/ in the run folder")
      ->check(some_path);
  run->add_option("--set", options.run.set, "override a setting: section.key=value, any number of times")
      ->allow_extra_args(false);
  run->add_option("--seed", options.seed, "override [search] seed")->check(whole_number);
  run->add_option("--threads", options.threads, "threads to use; default all cores")->check(whole_number);
  run->add_option_function<std::string>(
         "--stage",
         [&options](const std::string& stage) {
           const std::string own = stage == "cr" ? "search.blind=true" : "search.blind=false";
           const std::string other = stage == "cr" ? "search.blind=false" : "search.blind=true";
           const auto contradicts = [&](std::string setting) {
             std::erase(setting, ' ');
             return setting == other;
           };
           if (std::ranges::any_of(options.run.set, contradicts)) {
             throw CLI::ValidationError("--stage " + stage + " contradicts --set " + other + "; remove one of them");
           }
           options.run.set.push_back(own);
         },
         "cr: [search] blind = true, the signal region stays closed; sr: it is opened at once")
      ->check(CLI::IsMember({"cr", "sr"}));
  run->add_flag("--fresh", options.run.fresh, "remove an earlier run in the same folder first")
      ->excludes(run->add_flag("--tasks-only", options.run.tasks_only,
                               "as one of several processes: compute tasks that no other is at, and write no result"));
  run->add_flag("--plan", options.plan, "only print the tasks of the search, one a line as JSON");
  run->add_flag("--quiet", options.quiet, "only warnings on the terminal");
}

void add_calibrate(CLI::App& app, Options& options) {
  CLI::App* calibrate =
      app.add_subcommand("calibrate", "Add null experiments to a finished run: whole searches without signal");
  calibrate->add_option("run", options.calibrate.run, "run folder")->required();
  calibrate
      ->add_option("--experiments", options.calibrate.experiments,
                   "number of experiments in all, each as long as the search; default 50")
      ->check(whole_number);
  calibrate->add_option("--store", options.calibrate.store, "folder of finished tasks, as given to eddy run")
      ->check(some_path);
  calibrate->add_flag("--tasks-only", options.calibrate.tasks_only,
                      "as one of several processes: compute experiments that no other is at, and write no result");
  calibrate->add_option("--threads", options.threads, "threads to use; default all cores")->check(whole_number);
  calibrate->add_flag("--quiet", options.quiet, "only warnings on the terminal");
}

void add_limit(CLI::App& app, Options& options) {
  eddy::runs::LimitOptions& chosen = options.limit;
  CLI::App* limit = app.add_subcommand("limit", "Limits on a signal, with the search trained anew at each strength");
  limit->add_option("run", chosen.run, "run folder")->required();
  limit->add_option("--signal", chosen.signal, "file of signal events, or file:group")->required()->check(some_path);
  limit->add_option("--weight", chosen.weight, "column of what each signal event counts");
  limit->add_option("--columns", chosen.array_columns, "names of the columns of a 2-D array")->delimiter(',');
  limit
      ->add_option("--injections", chosen.injections,
                   "signal events in the signal region to inject, as 50,100,200; default: chosen from the sensitivity")
      ->delimiter(',');
  limit->add_option("--points", chosen.points, "how many amounts are chosen; default 6")->check(whole_number);
  limit->add_option("--repetitions", chosen.repetitions, "searches at each amount; default 3")->check(whole_number);
  limit
      ->add_option("--nulls", chosen.nulls,
                   "null experiments for the expected limit; default: as many as the run was calibrated with")
      ->check(whole_number);
  limit
      ->add_option_function<std::string>(
          "--into", [&chosen](const std::string& into) { chosen.into_nulls = into == "nulls"; },
          "inject into background-only events of the null experiments (default where the method has them) or into the "
          "data")
      ->check(CLI::IsMember({"data", "nulls"}));
  limit->add_option(
      "--cross-section", chosen.cross_section,
      "cross-section at which --expected, or the sum of --weight, signal events are in the signal region");
  limit->add_option("--expected", chosen.expected, "signal events in the signal region at --cross-section");
  limit->add_option("--unit", chosen.unit, "unit of the cross-section; default fb");
  limit->add_flag("--tasks-only", chosen.tasks_only,
                  "as one of several processes: compute searches that no other is at, and write no limit");
  limit->add_option("--store", chosen.store, "folder of finished tasks, as given to eddy run")->check(some_path);
  limit->add_option("--threads", options.threads, "threads to use; default all cores")->check(whole_number);
  limit->add_flag("--quiet", options.quiet, "only warnings on the terminal");
}

void add_unblind(CLI::App& app, Options& options) {
  CLI::App* unblind = app.add_subcommand("unblind", "Open the signal region of a finished blind run, and record that");
  unblind->add_option("run", options.unblind.run, "run folder")->required();
  unblind->add_option("--store", options.unblind.store, "folder of finished tasks, as given to eddy run")
      ->check(some_path);
  unblind->add_option("--threads", options.threads, "threads to use; default all cores")->check(whole_number);
  unblind->add_flag("--quiet", options.quiet, "only warnings on the terminal");
}

void add_features(CLI::App& app, Options& options) {
  CLI::App* features = app.add_subcommand("features", "Compute jets and their substructure from a file of particles");
  features->add_option("particles", options.features.particles, "file of particles, one event per row, or file:group")
      ->required();
  features->add_option("-o,--output", options.features.output, "HDF5 file to write")->required();
  features->add_option("--config", options.features.config,
                       "settings (TOML): [particles], [jets], [nsubjettiness], [soft_drop]");
  features->add_option("--set", options.features.set, "override a setting: section.key=value, any number of times")
      ->allow_extra_args(false);
  features->add_option("--threads", options.threads, "threads to use; default all cores")->check(whole_number);
  features->add_flag("--quiet", options.quiet, "only warnings on the terminal");
}

void add_export(CLI::App& app, Options& options) {
  eddy::exchange::ExportOptions& chosen = options.export_run;
  CLI::App* command =
      app.add_subcommand("export", "Write what a run found for other programs: statistical models, tables, the score");
  command->add_option("run", chosen.run, "run folder")->required();
  command->add_option("--format", chosen.format, "pyhf, hs3, combine, hepdata or onnx")->required();
  command->add_option("-o,--output", chosen.output, "folder to write; default RUN/export/FORMAT")->check(some_path);
  command
      ->add_option("--spurious-signal", chosen.spurious_signal,
                   "of bump hunts: signal events that a wrong background shape may make, one standard deviation")
      ->check(CLI::NonNegativeNumber);
  command->add_flag("--check", chosen.check, "write nothing: is the export that is there that of this run?");
  command->add_flag("--quiet", options.quiet, "only warnings on the terminal");
}

void add_commands(CLI::App& app, Options& options) {
  add_run(app, options);
  add_unblind(app, options);
  add_calibrate(app, options);
  add_limit(app, options);
  eddy::cli::add_study_commands(app, options.study, options.tune, options.threads, options.quiet);
  eddy::cli::add_batch_commands(app, options.submit, options.status);
  add_features(app, options);
  CLI::App* score = app.add_subcommand("score", "Score events with a finished run");
  score->add_option("run", options.score.run, "run folder")->required();
  score->add_option("events", options.score.events, "events file, or file:group")->required();
  score->add_option("-o,--output", options.score.output, "HDF5 file to write")->required();
  score->add_option("--columns", options.score.array_columns, "names of the columns of a 2-D array")->delimiter(',');
  score->add_option("--threads", options.threads, "threads to use; default all cores")->check(whole_number);
  score->add_flag("--quiet", options.quiet, "only warnings on the terminal");
  CLI::App* inspect = app.add_subcommand("inspect", "List the columns of a file with ranges, NaNs and quantiles");
  inspect->add_option("file", options.inspect.file, "events file, or file:group")->required();
  inspect->add_option("--columns", options.inspect.array_columns, "names of the columns of a 2-D array")
      ->delimiter(',');
  inspect->add_flag("--all", options.inspect.all, "show all columns of wide files");
  CLI::App* report = app.add_subcommand("report", "Write report.html of a finished run again");
  report->add_option("run", options.report_folder, "run folder")->required();
  CLI::App* compare = app.add_subcommand("compare", "Put several finished runs into one report");
  compare->add_option("runs", options.compare.runs, "run folders, two or more")->required();
  compare
      ->add_option("-o,--output", options.compare.output,
                   "folder for compare.html and compare.json; default comparison")
      ->check(some_path);
  compare->add_flag("--quiet", options.quiet, "only warnings on the terminal");
  add_export(app, options);
  app.add_subcommand("options", "Print the reference page of all configuration options (Markdown)");
}

void execute(const CLI::App& app, Options& options, eddy::cli::Terminal& terminal) {
  namespace cli = eddy::cli;
  namespace runs = eddy::runs;
  const eddy::base::Monitor monitor(&terminal, &eddy::cli::StopSignals::requested());
  const eddy::base::ThreadLimit limit(options.threads);
  if (app.got_subcommand("run")) {
    if (options.seed) {
      options.run.set.push_back(fmt::format("search.seed={}", *options.seed));
    }
    if (options.plan) {
      cli::print_out(runs::plan(options.run));
    } else {
      runs::run(options.run, terminal, cli::StopSignals::requested());
    }
  } else if (app.got_subcommand("calibrate")) {
    runs::calibrate(options.calibrate, terminal, cli::StopSignals::requested());
  } else if (app.got_subcommand("limit")) {
    runs::limit(options.limit, terminal, cli::StopSignals::requested());
  } else if (app.got_subcommand("unblind")) {
    runs::unblind(options.unblind, terminal, cli::StopSignals::requested());
  } else if (app.got_subcommand("study")) {
    runs::study(options.study, terminal, cli::StopSignals::requested());
  } else if (app.got_subcommand("tune")) {
    runs::tune(options.tune, terminal, cli::StopSignals::requested());
  } else if (app.got_subcommand("submit")) {
    cli::print_out(runs::submit(options.submit, terminal));
  } else if (app.got_subcommand("status")) {
    cli::print_out(runs::status(options.status));
  } else if (app.got_subcommand("features")) {
    runs::features(options.features, monitor);
  } else if (app.got_subcommand("score")) {
    runs::score(options.score, monitor);
  } else if (app.got_subcommand("inspect")) {
    cli::print_out(runs::inspect(options.inspect));
  } else if (app.got_subcommand("report")) {
    runs::report(options.report_folder);
    monitor.info(fmt::format("report: {}/report.html", options.report_folder));
  } else if (app.got_subcommand("compare")) {
    runs::compare(options.compare, monitor);
  } else if (app.got_subcommand("export")) {
    eddy::exchange::export_run(options.export_run, monitor);
  } else {
    cli::print_out(runs::option_reference());
  }
}

std::string nearest_hint(const std::string& name, const std::vector<std::string>& known) {
  const std::string nearest = eddy::base::nearest_name(name, known);
  return nearest.empty() ? fmt::format("there are {}", fmt::join(known, ", "))
                         : fmt::format("did you mean '{}'?", nearest);
}

/// The option that another command calls by this letter: -o, of 'eddy run' --out.
std::string short_hint(const CLI::App& command, const std::string& unknown, const std::vector<std::string>& known) {
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      if (name.starts_with(unknown.substr(1, 1))) {
        return fmt::format("did you mean '--{}'?", name);
      }
    }
  }
  return fmt::format("there are {}", fmt::join(known, ", "));
}

/// One sentence for a command line that cannot be understood.
std::string explain(const CLI::App& app, const CLI::ParseError& error) {
  const std::vector<std::string> unknown = app.remaining(/*recurse=*/true);
  std::vector<std::string> known;
  const auto commands = app.get_subcommands();
  if (commands.empty()) {
    for (const CLI::App* command : app.get_subcommands({})) {
      known.push_back(command->get_name());
    }
    return unknown.empty()
               ? fmt::format("no command is given; there are {}, and 'eddy --help'", fmt::join(known, ", "))
               : fmt::format("there is no command '{}'; {}", unknown.front(), nearest_hint(unknown.front(), known));
  }
  const std::string command = "eddy " + commands.front()->get_name();
  for (const CLI::Option* option : commands.front()->get_options()) {
    if (!option->get_positional()) {
      known.push_back(option->get_single_name());
    }
  }
  if (!unknown.empty() && unknown.front().starts_with("--")) {
    return fmt::format("'{}' has no option '{}'; {}", command, unknown.front(),
                       nearest_hint(unknown.front().substr(2), known));
  }
  if (!unknown.empty() && unknown.front().starts_with("-")) {
    return fmt::format("'{}' has no option '{}'; {}", command, unknown.front(),
                       short_hint(*commands.front(), unknown.front(), known));
  }
  return fmt::format("'{}': {}; see '{} --help'", command, error.what(), command);
}

/// What a user who stopped a command wants to know.
const char* stopped_message(const CLI::App& app) {
  constexpr std::array<const char*, 6> kResumed = {"run", "unblind", "calibrate", "limit", "study", "tune"};
  return std::ranges::any_of(kResumed, [&](const char* command) { return app.got_subcommand(command); })
             ? "stopped on request; finished tasks are kept, run the same command again to resume"
             : "stopped on request; nothing was written";
}

/// Runs the command and maps what it throws to an exit code: the only place that does.
int run_command(const CLI::App& app, Options& options) {
  eddy::cli::Terminal terminal(options.quiet);
  std::atomic_flag is_said;
  const eddy::cli::StopSignals signals([&] {
    if (!is_said.test_and_set()) {
      terminal.last_words(stopped_message(app));
    }
  });
  const auto fail = [&](const std::string& message, int code) {
    if (!is_said.test_and_set()) {
      terminal.error(message);
    }
    return code;
  };
  try {
    execute(app, options, terminal);
    return 0;
  } catch (const eddy::base::InputError& error) {
    return fail(error.what(), kUsage);
  } catch (const eddy::base::Interrupted& error) {
    return fail(app.got_subcommand("run") || app.got_subcommand("unblind") ? error.what() : stopped_message(app),
                kFailed);
  } catch (const eddy::base::Error& error) {
    return fail(error.what(), kFailed);
  } catch (const std::bad_alloc&) {
    return fail("not enough memory; use fewer events or a machine with more of it", kFailed);
  } catch (const std::exception& error) {
    return fail(fmt::format("internal error: {}; please report it with the configuration", error.what()), kFailed);
  }
}

/// What --help and --version print.
int print_help(const CLI::App& app, const CLI::ParseError& error) {
  std::ostringstream text;
  app.exit(error, text, text);
  try {
    eddy::cli::print_out(text.str());
    return 0;
  } catch (const eddy::base::IoError& failure) {
    eddy::cli::print_error(fmt::format("eddy: {}\n", failure.what()));
    return kFailed;
  }
}

}  // namespace

int eddy::cli::command_line(int argc, char** argv) {
  prepare_standard_streams();
  keep_libraries_single_threaded();
  Options options;
  CLI::App app{"eddy: complete, model-agnostic searches at colliders"};
  app.set_version_flag("--version", EDDY_VERSION);
  app.require_subcommand(1);
  add_commands(app, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {  // --help, --version
      return print_help(app, error);
    }
    print_error(fmt::format("eddy: {}\n", explain(app, error)));
    return kUsage;
  }
  return run_command(app, options);
}
