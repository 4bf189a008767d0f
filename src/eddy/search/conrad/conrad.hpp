#pragma once

#include <eddy/base/json.hpp>
#include <eddy/base/monitor.hpp>
#include <eddy/base/tasks.hpp>
#include <eddy/search/config.hpp>
#include <eddy/search/conrad/conrad_output.hpp>
#include <eddy/search/inputs.hpp>

#include <vector>

namespace eddy::search {

/// A finished search: its result, and what is needed to score further events with it.
struct ConradRun {
  ConradOutput output;
  base::Json scorer;  ///< see scorer.hpp
};

/// Complete optimal non-resonant anomaly detection (Kasieczka, Raine, Shih and Upadhyay, 2404.07258) with k-fold use of
/// all data. Everything expensive is a task in `store`; a run that was stopped resumes there. Throws InputError and
/// NumericError.
[[nodiscard]] ConradRun run_conrad(const SearchInputs& inputs, const SearchConfig& config, const base::TaskStore& store,
                                   const base::Monitor& monitor);

}  // namespace eddy::search
