#include <eddy/base/single_precision.hpp>
#include <eddy/search/copies.hpp>
#include <eddy/search/evaluation.hpp>
#include <eddy/search/event_weights.hpp>
#include <eddy/search/unseen_template.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace eddy::search {
namespace {

void add(const stats::AbcdCounts& counts, stats::AbcdCounts& sum) {
  sum = {sum.a + counts.a, sum.b + counts.b, sum.c + counts.c, sum.d + counts.d};
}

void add(const RegionSums& pass, RegionSums& sums) {
  add(pass.sum, sums.sum);
  add(pass.variance, sums.variance);
}

/// Values of one fold.
std::vector<float> of_fold(std::span<const float> scores, std::span<const std::uint8_t> folds, std::size_t fold) {
  std::vector<float> selected;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (folds[i] == fold) {
      selected.push_back(scores[i]);
    }
  }
  return selected;
}

/// Adds to `sums`, one for each of `efficiencies`, what passes of template events that an ensemble never saw.
void count_unseen(const UnseenScores& unseen, const Sample& held_out, const std::vector<double>& efficiencies,
                  double share, std::vector<RegionSums>& sums) {
  const ScoreCalibration calibration = unseen.calibration();
  std::vector<float> efficiency;
  std::ranges::transform(unseen.scores, std::back_inserter(efficiency),
                         [&](float score) { return calibration.efficiency(score); });
  const std::vector<std::uint8_t> region = take(held_out.in_signal_region, unseen.positions);
  for (std::size_t e = 0; e < efficiencies.size(); ++e) {
    RegionSums pass;
    add_regions(efficiency, region, unseen.weights, efficiencies[e], share, pass);
    add(pass, sums[e]);
  }
}

/// What is predicted for A and what is there, with the variance of that.
ClosurePoint compare(double efficiency, const stats::AbcdPrediction& prediction, double observed, double variance) {
  ClosurePoint point{.efficiency = efficiency, .predicted = prediction.predicted, .observed = observed};
  point.ratio = observed > 0 ? prediction.predicted / observed : 0;
  point.ratio_error = observed > 0 ? prediction.error / observed : 0;
  point.observed_error = observed > 0 ? std::sqrt(variance) / observed : 1;
  return point;
}

}  // namespace

Evaluation evaluate(const std::string& name, const ScoredTruth& scored, std::size_t n_folds) {
  std::vector<ScoreCalibration> calibrations;
  for (std::size_t k = 0; k < n_folds; ++k) {
    calibrations.emplace_back(of_fold(scored.background, scored.background_fold, k));
  }
  const auto ranked = [&](std::span<const float> scores, std::span<const std::uint8_t> folds) {
    std::vector<float> ranks(scores.size());
    for (std::size_t i = 0; i < scores.size(); ++i) {
      ranks[i] = -calibrations[folds[i]].efficiency(scores[i]);
    }
    return ranks;
  };
  const std::vector<float> background = ranked(scored.background, scored.background_fold);
  const std::vector<float> signal = ranked(scored.signal, scored.signal_fold);
  const std::vector<classify::RocPoint> curve = classify::roc_curve(background, {}, signal, scored.signal_weight);
  return {.name = name,
          .auc = classify::auc(background, {}, signal, scored.signal_weight),
          .sic = classify::summarise_sic(curve),
          .curve = classify::thin_curve(curve)};
}

stats::AbcdCounts count_regions(std::span<const float> background_efficiency,
                                std::span<const std::uint8_t> in_signal_region, double efficiency) {
  RegionSums sums;
  add_regions(background_efficiency, in_signal_region, {}, efficiency, 1, sums);
  return sums.sum;
}

void add_regions(std::span<const float> background_efficiency, std::span<const std::uint8_t> in_signal_region,
                 std::span<const float> weight, double efficiency, double share, RegionSums& sums) {
  for (std::size_t i = 0; i < background_efficiency.size(); ++i) {
    const bool passes = background_efficiency[i] <= static_cast<float>(efficiency);
    double stats::AbcdCounts::*region = in_signal_region[i] != 0
                                            ? (passes ? &stats::AbcdCounts::a : &stats::AbcdCounts::b)
                                            : (passes ? &stats::AbcdCounts::c : &stats::AbcdCounts::d);
    const double w = weight.empty() ? 1.0 : weight[i];
    sums.sum.*region += share * w;
    sums.variance.*region += share * w * w;
  }
}

std::vector<double> closure_efficiencies(const std::vector<double>& extra, double n_signal_region) {
  constexpr double kLargest = 0.5;
  constexpr double kFewest = 5;
  constexpr double kStep = 1.2589254117941673;  // ten points per decade
  std::vector<double> efficiencies = extra;
  for (double e = kLargest; e * n_signal_region >= kFewest; e /= kStep) {
    const bool there = std::ranges::any_of(extra, [&](double x) { return std::abs(std::log(x / e)) < 0.05; });
    if (!there) {
      efficiencies.push_back(e);
    }
  }
  std::ranges::sort(efficiencies, std::greater<>());
  return efficiencies;
}

ClosurePoint closure_point(double efficiency, const stats::AbcdCounts& counts, double observed) {
  return compare(efficiency, stats::predict_abcd(counts), observed, observed);
}

ClosurePoint closure_point(double efficiency, const RegionSums& sums) {
  return compare(efficiency, stats::predict_abcd(sums.sum, sums.variance), sums.sum.a, sums.variance.a);
}

