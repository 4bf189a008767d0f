#include <eddy/base/json.hpp>
#include <eddy/base/options_json.hpp>
#include <eddy/base/parallel.hpp>
#include <eddy/base/single_precision.hpp>
#include <eddy/classify/classifier.hpp>
#include <eddy/classify/cut_scan.hpp>
#include <eddy/search/copies.hpp>
#include <eddy/search/event_weights.hpp>
#include <eddy/search/fold_ensembles.hpp>
#include <eddy/search/quak/judging_events.hpp>
#include <eddy/search/quak/loss_space_inputs.hpp>
#include <eddy/search/quak/quak_evaluation.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <iterator>
#include <numeric>

namespace eddy::search {
namespace {

/// Raised whenever a change of the code changes trained classifiers.
constexpr int kSupervisedTaskVersion = 3;

/// The events that choose cuts and train discriminants, and those that judge them.
enum class Side { kChoosing, kJudging };

std::vector<std::size_t> rows_of(Side side, const std::vector<std::uint64_t>& index) {
  return side == Side::kChoosing ? choosing_rows(index) : judging_rows(index);
}

WeightedEvents take_half(Side side, const LossSample& sample) {
  const std::vector<std::size_t> rows = rows_of(side, sample.index);
  return {base::take_rows(sample.loss, rows), take(sample.weight, rows)};
}

WeightedEvents take_half(Side side, const Sample& sample) {
  const std::vector<std::size_t> rows = rows_of(side, split_index(sample));
  return {base::take_rows(sample.x, rows), weights_at(sample, rows)};
}

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

/// Whether more than one event in a hundred differs from the median.
bool has_spread(base::MatrixView x, std::size_t column) {
  std::vector<float> values(x.rows);
  for (std::size_t r = 0; r < x.rows; ++r) {
    values[r] = x(r, column);
  }
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  const float median = *middle;
  return 100 * std::ranges::count_if(values, [&](float value) { return value != median; }) > std::ssize(values);
}

/// Columns of the features that supervised classifiers see: not those excluded, nor those that hardly ever
/// change in `training`, since a part of it could hold one value alone (pixels at the edge of images).
std::vector<std::size_t> seen_features(const SearchConfig& config, base::MatrixView training) {
  std::vector<std::size_t> columns;
  for (std::size_t f = 0; f < config.features.x.size(); ++f) {
    if (std::ranges::count(config.supervised.exclude, config.features.x[f]) == 0 && has_spread(training, f)) {
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

classify::LabelledEvents label_events(const WeightedEvents& background, const WeightedEvents& signal) {
  classify::LabelledEvents events{base::stack_rows(background.x, signal.x), {}, {}};
  events.label.assign(background.x.rows(), 0);
  events.label.insert(events.label.end(), signal.x.rows(), 1);
  events.weight.assign(events.label.size(), 1.0F);
  std::ranges::copy(background.weight, events.weight.begin());
  std::ranges::copy(signal.weight, events.weight.begin() + static_cast<std::ptrdiff_t>(background.x.rows()));
  return events;
}

/// A training of one prior against background.
struct PriorTraining {
  std::string task;  ///< names the random stream
  classify::LabelledEvents events;
  classify::ClassifierSettings settings;
};

classify::Classifier train(PriorTraining training, const SearchConfig& config, const base::TaskStore& store,
                           const base::Monitor& monitor) {
  const base::TaskKey key(classify::task_inputs(training.events),
                          {{"version", kSupervisedTaskVersion},
                           {"settings", classify::settings_to_json(training.settings)},
                           {"seed", config.search.seed},
                           {"task", training.task}});
  const auto compute = [&] {
    const base::RandomStream stream(seed_of(config), training.task);
    const classify::TrainingEvents events = classify::prepare_events(std::move(training.events), training.settings);
    return classify::to_json(classify::fit_classifier(events, training.settings, stream, training.task, monitor));
  };
  return classify::classifier_from_json(store.get_or_compute("supervised", key, compute, monitor));
}

classify::ClassifierSettings dense_network(const SearchConfig& config) {
  classify::ClassifierSettings settings;
  settings.kind = "mlp";
  settings.mlp = config.supervised.network;
  return settings;
}

/// Losses span orders of magnitude.
base::Matrix log_losses(base::MatrixView loss) {
  constexpr float kSmallest = 1e-6F;
  base::Matrix logarithms(loss.rows, loss.cols);
  for (std::size_t r = 0; r < loss.rows; ++r) {
    for (std::size_t c = 0; c < loss.cols; ++c) {
      logarithms(r, c) = std::log(std::max(loss(r, c), kSmallest));
    }
  }
  return logarithms;
}

Separation judge(const std::string& signal, const std::string& name, const classify::Classifier& classifier,
                 const WeightedEvents& background, const WeightedEvents& events) {
  const std::vector<float> background_score = classify::predict(classifier, background.x);
  const std::vector<float> score = classify::predict(classifier, events.x);
  return make_separation(signal, name, classify::auc(background_score, background.weight, score, events.weight),
                         classify::roc_curve(background_score, background.weight, score, events.weight));
}

/// Those of the configuration; without any, a linear one and a network on all losses for each prior.
std::vector<DiscriminantSettings> discriminants_of(const SearchConfig& config) {
  if (!config.discriminants.empty()) {
    return config.discriminants;
  }
  std::vector<DiscriminantSettings> discriminants;
  for (const NamedSample& prior : config.priors) {
    const std::string what = fmt::format("of {} losses, proxy {}", config.priors.size() + 1, prior.name);
    discriminants.push_back({.name = "linear discriminant " + what, .kind = "linear", .proxy = prior.name});
    discriminants.push_back({.name = "dense network " + what, .kind = "network", .proxy = prior.name});
  }
  return discriminants;
}

/// Which columns of the losses a discriminant looks at.
std::vector<std::size_t> axes_of(const DiscriminantSettings& discriminant, const std::vector<std::string>& losses) {
  std::vector<std::size_t> axes;
  for (std::size_t d = 0; d < losses.size(); ++d) {
    if (discriminant.losses.empty() || std::ranges::count(discriminant.losses, losses[d]) > 0) {
      axes.push_back(d);
    }
  }
  return axes;
}

/// The first `n` events, whose mean weight becomes 1.
WeightedEvents first_events(const WeightedEvents& events, std::size_t n) {
  std::vector<std::size_t> rows(n);
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  WeightedEvents first{base::take_rows(events.x, rows), std::vector<float>(n, 1.0F)};
  if (!events.weight.empty()) {
    const auto end = events.weight.begin() + static_cast<std::ptrdiff_t>(n);
    const double sum = std::accumulate(events.weight.begin(), end, 0.0);
    std::transform(events.weight.begin(), end, first.weight.begin(),
                   [&](float w) { return static_cast<float>(sum > 0 ? w * static_cast<double>(n) / sum : 0); });
  }
  return first;
}

/// What a discriminant takes for signal: the events of its proxy, or as many events of a mixture as the smaller of both
/// parts has, whose weights make up the purity; `of_prior` gives those of a prior by its name.
WeightedEvents proxy_events(const DiscriminantSettings& discriminant,
                            const std::function<WeightedEvents(const std::string&)>& of_prior) {
  WeightedEvents proxy = of_prior(discriminant.proxy);
  if (discriminant.dilute.empty()) {
    return proxy;
  }
  const WeightedEvents other = of_prior(discriminant.dilute);
  const std::size_t n = std::min(proxy.x.rows(), other.x.rows());
  const auto n_proxy = static_cast<std::size_t>(std::llround(discriminant.purity * static_cast<double>(n)));
  WeightedEvents mixture = first_events(proxy, n_proxy);
  const WeightedEvents diluting = first_events(other, n - n_proxy);
  mixture.x = base::stack_rows(mixture.x, diluting.x);
  mixture.weight.insert(mixture.weight.end(), diluting.weight.begin(), diluting.weight.end());
  return mixture;
}

/// Names of the samples that a discriminant looks at.
std::vector<std::string> samples_of(const DiscriminantSettings& discriminant, const std::vector<std::string>& all) {
  return discriminant.losses.empty() ? all : discriminant.losses;
}

classify::Classifier train_discriminant(const DiscriminantSettings& discriminant, classify::LabelledEvents events,
                                        const SearchConfig& config, const base::TaskStore& store,
                                        const base::Monitor& monitor) {
  classify::ClassifierSettings settings = dense_network(config);
  settings.kind = discriminant.kind == "linear" ? "linear" : "mlp";
  return train({discriminant.name, std::move(events), settings}, config, store, monitor);
}

}  // namespace

double rejection_at(const std::vector<classify::RocPoint>& curve, double efficiency_signal) {
  double best = 0;
  for (const classify::RocPoint& point : curve) {
    if (point.efficiency_signal >= efficiency_signal && classify::is_quotable(point)) {
      best = std::max(best, 1 / point.efficiency_background);
    }
  }
  return best;
}

std::vector<Separation> separate_by_cuts(const LossSample& background, const LossSample& signal) {
  const std::size_t n_losses = std::min<std::size_t>(background.loss.cols(), kMaxCutLosses);
  const WeightedEvents choose_background = take_half(Side::kChoosing, background);
  const WeightedEvents choose_signal = take_half(Side::kChoosing, signal);
  const WeightedEvents judge_background = take_half(Side::kJudging, background);
  const WeightedEvents judge_signal = take_half(Side::kJudging, signal);
  std::vector<Separation> separations;
  for (std::size_t n = 1; n <= n_losses; ++n) {
    const auto first = [&](const WeightedEvents& events) {
      return classify::WeightedLosses{first_columns(events.x, n), events.weight};
    };
    const std::vector<classify::CutPoint> chosen =
        classify::choose_cuts(first(choose_background), first(choose_signal));
    const std::vector<classify::CutPoint> judged =
        classify::evaluate_cuts(chosen, first(judge_background), first(judge_signal));
    const std::vector<classify::RocPoint> curve =
        classify::roc_of_cuts(judged, first(judge_background), first(judge_signal));
    separations.push_back(
        make_separation(signal.name, fmt::format("QUAK {}-D", n), classify::area_under(curve), curve));
  }
  return separations;
}

std::vector<Separation> separate_by_discriminants(const LossSpace& space, const SearchConfig& config,
                                                  const base::TaskStore& store, const base::Monitor& monitor) {
  std::vector<Separation> separations;
  for (const DiscriminantSettings& discriminant : discriminants_of(config)) {
    if (discriminant.space != "losses") {
      continue;
    }
    const std::vector<std::size_t> axes = axes_of(discriminant, space.losses);
    const auto inputs = [&](Side side, const LossSample& sample) {
      WeightedEvents events = take_half(side, sample);
      events.x = log_losses(take_columns(events.x, axes));
      return events;
    };
    const auto of_prior = [&](const std::string& name) {
      return inputs(Side::kChoosing, *std::ranges::find(space.priors, name, &LossSample::name));
    };
    const classify::Classifier classifier = train_discriminant(
        discriminant, label_events(inputs(Side::kChoosing, space.background), proxy_events(discriminant, of_prior)),
        config, store, monitor);
    const WeightedEvents background = inputs(Side::kJudging, space.background);
    for (const LossSample& signal : space.signals) {
      separations.push_back(
          judge(signal.name, discriminant.name, classifier, background, inputs(Side::kJudging, signal)));
    }
  }
  return separations;
}

std::vector<Separation> separate_in_latent(const SearchInputs& inputs, const LossNetworks& networks,
                                           const SearchConfig& config, const base::TaskStore& store,
                                           const base::Monitor& monitor) {
  std::vector<Separation> separations;
  for (const DiscriminantSettings& discriminant : config.discriminants) {
    if (discriminant.space != "latent") {
      continue;
    }
    const vae::Vae network =
        train_joint_network(inputs, config, networks, samples_of(discriminant, networks.names), store, monitor);
    const auto latent = [&](Side side, const Sample& sample) {
      WeightedEvents events = take_half(side, sample);
      events.x = network.latent(networks.scaling.forward(events.x));
      return events;
    };
    const auto of_prior = [&](const std::string& name) {
      const auto p = std::ranges::find(config.priors, name, &NamedSample::name) - config.priors.begin();
      return latent(Side::kChoosing, held_out_part(config, inputs.priors[static_cast<std::size_t>(p)]));
    };
    const Sample background = held_out_part(config, inputs.background);
    const classify::Classifier classifier = train_discriminant(
        discriminant, label_events(latent(Side::kChoosing, background), proxy_events(discriminant, of_prior)), config,
        store, monitor);
    const WeightedEvents judged = latent(Side::kJudging, background);
    for (std::size_t s = 0; s < inputs.evaluated.size(); ++s) {
      separations.push_back(judge(config.evaluate[s].name, discriminant.name, classifier, judged,
                                  latent(Side::kJudging, inputs.evaluated[s])));
    }
  }
  return separations;
}

std::vector<Separation> separate_supervised(const SearchInputs& inputs, const SearchConfig& config,
                                            const base::TaskStore& store, const base::Monitor& monitor) {
  const Sample background = training_part(config, inputs.background);
  const Sample held_out = held_out_part(config, inputs.background);
  std::vector<std::vector<Separation>> of_prior(inputs.priors.size());
  base::for_each_task(
      inputs.priors.size(), store, base::AtOnce::kAll, [&](std::size_t p, const base::TaskStore& shared) {
        const std::string name = "supervised on " + config.priors[p].name;
        const Sample prior = training_part(config, inputs.priors[p]);
        const classify::LabelledEvents all = label_events({background.x, base::single_precision(background.weight)},
                                                          {prior.x, base::single_precision(prior.weight)});
        const std::vector<std::size_t> seen = seen_features(config, all.x);
        const classify::Classifier classifier = train(
            {name, {take_columns(all.x, seen), all.label, all.weight}, dense_network(config)}, config, shared, monitor);
        const auto judging = [&](const Sample& sample) {
          WeightedEvents events = take_half(Side::kJudging, sample);
          events.x = take_columns(events.x, seen);
          return events;
        };
        const WeightedEvents judge_background = judging(held_out);
        for (std::size_t s = 0; s < inputs.evaluated.size(); ++s) {
          of_prior[p].push_back(
              judge(config.evaluate[s].name, name, classifier, judge_background, judging(inputs.evaluated[s])));
        }
      });
  std::vector<Separation> separations;
  for (std::vector<Separation>& prior : of_prior) {
    std::ranges::move(prior, std::back_inserter(separations));
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
