#include <eddy/cli/batch_options.hpp>
#include <eddy/cli/option_checks.hpp>

namespace eddy::cli {

void add_batch_commands(CLI::App& app, runs::SubmitOptions& submit, runs::StatusOptions& status) {
  CLI::App* jobs = app.add_subcommand("submit", "Give a search, its null experiments or a study to a batch system");
  jobs->add_option("what", submit.what, "configuration or study file (TOML), or the folder of a run")->required();
  jobs->add_option("--batch", submit.batch, "slurm or htcondor; default slurm")
      ->check(CLI::IsMember({"slurm", "htcondor"}));
  jobs->add_option("--experiments", submit.experiments,
                   "null experiments in all; default: those of the configuration, 50 of a run")
      ->check(whole_number);
  jobs->add_option("--processes", submit.processes, "processes at once, at most; default 20")->check(whole_number);
  jobs->add_option("--threads", submit.threads, "threads of each process; default 1")->check(whole_number);
  jobs->add_option("--memory", submit.memory_mb, "memory of each process, in MB; default: what the batch system gives")
      ->check(whole_number);
  jobs->add_option("--time", submit.time, "longest time of each process, as the batch system writes it")
      ->check(some_text);
  jobs->add_option("--batch-option", submit.options,
                   "a further line for the batch system, any number of times: --batch-option=--partition=short")
      ->allow_extra_args(false);
  jobs->add_option("--out", submit.out, "run folder; default runs/<name>")->check(some_path);
  jobs->add_option("--store", submit.store, "folder of finished tasks, as given to eddy run")->check(some_path);
  jobs->add_option("--set", submit.set, "override a setting: section.key=value, any number of times")
      ->allow_extra_args(false);
  jobs->add_flag("--dry-run", submit.dry_run, "print the files of the batch system, and submit nothing");
  jobs->add_flag("--resubmit", submit.resubmit, "submit what is missing of the run, as it was submitted before");
  CLI::App* progress = app.add_subcommand("status", "Say how far the processes of a run are that compute it together");
  progress->add_option("run", status.run, "folder of a run or study")->required();
  progress->add_flag("--json", status.json, "as a JSON document");
}

}  // namespace eddy::cli
