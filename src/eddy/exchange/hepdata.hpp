#pragma once
// The record of a run in the format of HEPData (https://hepdata-submission.readthedocs.io, schema 1.1.1).

#include <eddy/base/json_fwd.hpp>
#include <eddy/exchange/export_folder.hpp>

#include <string>

namespace eddy::exchange {

struct HepdataRun {
  const base::Json& result;
  const base::Json& figures;  ///< figures.json
  const base::Json* limit;    ///< limit.json; null where there is none
  std::string configuration;  ///< config.toml, without folders of the machine it was written on
};

/// record/ with submission.yaml, a table of the working points, the tables of every figure, and configuration and
/// result as resources; record.tar.gz is the same folder, ready to be sent.
[[nodiscard]] ExportFiles hepdata_files(const HepdataRun& run);

}  // namespace eddy::exchange
