#include <eddy/base/hash.hpp>
#include <eddy/base/parallel.hpp>
#include <eddy/classify/cut_scan.hpp>
#include <eddy/search/loss_space_inputs.hpp>
#include <eddy/search/quak_evaluation.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace eddy::search {
namespace {

/// Raised whenever a change of the code changes trained classifiers.
constexpr int kSupervisedTaskVersion = 1;

/// Every second row, from `first` (0 or 1).
std::vector<std::size_t> alternate_rows(std::size_t n, std::size_t first) {
  std::vector<std::size_t> rows;
  for (std::size_t i = first; i < n; i += 2) {
    rows.push_back(i);
  }
  return rows;
}

base::Matrix choosing_half(base::MatrixView x) { return base::take_rows(x, alternate_rows(x.rows, 0)); }
base::Matrix judging_half(base::MatrixView x) { return base::take_rows(x, alternate_rows(x.rows, 1)); }

/// The first `n` columns.
base::MatrixView first_columns(base::MatrixView x, std::size_t n) { return {x.data, x.rows, n, x.stride}; }

Separation make_separation(const std::string& signal, const std::string& name, double auc,
                           const std::vector<classify::RocPoint>& curve) {
  return {.signal = signal,
          .evaluation = {.name = name,
                         .auc = auc,
                         .sic = classify::summarise_sic(curve),
                         .curve = classify::thin_curve(curve)},
          .rejection_30 = rejection_at(curve, 0.3),
          .rejection_50 = rejection_at(curve, 0.5)};
}

/// Columns of the features that supervised classifiers see.
std::vector<std::size_t> seen_features(const SearchConfig& config) {
  std::vector<std::size_t> columns;
  for (std::size_t f = 0; f < config.features.x.size(); ++f) {
    if (std::ranges::count(config.supervised.exclude, config.features.x[f]) == 0) {
      columns.push_back(f);
    }
  }
  return columns;
}

base::Matrix take_columns(base::MatrixView x, const std::vector<std::size_t>& columns) {
  base::Matrix taken(x.rows, columns.size());
  for (std::size_t r = 0; r < x.rows; ++r) {
    for (std::size_t c = 0; c < columns.size(); ++c) {
      taken(r, c) = x(r, columns[c]);
    }
  }
  return taken;
}

classify::LabelledEvents label_events(base::MatrixView background, base::MatrixView signal) {
  classify::LabelledEvents events{base::stack_rows(background, signal), {}, {}};
  events.label.assign(background.rows, 0);
  events.label.insert(events.label.end(), signal.rows, 1);
  events.weight.assign(events.label.size(), 1.0F);
  return events;
}

classify::Mlp train_supervised(const classify::LabelledEvents& events, const std::string& prior,
                               const SearchConfig& config, const base::TaskStore& store, const base::Monitor& monitor) {
  const std::string task = "supervised " + prior;
  const base::Json identity = {{"version", kSupervisedTaskVersion},
                               {"x", base::sha256(events.x.values())},
                               {"labels", base::sha256(std::string(events.label.begin(), events.label.end()))},
                               {"settings", base::settings_to_json(config.supervised)},
                               {"features", config.features.x},
                               {"seed", config.search.seed},
                               {"task", task}};
  const auto compute = [&] {
    const base::RandomStream stream({static_cast<std::uint64_t>(config.search.seed)}, task);
    return classify::Mlp::fit(events.x, events.label, events.weight, config.supervised.network, stream, task, monitor)
        .to_json();
  };
  return classify::Mlp::from_json(store.get_or_compute("supervised", identity, compute, monitor));
}

}  // namespace

double rejection_at(const std::vector<classify::RocPoint>& curve, double efficiency_signal) {
  double best = 0;
  for (const classify::RocPoint& point : curve) {
    if (point.efficiency_signal >= efficiency_signal && point.n_background >= classify::kMinBackgroundForSic) {
      best = std::max(best, 1 / point.efficiency_background);
    }
  }
  return best;
}

std::vector<Separation> separate_by_cuts(const LossSample& background, const LossSample& signal) {
  const std::size_t n_losses = std::min<std::size_t>(background.loss.cols(), kMaxCutLosses);
  const base::Matrix choose_background = choosing_half(background.loss);
  const base::Matrix choose_signal = choosing_half(signal.loss);
  const base::Matrix judge_background = judging_half(background.loss);
  const base::Matrix judge_signal = judging_half(signal.loss);
  std::vector<Separation> separations;
  for (std::size_t n = 1; n <= n_losses; ++n) {
    const std::vector<classify::CutPoint> chosen =
        classify::choose_cuts(first_columns(choose_background, n), first_columns(choose_signal, n));
    const std::vector<classify::CutPoint> judged =
        classify::evaluate_cuts(chosen, first_columns(judge_background, n), first_columns(judge_signal, n));
    const std::vector<classify::RocPoint> curve =
        classify::roc_of_cuts(judged, judge_background.rows(), judge_signal.rows());
    separations.push_back(
        make_separation(signal.name, fmt::format("QUAK {}-D", n), classify::area_under(curve), curve));
  }
  return separations;
}

std::vector<Separation> separate_supervised(const SearchInputs& inputs, const SearchConfig& config,
                                            const base::TaskStore& store, const base::Monitor& monitor) {
  const std::vector<std::size_t> seen = seen_features(config);
  const base::Matrix background = take_columns(training_part(config, inputs.background).x, seen);
  const base::Matrix judge_background = judging_half(take_columns(held_out_part(config, inputs.background).x, seen));
  std::vector<std::vector<Separation>> of_prior(inputs.priors.size());
  base::parallel_tasks(inputs.priors.size(), [&](std::size_t p) {
    const base::Matrix prior = take_columns(training_part(config, inputs.priors[p]).x, seen);
    const classify::Mlp network =
        train_supervised(label_events(background, prior), config.priors[p].name, config, store, monitor);
    const std::vector<float> background_score = network.predict(judge_background);
    for (std::size_t s = 0; s < inputs.evaluated.size(); ++s) {
      const std::vector<float> score = network.predict(judging_half(take_columns(inputs.evaluated[s].x, seen)));
      const std::vector<classify::RocPoint> curve = classify::roc_curve(background_score, score);
      of_prior[p].push_back(make_separation(config.evaluate[s].name, "supervised on " + config.priors[p].name,
                                            classify::auc(background_score, score), curve));
    }
  });
  std::vector<Separation> separations;
  for (std::size_t s = 0; s < inputs.evaluated.size(); ++s) {
    for (const std::vector<Separation>& prior : of_prior) {
      separations.push_back(prior[s]);
    }
  }
  return separations;
}

Separation random_cut(const std::string& signal) {
  std::vector<classify::RocPoint> curve;
  for (const double efficiency : {0.001, 0.01, 0.1, 0.3, 0.5, 1.0}) {
    curve.push_back({.efficiency_background = efficiency, .efficiency_signal = efficiency});
  }
  return {
      .signal = signal,
      .evaluation = {.name = "random cut", .auc = 0.5, .sic = {.max = 1, .efficiency_background = 1}, .curve = curve},
      .rejection_30 = 1 / 0.3,
      .rejection_50 = 1 / 0.5};
}

}  // namespace eddy::search