TemplateClosure template_closure(const Sample& sample, const FlowEnsemble& flows, const LatentSpace& space,
                                 const std::vector<Ensemble>& ensembles, const std::vector<std::uint8_t>& data_fold,
                                 const std::vector<double>& efficiencies, const base::Monitor& monitor) {
  const std::size_t n_spaces = flows.members.size();
  TemplateClosure closure;
  closure.curve.name = "held-out template";
  closure.score.assign(sample.size(), 0.0F);
  std::vector<RegionSums> sums(efficiencies.size());
  std::vector<double> n_scored(sample.size());
  for (std::size_t s = 0; s < n_spaces; ++s) {
    monitor.check_stop();
    const std::vector<std::size_t> rows = held_out_rows(flows, s);
    const Sample held_out = take_events(sample, rows);
    // Every ensemble scores these events, once for each kept epoch of the flow that holds them out.
    const auto n_epochs =
        std::ranges::count(flows.members, flows.members[s].template_fold, &FlowEnsemble::Member::template_fold);
    const double n_passes = static_cast<double>(ensembles.size()) * static_cast<double>(n_epochs);
    const base::Matrix events = to_space(flows.members[s].flow, space, held_out.x, held_out.context);
    for (std::size_t k = 0; k < ensembles.size(); ++k) {
      const UnseenScores unseen =
          unseen_scores(mean_score_in_space(ensembles[k], s, n_spaces, events), rows, sample, data_fold, k);
      count_unseen(unseen, held_out, efficiencies, 1 / n_passes, sums);
      for (std::size_t i = 0; i < unseen.positions.size(); ++i) {
        closure.score[rows[unseen.positions[i]]] += unseen.scores[i];
        n_scored[rows[unseen.positions[i]]] += 1;
      }
    }
    monitor.progress("closure on held-out template", s + 1, n_spaces);
  }
  for (std::size_t i = 0; i < sample.size(); ++i) {
    closure.score[i] = n_scored[i] > 0 ? closure.score[i] / static_cast<float>(n_scored[i]) : 0.0F;
  }
  for (std::size_t e = 0; e < efficiencies.size(); ++e) {
    if (sums[e].sum.a > 0 && sums[e].sum.d > 0) {
      closure.curve.points.push_back(closure_point(efficiencies[e], sums[e]));
    }
  }
  return closure;
}

LatentGate latent_gate(const base::Matrix& latent, const Sample& events, const SearchConfig& config,
                       const base::TaskStore& store, const base::Monitor& monitor) {
  // Held-out latents play the data, N(0, 1) the reference; both halves are scored by the other half's classifier.
  constexpr std::size_t kFolds = 2;
  constexpr std::size_t kMembers = 2;
  constexpr std::size_t kReferencePerEvent = 4;
  const base::Seed seed = seed_of(config);
  const std::vector<float> weight = base::single_precision(events.weight);
  const std::size_t n_events = latent.rows();
  std::vector<std::uint8_t> fold(n_events);
  std::vector<std::size_t> all(n_events);
  const std::vector<std::size_t> number = event_numbers(events);
  for (std::size_t i = 0; i < n_events; ++i) {
    fold[i] = static_cast<std::uint8_t>(number[i] % kFolds);
    all[i] = i;
  }
  WeakTraining training;
  training.name = "latent gate";
  training.n_folds = kFolds;
  training.n_members = kMembers;
  training.data = [&](std::size_t k, std::size_t) {
    const std::vector<std::size_t> rows = rows_outside_fold(all, fold, k);
    return WeightedEvents(base::take_rows(latent, rows), weights_at(events, rows));
  };
  const auto normal = [&](const std::string& task, std::size_t n) {
    base::Matrix z(n, latent.cols());
    base::fill_normal(base::RandomStream(seed, task), 0, z.values());
    return z;
  };
  training.reference = [&](std::size_t k, std::size_t, std::size_t n_data) {
    return normal(fmt::format("latent gate/{}", k), kReferencePerEvent * n_data);
  };
  const auto ensembles = train_fold_ensembles(training, {}, config.search.seed, store, monitor);
  const std::vector<float> scores = out_of_fold_score(ensembles, std::span(&latent, 1), fold);
  const std::vector<base::Matrix> fresh = {normal("latent gate/evaluation", kReferencePerEvent * n_events)};
  std::vector<double> aucs;
  for (std::size_t k = 0; k < kFolds; ++k) {
    const std::vector<float> weights = weight.empty() ? weight : of_fold(weight, fold, k);
    aucs.push_back(classify::auc(mean_score(ensembles[k], fresh), {}, of_fold(scores, fold, k), weights));
  }
  LatentGate gate;
  gate.auc = 0.5 * (aucs[0] + aucs[1]);
  // Variance of the Mann-Whitney statistic where the classes do not differ; the reference adds little to it.
  const double n = weight.empty() ? static_cast<double>(n_events) : effective_size(events.weight);
  const double n_reference = static_cast<double>(fresh[0].rows());
  gate.auc_error = std::sqrt((n + n_reference + 1) / (12 * n * n_reference));
  gate.limit = config.gate.auc_limit;
  gate.passed = gate.auc - 2 * gate.auc_error <= gate.limit;
  return gate;
}

}  // namespace eddy::search
