#pragma once
// Figures of a run as tables of HEPData.

#include <eddy/base/json_fwd.hpp>

#include <string>
#include <vector>

namespace eddy::exchange {

/// A table: what stands in its data file, and what submission.yaml says of it.
struct DataTable {
  std::string name;         ///< at most 64 bytes
  std::string description;  ///< the title and caption of the figure
  base::Json data;          ///< {"independent_variables", "dependent_variables"}
};

/// The numbers of a figure (docs/figures.md): one table for each panel, lower panel and set of x values in it. Traces
/// with the same x are columns of one table. Error bars are asymmetric errors; a band is a column of its own, the
/// middle with half its width as error. Bins have both edges. Lines that only guide the eye and notes are left out, and
/// "-" stands where a figure shows nothing.
[[nodiscard]] std::vector<DataTable> tables_of_figure(const base::Json& figure);

}  // namespace eddy::exchange
