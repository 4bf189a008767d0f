#pragma once

#include <eddy/runs/commands.hpp>

#include <CLI/CLI.hpp>

#include <cstddef>

namespace eddy::cli {

/// eddy study and eddy tune, which take the same file. What the references stand for must outlive the parsing.
void add_study_commands(CLI::App& app, runs::StudyOptions& study, runs::TuneOptions& tune, std::size_t& threads,
                        bool& quiet);

}  // namespace eddy::cli
