// prepare_resonant of resonant.hpp: a resonant search without its signal region.

#include <eddy/search/closed_window.hpp>
#include <eddy/search/diagnostic.hpp>
#include <eddy/search/resonant/judged.hpp>
#include <eddy/search/resonant/resonant.hpp>
#include <eddy/search/resonant/resonant_task.hpp>
#include <eddy/search/resonant/sideband_expectation.hpp>
#include <eddy/search/search_record.hpp>

#include <utility>

namespace eddy::search {
namespace {

/// Detectors of densities alone, each with the one that its classifiers will work with.
Detectors with_densities(const ResonantTask& task, FoldFlows& flows) {
  Detectors detectors = make_detectors_in_x(task);
  for (std::size_t fold = 0; fold < task.n_folds; ++fold) {
    for (std::size_t r = 0; r < task.n_retrainings; ++r) {
      detectors[fold][r].background = std::move(flows.flows[fold][r]);
    }
  }
  return detectors;
}

/// The density of the sidebands, and whether it describes sideband events that it never saw.
void learn_sidebands(const ResonantTask& task, const Judged& judged, Finding& out) {
  FoldFlows flows = train_fold_flows(task, false, "sideband flow");
  out.training = std::move(flows.training);
  const Detectors detectors = with_densities(task, flows);
  out.data.latent = held_out_latent(detectors, judged.data, judged.data_fold);
  record_clipped(detectors.front().front().background->count_clipped(task.inputs.data.x, task.inputs.data.context),
                 task.inputs, "the range of the sidebands", task.monitor, out);
  describe_by("the latent gate", out.warnings, [&] { out.gate = sideband_gate(task, judged.data, out.data.latent); });
  warn_of_sideband_gate(out);
}

void expect_background(const ResonantTask& task, Finding& out) {
  const std::vector<float> masses = first_context(out.data);
  out.signal_window = closed_window(task.config, masses);
  if (!out.signal_window) {
    out.warnings.emplace_back(
        "the window of the signal region cannot be told from [regions] signal and the sidebands alone, so no "
        "background "
        "is predicted in it while it is closed; write it in the context, such as \"mjj > 3300 && mjj < 3700\"");
    return;
  }
  describe_by("the background expected in the signal region", out.warnings,
              [&] { out.expected = {expect_from_sidebands(masses, *out.signal_window, task.config.bump_hunt)}; });
}

}  // namespace

SearchRun prepare_resonant(const Search& search) {
  const auto& [inputs, config, store, monitor] = search;
  const ResonantTask task = make_sideband_task(inputs, config, store, monitor);
  const Judged judged = judged_events(task);
  SearchRun run;
  Finding& out = run.finding;
  describe_search(config, inputs, out);
  describe_method(task, judged, out);
  out.n_scored = 0;
  out.data = to_be_scored("data", judged.data);
  if (judged.data.size() == 0) {
    return run;  // a benchmark that needs no sidebands, on data without any
  }
  // Classifiers compare signal-region data with what the density says: they wait.
  if (needs_flow(config)) {
    learn_sidebands(task, judged, out);
  }
  expect_background(task, out);
  return run;
}

}  // namespace eddy::search
