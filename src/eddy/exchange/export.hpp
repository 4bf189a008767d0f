#pragma once
// `eddy export`: what a run found, in the formats of other programs.

#include <eddy/base/monitor.hpp>

#include <string>

namespace eddy::exchange {

struct ExportOptions {
  std::string run;
  std::string format;          ///< one of kFormats
  std::string output;          ///< folder; empty: RUN/export/FORMAT
  double spurious_signal = 0;  ///< as in ModelOptions
  bool check = false;          ///< write nothing: compare what is there with what would be written
};

/// Writes the files of one format, and export.json, which says what they are, what they were made from and which
/// numbers of eddy they should give again. A folder that an export made is written again; one with other files is
/// refused. Throws InputError for a format that does not exist, a run that is not finished or blind, a result of an
/// earlier layout, a run
/// without what the format needs, and with `check` for an export that is another one.
void export_run(const ExportOptions& options, const base::Monitor& monitor);

}  // namespace eddy::exchange
