#include <eddy/base/json.hpp>
#include <eddy/base/options_json.hpp>
#include <eddy/base/parallel.hpp>
#include <eddy/search/fold_ensembles.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <optional>

namespace eddy::search {
namespace {

/// Raised whenever a change of the code changes trained classifiers.
constexpr int kClassifierTaskVersion = 5;

/// What all steps of the training share.
struct Trainer {
  const WeakTraining& training;
  const classify::ClassifierSettings& settings;
  std::int64_t seed;
  const base::Monitor& monitor;
  std::atomic<std::size_t> n_done{0};
};

/// Names the random stream of a member.
std::string task_of(const Trainer& trainer, std::size_t fold, std::size_t member) {
  return fmt::format("{}/fold {}/member {}", trainer.training.name, fold, member);
}

base::TaskKey key_of(const Trainer& trainer, const base::TaskInputs& events, std::size_t fold, std::size_t member) {
  return {events,
          {{"version", kClassifierTaskVersion},
           {"settings", classify::settings_to_json(trainer.settings)},
           {"seed", trainer.seed},
           {"task", task_of(trainer, fold, member)}}};
}

/// The events of one fold and space: the same for all its members, so that they are gathered and binned once.
classify::LabelledEvents gather_events(const Trainer& trainer, std::size_t fold, std::size_t space) {
  const WeightedEvents data = trainer.training.data(fold, space);
  const std::size_t n_data = data.x.rows();
  const WeightedEvents reference = trainer.training.reference(fold, space, n_data);
  classify::LabelledEvents events;
  events.x = base::stack_rows(data.x, reference.x);
  events.label.assign(events.x.rows(), 0);
  std::fill_n(events.label.begin(), n_data, 1);
  events.weight.assign(events.x.rows(), 1.0F);
  std::ranges::copy(data.weight, events.weight.begin());
  std::ranges::copy(reference.weight, events.weight.begin() + static_cast<std::ptrdiff_t>(n_data));
  return events;
}

classify::Classifier fit_member(const Trainer& trainer, const classify::TrainingEvents& events, std::size_t fold,
                                std::size_t member) {
  const std::string task = task_of(trainer, fold, member);
  // The network's own progress would drown that of the ensemble: only the wish to stop is passed on.
  return classify::fit_classifier(events, trainer.settings,
                                  base::RandomStream({static_cast<std::uint64_t>(trainer.seed)}, task), task,
                                  trainer.monitor.without_progress());
}

/// Trains (or finds) the members of one fold and space. Their events live only as long as this.
void train_group(Trainer& trainer, const base::TaskStore& store, std::size_t fold, std::size_t space,
                 std::span<base::Json> artefacts) {
  std::vector<std::size_t> members;
  for (std::size_t member = space; member < trainer.training.n_members; member += trainer.training.n_spaces) {
    members.push_back(member);
  }
  classify::LabelledEvents gathered = gather_events(trainer, fold, space);
  const base::TaskInputs inputs = classify::task_inputs(gathered);
  const auto is_missing = [&](std::size_t member) {
    return !std::filesystem::exists(store.path_of("classifier", key_of(trainer, inputs, fold, member)));
  };
  const auto prepare = [&](classify::LabelledEvents events) {
    return classify::prepare_events(std::move(events), trainer.settings);
  };
  std::optional<classify::TrainingEvents> events;
  if (std::ranges::any_of(members, is_missing)) {
    events = prepare(std::move(gathered));
  }
  base::for_each_task(members.size(), store, base::AtOnce::kAll, [&](std::size_t i, const base::TaskStore& shared) {
    const std::size_t member = members[i];
    const auto compute = [&] {  // not prepared where a file that was there turns out to be damaged
      return classify::to_json(events ? fit_member(trainer, *events, fold, member)
                                      : fit_member(trainer, prepare(gathered), fold, member));
    };
    const bool is_new = artefacts[member].is_null();  // else it was there when another process was at its neighbour
    artefacts[member] =
        shared.get_or_compute("classifier", key_of(trainer, inputs, fold, member), compute, trainer.monitor);
    trainer.monitor.progress(fmt::format("{}: classifiers", trainer.training.name), trainer.n_done += is_new ? 1 : 0,
                             trainer.training.n_folds * trainer.training.n_members);
  });
}

}  // namespace

std::vector<std::size_t> rows_in_fold(std::span<const std::uint8_t> fold_of_event, std::size_t fold) {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < fold_of_event.size(); ++i) {
    if (fold_of_event[i] == fold) {
      rows.push_back(i);
    }
  }
  return rows;
}

std::vector<std::size_t> rows_outside_fold(std::span<const std::size_t> rows,
                                           std::span<const std::uint8_t> fold_of_event, std::size_t fold) {
  std::vector<std::size_t> outside;
  std::ranges::copy_if(rows, std::back_inserter(outside), [&](std::size_t row) { return fold_of_event[row] != fold; });
  return outside;
}

std::vector<Ensemble> train_fold_ensembles(const WeakTraining& training, const classify::ClassifierSettings& settings,
                                           std::int64_t seed, const base::TaskStore& store,
                                           const base::Monitor& monitor) {
  Trainer trainer{training, settings, seed, monitor};
  std::vector<base::Json> artefacts(training.n_folds * training.n_members);
  base::for_each_task(training.n_folds * training.n_spaces, store, base::AtOnce::kAll,
                      [&](std::size_t group, const base::TaskStore& shared) {
                        const std::size_t fold = group / training.n_spaces;
                        train_group(trainer, shared, fold, group % training.n_spaces,
                                    std::span(artefacts).subspan(fold * training.n_members, training.n_members));
                      });
  std::vector<Ensemble> ensembles(training.n_folds);
  for (std::size_t task = 0; task < artefacts.size(); ++task) {
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
    const std::vector<std::size_t> rows = rows_in_fold(fold, k);
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
