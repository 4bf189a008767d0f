#include <eddy/base/parallel.hpp>
#include <eddy/search/fold_ensembles.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <atomic>

namespace eddy::search {
namespace {

/// Raised whenever a change of the code changes trained classifiers.
constexpr int kClassifierTaskVersion = 1;

std::vector<std::size_t> training_rows(const WeakTraining& training, std::size_t fold) {
  std::vector<std::size_t> rows;
  std::ranges::copy_if(training.data_rows, std::back_inserter(rows),
                       [&](std::size_t row) { return training.fold[row] != fold; });
  return rows;
}

classify::Classifier fit_member(const WeakTraining& training, const classify::ClassifierSettings& settings,
                                std::int64_t seed, std::size_t fold, std::size_t member, const base::Monitor& monitor) {
  const std::string task = fmt::format("{}/fold {}/member {}", training.name, fold, member);
  const base::Matrix& all = training.data[member % training.data.size()];
  const base::Matrix data = base::take_rows(all, training_rows(training, fold));
  const base::Matrix reference = training.reference(fold, member, data.rows());
  std::vector<std::uint8_t> label(data.rows() + reference.rows(), 0);
  std::fill_n(label.begin(), data.rows(), 1);
  const std::vector<float> weight(label.size(), 1.0F);
  // The network's own progress would drown that of the ensemble: only the wish to stop is passed on.
  return classify::fit_classifier(base::stack_rows(data, reference), label, weight, settings,
                                  base::RandomStream({static_cast<std::uint64_t>(seed)}, task), task,
                                  monitor.without_progress());
}

}  // namespace

std::vector<Ensemble> train_fold_ensembles(const WeakTraining& training, const classify::ClassifierSettings& settings,
                                           std::int64_t seed, const base::TaskStore& store,
                                           const base::Monitor& monitor) {
  const std::size_t n_tasks = training.n_folds * training.n_members;
  std::vector<base::Json> artefacts(n_tasks);
  std::atomic<std::size_t> n_done{0};
  base::parallel_tasks(n_tasks, [&](std::size_t task) {
    const std::size_t fold = task / training.n_members;
    const std::size_t member = task % training.n_members;
    const base::Json identity = {{"version", kClassifierTaskVersion},
                                 {"name", training.name},
                                 {"training", training.identity},
                                 {"space", training.space_identity[member % training.data.size()]},
                                 {"settings", classify::settings_to_json(settings)},
                                 {"seed", seed},
                                 {"fold", fold},
                                 {"n_folds", training.n_folds},
                                 {"member", member}};
    artefacts[task] = store.get_or_compute(
        "classifier", identity,
        [&] { return classify::to_json(fit_member(training, settings, seed, fold, member, monitor)); }, monitor);
    monitor.progress(fmt::format("{}: classifiers", training.name), ++n_done, n_tasks);
  });
  std::vector<Ensemble> ensembles(training.n_folds);
  for (std::size_t task = 0; task < n_tasks; ++task) {
    ensembles[task / training.n_members].push_back(classify::classifier_from_json(artefacts[task]));
    artefacts[task] = nullptr;  // a model is kept once
  }
  return ensembles;
}

std::vector<float> mean_score(const Ensemble& ensemble, std::span<const base::Matrix> events_by_space) {
  std::vector<std::vector<float>> scores(ensemble.size());
  base::parallel_tasks(ensemble.size(), [&](std::size_t m) {
    scores[m] = classify::predict(ensemble[m], events_by_space[m % events_by_space.size()]);
  });
  std::vector<float> mean(events_by_space[0].rows());
  for (std::size_t i = 0; i < mean.size(); ++i) {
    double sum = 0;
    for (const std::vector<float>& member : scores) {
      sum += member[i];
    }
    mean[i] = static_cast<float>(sum / static_cast<double>(scores.size()));
  }
  return mean;
}

std::vector<float> mean_score_in_space(const Ensemble& ensemble, std::size_t space, std::size_t n_spaces,
                                       const base::Matrix& events) {
  std::vector<double> sum(events.rows());
  double n_members = 0;
  for (std::size_t m = space; m < ensemble.size(); m += n_spaces) {
    const std::vector<float> scores = classify::predict(ensemble[m], events);
    std::ranges::transform(sum, scores, sum.begin(), [](double a, float b) { return a + b; });
    ++n_members;
  }
  std::vector<float> mean(sum.size());
  std::ranges::transform(sum, mean.begin(), [&](double s) { return static_cast<float>(s / n_members); });
  return mean;
}

std::vector<float> out_of_fold_score(const std::vector<Ensemble>& ensembles,
                                     std::span<const base::Matrix> events_by_space,
                                     std::span<const std::uint8_t> fold) {
  std::vector<float> score(fold.size());
  for (std::size_t k = 0; k < ensembles.size(); ++k) {
    std::vector<std::size_t> rows;
    for (std::size_t i = 0; i < fold.size(); ++i) {
      if (fold[i] == k) {
        rows.push_back(i);
      }
    }
    std::vector<base::Matrix> events(events_by_space.size());
    base::parallel_tasks(events.size(), [&](std::size_t s) { events[s] = base::take_rows(events_by_space[s], rows); });
    const std::vector<float> scores = mean_score(ensembles[k], events);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      score[rows[i]] = scores[i];
    }
  }
  return score;
}

std::vector<std::size_t> random_rows(std::vector<std::size_t> rows, std::size_t n, const base::RandomStream& stream) {
  if (rows.size() <= n) {
    return rows;
  }
  const std::vector<std::size_t> order = base::random_permutation(stream, rows.size());
  std::vector<std::size_t> chosen(n);
  std::transform(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(n), chosen.begin(),
                 [&](std::size_t i) { return rows[i]; });
  std::ranges::sort(chosen);
  return chosen;
}

}  // namespace eddy::search
