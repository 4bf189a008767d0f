#include <eddy/base/single_precision.hpp>
#include <eddy/search/evaluation.hpp>
#include <eddy/search/event_weights.hpp>
#include <eddy/search/resonant/judged.hpp>
#include <eddy/search/resonant/sculpting_curves.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace eddy::search {
namespace {

std::vector<std::size_t> rows_in_folds(const std::vector<std::uint8_t>& fold, std::size_t n_folds) {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < fold.size(); ++i) {
    if (fold[i] < n_folds) {
      rows.push_back(i);
    }
  }
  return rows;
}

/// The judged events whose spectrum shows sculpting: labelled background, or all data without labels.
struct SculptingSample {
  SculptingEvents events;
  std::vector<std::size_t> rows;  ///< in the judged data
};

SculptingSample sculpting_sample(const Judged& judged) {
  SculptingSample sample;
  for (std::size_t i = 0; i < judged.data.size(); ++i) {
    if (judged.data.truth.empty() || judged.data.truth[i] == 0) {
      sample.rows.push_back(i);
      sample.events.mass.push_back(judged.data.context(i, 0));
      sample.events.in_signal_region.push_back(judged.data.in_signal_region[i]);
      sample.events.fold.push_back(judged.data_fold[i]);
    }
  }
  return sample;
}

RetrainingScores take_scores(const RetrainingScores& scores, const std::vector<std::size_t>& rows) {
  RetrainingScores taken;
  for (const std::vector<float>& retraining : scores) {
    std::vector<float> of_rows;
    std::ranges::transform(rows, std::back_inserter(of_rows), [&](std::size_t row) { return retraining[row]; });
    taken.push_back(std::move(of_rows));
  }
  return taken;
}

/// Bins of the test: as configured, or fewer where the masses take few different values; 0 where none can be made.
std::size_t sculpting_bins(const SearchConfig& config, const SculptingSample& sample, Finding& out) {
  const auto wanted = static_cast<std::size_t>(config.sculpting.bins);
  const std::size_t n_values = stats::n_different(sample.events.mass);
  const std::size_t n_bins = std::min(wanted, n_values);
  if (n_bins < 2 || sculpting_efficiencies(sample.rows.size(), n_bins).empty()) {
    out.warnings.push_back(fmt::format(
        "{} events of {} different masses are too few for a sculpting test in {} bins; lower [sculpting] bins",
        sample.rows.size(), n_values, wanted));
    return 0;
  }
  if (n_bins < wanted) {
    out.warnings.push_back(fmt::format(
        "the sculpting test has {} bins instead of [sculpting] bins = {}, because the masses take only {} different "
        "values; give masses that are not rounded",
        n_bins, wanted, n_values));
  }
  return n_bins;
}

/// 60 bins over all but the outermost events, or over one mass and its neighbourhood where these are all the same.
std::vector<double> spectrum_edges(std::vector<float> masses) {
  constexpr std::size_t kBins = 60;
  constexpr double kOutside = 1e-3;
  std::ranges::sort(masses);
  const auto at = [&](double q) {
    return double{masses[static_cast<std::size_t>(q * static_cast<double>(masses.size() - 1))]};
  };
  double low = at(kOutside);
  double high = at(1 - kOutside);
  if (low == high) {
    low -= 0.5;
    high += 0.5;
  }
  std::vector<double> edges;
  for (std::size_t i = 0; i <= kBins; ++i) {
    edges.push_back(low + (high - low) * static_cast<double>(i) / kBins);
  }
  return edges;
}

}  // namespace

Judged judged_events(const ResonantTask& task) {
  Judged judged;
  const std::vector<std::size_t> rows = rows_in_folds(task.data_fold, task.n_folds);
  judged.data = take_events(task.inputs.data, rows);
  judged.data_fold = take(task.data_fold, rows);
  const std::vector<std::size_t> signal_rows = rows_in_folds(task.truth.signal_fold, task.n_folds);
  judged.signal = take_events(task.truth.signal, signal_rows);
  judged.signal_fold = take(task.truth.signal_fold, signal_rows);
  return judged;
}

void describe_method(const ResonantTask& task, const Judged& judged, Finding& out) {
  const SearchConfig& config = task.config;
  const bool is_ratio = method_of(config).compares_densities;
  const bool is_pair = method_of(config).works_in_x_too;
  out.classifier_space = is_ratio ? "ratio" : config.classifier.space + (is_pair ? " + x" : "");
  out.reference = is_ratio ? "none" : config.classifier.reference + (is_pair ? " + flow_samples" : "");
  out.n_folds = task.n_folds;
  out.n_retrainings = task.n_retrainings;
  out.n_scored = judged.data.size();
}

