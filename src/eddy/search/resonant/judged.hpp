#pragma once
// The events that a resonant search judges, by detectors that never saw them, and what the truth says of the scores.

#include <eddy/search/finding.hpp>
#include <eddy/search/resonant/resonant_task.hpp>
#include <eddy/search/retrainings.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace eddy::search {

/// The events that are judged: all data, or one fold of it; and labelled signal of the same folds.
struct Judged {
  Sample data;
  std::vector<std::uint8_t> data_fold;
  Sample signal;
  std::vector<std::uint8_t> signal_fold;
};
[[nodiscard]] Judged judged_events(const ResonantTask& task);

/// What the classifiers compare, and how often all is trained.
void describe_method(const ResonantTask& task, const Judged& judged, Finding& out);

/// Scores of one method (or benchmark) on the judged events.
struct JudgedMethod {
  std::string name;
  RetrainingScores data;
  RetrainingScores signal;  ///< empty without labelled signal
};
[[nodiscard]] JudgedMethod judge(const ResonantTask& task, const Judged& judged, const std::string& name,
                                 const Detectors& detectors);

/// ROC and SIC in the signal region, from labels.
[[nodiscard]] Evaluation evaluate_method(const ResonantTask& task, const Judged& judged, const JudgedMethod& method);

/// Whether cuts on the scores of each method change the mass spectrum of the labelled background (of all data without
/// labels): fills `out.sculpting` and `out.spectra`, or leaves a warning where there are too few events.
void add_sculpting(const ResonantTask& task, const Judged& judged, const std::vector<JudgedMethod>& methods,
                   Finding& out);

/// Latent of each judged event by the first flow of its own fold, which never saw it.
[[nodiscard]] base::Matrix held_out_latent(const Detectors& detectors, const Sample& sample,
                                           const std::vector<std::uint8_t>& fold);

/// Held-out sideband latents (`latent`: of all judged data) against N(0, 1).
[[nodiscard]] LatentGate sideband_gate(const ResonantTask& task, const Sample& data, const base::Matrix& latent);
/// A warning of `out` where that gate failed.
void warn_of_sideband_gate(Finding& out);

}  // namespace eddy::search
