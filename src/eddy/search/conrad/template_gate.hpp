#pragma once
// Whether the flows of CONRAD describe the template, judged on template events that they never saw.

#include <eddy/base/monitor.hpp>
#include <eddy/base/tasks.hpp>
#include <eddy/search/config.hpp>
#include <eddy/search/finding.hpp>
#include <eddy/search/flow_ensemble.hpp>

#include <cstddef>
#include <vector>

namespace eddy::search {

/// M_c: the smallest tail variable of the signal region of `sample`, which has one.
[[nodiscard]] double smallest_context(const Sample& sample);

/// Template events that at least one flow never saw: all of them, unless there are fewer flows than template folds.
[[nodiscard]] std::vector<std::size_t> rows_ever_held_out(const FlowEnsemble& flows);

/// Fills `out.template_sample` with these events, and the latent of each by a flow that never saw it.
void show_held_out_template(const Sample& template_sample, const FlowEnsemble& flows, Finding& out);

/// Fills `out.gate` from those in the signal region: failed, without numbers, where it could not be made or is not
/// asked for.
void judge_template_latent(const SearchConfig& config, const base::TaskStore& store, const base::Monitor& monitor,
                           Finding& out);

/// A warning of `out` where a gate that was made failed.
void warn_of_template_gate(Finding& out);

}  // namespace eddy::search
