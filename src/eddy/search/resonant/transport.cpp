#include <eddy/base/error.hpp>
#include <eddy/flow/moving_quantiles.hpp>
#include <eddy/search/resonant/context_density.hpp>
#include <eddy/search/resonant/resonant_methods.hpp>
#include <eddy/search/resonant/transport.hpp>
#include <eddy/stats/independence.hpp>

#include <fmt/format.h>

#include <numeric>
#include <utility>

namespace eddy::search {
namespace {

std::vector<float> column_of(const base::Matrix& table, std::size_t column) {
  std::vector<float> values;
  for (std::size_t i = 0; i < table.rows(); ++i) {
    values.push_back(table(i, column));
  }
  return values;
}

base::Matrix take_columns(base::MatrixView table, const std::vector<std::size_t>& columns) {
  base::Matrix taken(table.rows, columns.size());
  for (std::size_t i = 0; i < table.rows; ++i) {
    for (std::size_t c = 0; c < columns.size(); ++c) {
      taken(i, c) = table(i, columns[c]);
    }
  }
  return taken;
}

Sample spread_sidebands(const ResonantTask& task, const Dequantisation& steps, const std::vector<std::size_t>& rows) {
  Sample sidebands = take_events(task.inputs.data, rows);
  if (steps.is_needed()) {
    sidebands.x = dequantised(steps, sidebands.x, sidebands.context);
  }
  return sidebands;
}

/// Sideband events to be moved, and those that show how features follow the mass.
struct Move {
  const Sample& learned_from;
  const Sample& events;
  std::string name;  ///< of the draw of masses
};

/// The events at masses drawn from the signal region outside `fold`.
Sample in_signal_region(const ResonantTask& task, const Dequantisation& steps, std::size_t fold, const Move& move) {
  const Transport transport = learn_transport(move.learned_from.x, move.learned_from.context);
  const Sample data = take_events(task.inputs.data, training_rows(task, true, fold));
  Sample there;
  there.context = sample_context(data.context.values(), task.window, task.config.classifier.context_bandwidth,
                                 move.events.size(), {seed_of(task), "transport masses/" + move.name});
  there.x = moved(transport, move.events.x, move.events.context, there.context);
  if (steps.is_needed()) {
    there.x = rounded_to_steps(steps, there.x);
  }
  return there;
}

}  // namespace

std::vector<std::size_t> features_that_follow(const base::Matrix& x, const base::Matrix& context) {
  constexpr double kCompatible = 0.05;  // with none
  const std::vector<float> masses = column_of(context, 0);
  std::vector<std::size_t> features;
  for (std::size_t f = 0; f < x.cols(); ++f) {
    if (stats::independence_p_value(column_of(x, f), masses) < kCompatible) {
      features.push_back(f);
    }
  }
  return features;
}

Transport learn_transport(const base::Matrix& x, const base::Matrix& context) {
  if (x.rows() < flow::kFewestForMovingQuantiles) {
    throw base::InputError(fmt::format(
        "the sidebands have {} events outside a fold, and method \"transport\" needs {} to learn how features "
        "follow the mass; widen the selection, or choose another method",
        x.rows(), flow::kFewestForMovingQuantiles));
  }
  Transport transport{.features = features_that_follow(x, context), .quantiles = {}};
  if (!transport.features.empty()) {
    transport.quantiles = flow::MovingQuantiles::fit(take_columns(x, transport.features), context);
  }
  return transport;
}

base::Matrix moved(const Transport& transport, const base::Matrix& x, const base::Matrix& from,
                   const base::Matrix& to) {
  base::Matrix result = x;
  if (transport.features.empty()) {
    return result;
  }
  const base::Matrix stationary = transport.quantiles->forward(take_columns(x, transport.features), from);
  const base::Matrix there = transport.quantiles->inverse(stationary, to);
  for (std::size_t i = 0; i < result.rows(); ++i) {
    for (std::size_t c = 0; c < transport.features.size(); ++c) {
      result(i, transport.features[c]) = there(i, c);
    }
  }
  return result;
}

base::Matrix moved_sidebands(const ResonantTask& task, const Dequantisation& steps, std::size_t fold, std::size_t r,
                             std::size_t n) {
  const std::string name = fmt::format("{}/{}", fold, r);
  const Sample sidebands = spread_sidebands(task, steps, training_rows(task, false, fold));
  std::vector<std::size_t> rows(sidebands.size());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  const Sample events = take_events(sidebands, random_rows(std::move(rows), n, {seed_of(task), "transport/" + name}));
  return in_signal_region(task, steps, fold, {sidebands, events, name}).x;
}

Sample moved_unseen_sidebands(const ResonantTask& task, const Dequantisation& steps, std::size_t fold, std::size_t n) {
  const std::string name = fmt::format("{}/unseen", fold);
  const std::vector<std::size_t> rows =
      random_rows(rows_of_fold(task, false, fold), n, {seed_of(task), "transport/" + name});
  return in_signal_region(
      task, steps, fold,
      {spread_sidebands(task, steps, training_rows(task, false, fold)), spread_sidebands(task, steps, rows), name});
}

TrainedMethod train_transport(const ResonantTask& task) {
  TrainedMethod method{.detectors = make_detectors_in_x(task), .flows = {}};
  const Dequantisation steps = steps_of(task.config, task.inputs.data.x);
  WeakTraining training = weak_training(task, "transport", method.detectors);
  training.reference = [&](std::size_t fold, std::size_t r, std::size_t n_data) {
    return moved_sidebands(task, steps, fold, r, n_reference_events(task, n_data));
  };
  // 3. Signal-region data against them, in x.
  train_classifiers(task, training, method.detectors);
  return method;
}

}  // namespace eddy::search
