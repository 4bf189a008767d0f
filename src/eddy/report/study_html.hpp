#pragma once

#include <eddy/base/json_fwd.hpp>

#include <string>

namespace eddy::report {

using base::Json;

/// What a study was made from, as text.
struct StudySource {
  std::string study;  ///< study.toml
  std::string base;   ///< config.toml
};

/// report.html of a study: one self-contained page from study.json, what study_figures makes of it, and run.json.
[[nodiscard]] std::string render_study(const Json& study, const Json& figures, const StudySource& source,
                                       const Json& facts);

}  // namespace eddy::report
