#include <eddy/base/error.hpp>
#include <eddy/classify/training_sample.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace eddy::classify {
namespace {

void require_labels_and_weights(std::span<const std::uint8_t> label, std::span<const float> weight) {
  for (std::size_t i = 0; i < label.size(); ++i) {
    if (label[i] > 1) {
      throw base::InputError(fmt::format("the label of row {} is {}; use 1 for data and 0 for reference", i, label[i]));
    }
    if (!(weight[i] >= 0) || !std::isfinite(weight[i])) {
      throw base::InputError(
          fmt::format("the weight of row {} is {}; training needs finite weights that are not negative", i, weight[i]));
    }
  }
}

/// Number of validation events of a class; both parts must get at least one.
std::size_t n_validation(std::size_t n_class, double fraction) {
  return static_cast<std::size_t>(std::llround(fraction * static_cast<double>(n_class)));
}

/// Flags a random part of the events of one class.
void flag_validation(std::span<const std::uint8_t> label, std::uint8_t wanted, double fraction,
                     base::RandomStream& stream, std::vector<std::uint8_t>& flags) {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < label.size(); ++i) {
    if (label[i] == wanted) {
      rows.push_back(i);
    }
  }
  const std::size_t n_flagged = n_validation(rows.size(), fraction);
  for (std::size_t i = 0; i < n_flagged; ++i) {  // the first steps of a Fisher-Yates shuffle
    std::swap(rows[i], rows[i + stream.below(rows.size() - i)]);
    flags[rows[i]] = 1;
  }
}

void require_both_parts(std::span<const std::uint8_t> label, double fraction) {
  const auto n_data = static_cast<std::size_t>(std::count(label.begin(), label.end(), 1));
  const std::size_t n_reference = label.size() - n_data;
  for (const std::size_t n_class : {n_data, n_reference}) {
    const std::size_t n_kept = n_validation(n_class, fraction);
    if (n_kept == 0 || n_kept >= n_class) {
      throw base::InputError(
          fmt::format("the classifier got {} data and {} reference events, too few to keep a fraction {} of each for "
                      "validation; loosen the selection or change validation_fraction",
                      n_data, n_reference, fraction));
    }
  }
}

/// Which events are for validation: the same fraction of both classes.
std::vector<std::uint8_t> draw_validation(std::span<const std::uint8_t> label, double fraction,
                                          base::RandomStream stream) {
  require_both_parts(label, fraction);
  std::vector<std::uint8_t> flags(label.size(), 0);
  flag_validation(label, 0, fraction, stream, flags);
  flag_validation(label, 1, fraction, stream, flags);
  return flags;
}

/// Factors on the weights of [part][class] that make both classes of a part sum to half its number of events. Sums in
/// double.
using ClassFactors = std::array<std::array<double, 2>, 2>;

ClassFactors balancing_factors(std::span<const std::uint8_t> label, std::span<const float> weight,
                               std::span<const std::uint8_t> is_validation) {
  ClassFactors sums{};
  std::array<double, 2> n_events{};
  for (std::size_t i = 0; i < label.size(); ++i) {
    sums[is_validation[i]][label[i]] += weight[i];
    ++n_events[is_validation[i]];
  }
  ClassFactors factors{};
  for (std::size_t part = 0; part < 2; ++part) {
    if (sums[part][0] <= 0 || sums[part][1] <= 0) {
      throw base::InputError(fmt::format(
          "the weights of the data sum to {} and those of the reference to {} in a part of the sample; both "
          "must be positive",
          sums[part][1], sums[part][0]));
    }
    factors[part] = {0.5 * n_events[part] / sums[part][0], 0.5 * n_events[part] / sums[part][1]};
  }
  return factors;
}

TrainingPart take_part(base::MatrixView x, std::span<const std::uint8_t> label, const WeightedSplit& split,
                       std::uint8_t wanted) {
  std::vector<std::size_t> rows;
  TrainingPart part;
  for (std::size_t i = 0; i < label.size(); ++i) {
    if (split.is_validation[i] == wanted) {
      rows.push_back(i);
      part.label.push_back(label[i]);
      part.weight.push_back(split.weight[i]);
    }
  }
  part.x = base::take_rows(x, rows);
  return part;
}

}  // namespace

void require_finite(base::MatrixView x) {
  for (std::size_t r = 0; r < x.rows; ++r) {
    const std::span<const float> row = x.row(r);
    const auto bad = std::find_if(row.begin(), row.end(), [](float value) { return !std::isfinite(value); });
    if (bad != row.end()) {
      throw base::InputError(
          fmt::format("the classifier got the value {} in row {}, feature {}; select events whose features "
                      "are finite",
                      *bad, r, bad - row.begin()));
    }
  }
}

void require_training_events(base::MatrixView x, std::span<const std::uint8_t> label, std::span<const float> weight) {
  if (label.size() != x.rows || weight.size() != x.rows) {
    throw base::InputError(
        fmt::format("the classifier got {} rows, {} labels and {} weights; give one of each per event", x.rows,
                    label.size(), weight.size()));
  }
  require_labels_and_weights(label, weight);
  require_finite(x);
}

base::TaskInputs task_inputs(const LabelledEvents& events) {
  base::TaskInputs inputs;
  inputs.add("x", events.x).add("label", events.label).add("weight", events.weight);
  return inputs;
}

WeightedSplit draw_weighted_split(std::span<const std::uint8_t> label, std::span<const float> weight,
                                  double validation_fraction, base::RandomStream stream) {
  WeightedSplit split{draw_validation(label, validation_fraction, stream), std::vector<float>(label.size())};
  const ClassFactors factors = balancing_factors(label, weight, split.is_validation);
  for (std::size_t i = 0; i < label.size(); ++i) {
    split.weight[i] = static_cast<float>(weight[i] * factors[split.is_validation[i]][label[i]]);
  }
  return split;
}

std::vector<float> balanced_weights(std::span<const std::uint8_t> label, std::span<const float> weight) {
  std::array<double, 2> sums{};
  for (std::size_t i = 0; i < label.size(); ++i) {
    sums[label[i]] += weight[i];
  }
  const double half = 0.5 * static_cast<double>(label.size());
  std::vector<float> balanced(label.size());
  for (std::size_t i = 0; i < label.size(); ++i) {
    balanced[i] = sums[label[i]] > 0 ? static_cast<float>(weight[i] * (half / sums[label[i]])) : 0.0F;
  }
  return balanced;
}

events::Scaler fit_input_scaler(base::MatrixView x) {
  std::vector<std::string> names(x.cols);
  for (std::size_t i = 0; i < x.cols; ++i) {
    names[i] = fmt::format("classifier input {}", i);
  }
  return events::Scaler::fit(std::vector(x.cols, events::ScalerKind::kStandard), names, x);
}

TrainingSplit split_training_sample(base::MatrixView x, std::span<const std::uint8_t> label,
                                    std::span<const float> weight, double validation_fraction,
                                    base::RandomStream stream) {
  require_training_events(x, label, weight);
  const WeightedSplit split = draw_weighted_split(label, weight, validation_fraction, stream);
  return {take_part(x, label, split, 0), take_part(x, label, split, 1)};
}

}  // namespace eddy::classify
