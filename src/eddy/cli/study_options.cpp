#include <eddy/cli/option_checks.hpp>
#include <eddy/cli/study_options.hpp>

namespace eddy::cli {
namespace {

void add_study(CLI::App& app, runs::StudyOptions& options, std::size_t& threads, bool& quiet) {
  CLI::App* study = app.add_subcommand("study", "Run a search for every point of a study and put them in one table");
  study->add_option("study", options.study, "study file (TOML): a base configuration and axes")->required();
  study->add_option("--out", options.out, "folder of the study; default runs/<name>")->check(some_path);
  study
      ->add_option("--store", options.store,
                   "folder of finished tasks, shared by several studies and runs; default models/ in the folder")
      ->check(some_path);
  study
      ->add_option("--set", options.set,
                   "override a setting of the base configuration: section.key=value, any number of times")
      ->allow_extra_args(false);
  study->add_option("--threads", threads, "threads to use; default all cores")->check(whole_number);
  study->add_flag("--fresh", options.fresh, "remove an earlier study in the same folder first")
      ->excludes(study->add_flag("--tasks-only", options.tasks_only,
                                 "as one of several processes: search points that no other is at, and write no table"));
  study->add_flag("--quiet", quiet, "only warnings on the terminal");
}

void add_tune(CLI::App& app, runs::TuneOptions& options, std::size_t& threads, bool& quiet) {
  CLI::App* tune = app.add_subcommand("tune", "Choose among the settings of a study without labels, by ARGOS");
  tune->add_option("study", options.study, "study file (TOML): a base configuration and axes")->required();
  tune->add_option("--budget", options.budget,
                   "searches at most, of settings chosen at random where there are more; default 50")
      ->check(whole_number);
  tune->add_option("--out", options.out, "folder of the choice; default runs/<name>-tuned")->check(some_path);
  tune->add_option("--store", options.store,
                   "folder of finished tasks, shared by several studies and runs; default models/ in the folder")
      ->check(some_path);
  tune->add_option("--set", options.set,
                   "override a setting of the base configuration: section.key=value, any number of times")
      ->allow_extra_args(false);
  tune->add_option("--threads", threads, "threads to use; default all cores")->check(whole_number);
  tune->add_flag("--fresh", options.fresh, "remove an earlier choice in the same folder first");
  tune->add_flag("--quiet", quiet, "only warnings on the terminal");
}

}  // namespace

void add_study_commands(CLI::App& app, runs::StudyOptions& study, runs::TuneOptions& tune, std::size_t& threads,
                        bool& quiet) {
  add_study(app, study, threads, quiet);
  add_tune(app, tune, threads, quiet);
}

}  // namespace eddy::cli
