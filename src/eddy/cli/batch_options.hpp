#pragma once
// The command lines of `eddy submit` and `eddy status`.

#include <eddy/runs/commands.hpp>

#include <CLI/CLI.hpp>

namespace eddy::cli {

/// Adds the commands; what is asked for is written into `submit` and `status`, which must outlive `app`.
void add_batch_commands(CLI::App& app, runs::SubmitOptions& submit, runs::StatusOptions& status);

}  // namespace eddy::cli