JudgedMethod judge(const ResonantTask& task, const Judged& judged, const std::string& name,
                   const Detectors& detectors) {
  JudgedMethod method{.name = name,
                      .data = out_of_fold_scores(detectors, judged.data, judged.data_fold, task.monitor, name),
                      .signal = {}};
  if (judged.signal.size() > 0) {
    method.signal = out_of_fold_scores(detectors, judged.signal, judged.signal_fold, task.monitor, name);
  }
  return method;
}

Evaluation evaluate_method(const ResonantTask& task, const Judged& judged, const JudgedMethod& method) {
  std::vector<std::size_t> background;
  for (std::size_t i = 0; i < judged.data.size(); ++i) {
    if (judged.data.in_signal_region[i] != 0 && judged.data.truth[i] == 0) {
      background.push_back(i);
    }
  }
  const std::vector<std::uint8_t> background_fold = take(judged.data_fold, background);
  const std::vector<float> signal_weight = base::single_precision(judged.signal.weight);
  RetrainingTruth truth{background_fold, {}, judged.signal_fold, method.signal, signal_weight};
  for (const std::vector<float>& retraining : method.data) {
    std::vector<float> scores;
    std::ranges::transform(background, std::back_inserter(scores), [&](std::size_t i) { return retraining[i]; });
    truth.background.push_back(std::move(scores));
  }
  return evaluate_retrainings(method.name, truth, task.n_folds);
}

void add_sculpting(const ResonantTask& task, const Judged& judged, const std::vector<JudgedMethod>& methods,
                   Finding& out) {
  const SculptingSample sample = sculpting_sample(judged);
  const std::size_t n_bins = sculpting_bins(task.config, sample, out);
  if (n_bins == 0) {
    return;
  }
  const std::vector<double> efficiencies = sculpting_efficiencies(sample.rows.size(), n_bins);
  const stats::SculptingTest test(sample.events.mass, n_bins);
  Sculpting sculpting{.events = judged.data.truth.empty() ? "data" : "background in data (truth)",
                      .n_events = sample.rows.size(),
                      .n_bins = n_bins,
                      .curves = {},
                      .random_subsets = random_subset_band(
                          test, static_cast<std::size_t>(task.config.sculpting.subsets), efficiencies, seed_of(task))};
  const std::vector<double> edges = spectrum_edges(sample.events.mass);
  const std::vector<float> no_cut(sample.rows.size(), 0.0F);
  out.spectra.push_back(spectrum_after_cut("all", edges, sample.events, no_cut, 1));
  for (const JudgedMethod& method : methods) {
    const RetrainingScores scores = take_scores(method.data, sample.rows);
    sculpting.curves.push_back(sculpting_curve(method.name, test, sample.events, scores, task.n_folds, efficiencies));
    const std::vector<float> first = signal_region_efficiency(scores.front(), sample.events, task.n_folds);
    for (const double efficiency : task.config.efficiencies) {
      out.spectra.push_back(spectrum_after_cut(method.name, edges, sample.events, first, efficiency));
    }
  }
  out.sculpting = std::move(sculpting);
}

base::Matrix held_out_latent(const Detectors& detectors, const Sample& sample, const std::vector<std::uint8_t>& fold) {
  base::Matrix latent(sample.size(), sample.x.cols());
  for (std::size_t k = 0; k < detectors.size(); ++k) {
    const std::vector<std::size_t> rows = rows_in_fold(fold, k);
    const Sample events = take_events(sample, rows);
    const base::Matrix z = detectors[k].front().background->to_latent(events.x, events.context);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      std::ranges::copy(z.row(i), latent.row(rows[i]).begin());
    }
  }
  return latent;
}

LatentGate sideband_gate(const ResonantTask& task, const Sample& data, const base::Matrix& latent) {
  constexpr std::size_t kMostEvents = 100000;  // tell an AUC of 0.501 from 0.5
  std::vector<std::size_t> rows = region_rows(data, false);
  rows = random_rows(std::move(rows), kMostEvents, {seed_of(task), "latent gate events"});
  return latent_gate(base::take_rows(latent, rows), take_events(data, rows), task.config, task.store, task.monitor);
}

void warn_of_sideband_gate(Finding& out) {
  if (out.gate && !out.gate->passed) {
    out.warnings.push_back(fmt::format(
        "the flow does not describe the sidebands perfectly: a classifier tells held-out sideband latents from N(0,1) "
        "with AUC {:.4f} ± {:.4f} (limit {}); the search loses sensitivity, and the cut may sculpt: see the sculpting "
        "figure, and train longer or on more events",
        out.gate->auc, out.gate->auc_error, out.gate->limit));
  }
}

}  // namespace eddy::search
