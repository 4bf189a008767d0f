#include <eddy/base/error.hpp>
#include <eddy/base/single_precision.hpp>
#include <eddy/search/event_weights.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <limits>
#include <numeric>

namespace eddy::search {
namespace {

constexpr double kLargest = 1e30;  // sums of single precision, and their products with learned weights, stay finite

double sum_of(std::span<const double> weights) { return std::accumulate(weights.begin(), weights.end(), 0.0); }

bool is_negative(double weight) { return weight < 0; }

/// "the weights (column 'w') of the template ('t.h5')".
std::string weights_of(const InputRecord& record) {
  return fmt::format("the weights (column '{}') of the {} ('{}')", record.weight, record.role, record.file);
}

void require_not_negative(const Sample& sample, const InputRecord& record, const std::string& option,
                          const std::string& consequence) {
  const auto n = std::ranges::count_if(sample.weight, is_negative);
  if (n > 0) {
    throw base::InputError(fmt::format(
        "{} = \"{}\" is negative for {} of {} selected events of the {} ('{}'), and {}; make the weights positive "
        "before, for example by a positive resampling (arXiv:2005.09375), or generate events without negative ones",
        option, record.weight, n, sample.size(), record.role, record.file, consequence));
  }
}

/// Weights that count in double precision must not vanish, or grow beyond all bounds, in what is trained with them.
void require_single_precision(const Sample& sample, const InputRecord& record, const std::string& option) {
  const auto is_held = [](double weight) {
    const double size = std::abs(weight);
    return size == 0 || (size >= std::numeric_limits<float>::min() && size <= kLargest);
  };
  const auto bad = std::ranges::find_if_not(sample.weight, is_held);
  if (bad != sample.weight.end()) {
    throw base::InputError(fmt::format(
        "{} = \"{}\" is {:.6g} for an event of the {} ('{}'), beyond what trainings in single precision tell from "
        "nothing or from infinity; multiply all weights by one factor, such as 1 over their mean",
        option, record.weight, *bad, record.role, record.file));
  }
}

}  // namespace

std::vector<float> weights_at(const Sample& sample, const std::vector<std::size_t>& rows) {
  return base::single_precision(take(sample.weight, rows));
}

std::vector<double> weights_or_ones(const Sample& sample) {
  return sample.weight.empty() ? std::vector<double>(sample.size(), 1.0) : sample.weight;
}

std::vector<std::size_t> rows_that_count(const Sample& sample, std::vector<std::size_t> rows) {
  if (!sample.weight.empty()) {
    std::erase_if(rows, [&](std::size_t row) { return sample.weight[row] == 0; });
  }
  return rows;
}

double effective_size(std::span<const double> weights) {
  const double sum = sum_of(weights);
  const double squares = std::transform_reduce(weights.begin(), weights.end(), 0.0, std::plus<>(),
                                               [](double weight) { return weight * weight; });
  return squares > 0 ? sum * sum / squares : 0;
}

std::vector<double> read_weights(const events::Events& events, const SampleSection& section, const std::string& role,
                                 const std::vector<std::size_t>& rows) {
  std::vector<double> weights;
  if (section.weight.empty()) {
    return weights;
  }
  events.values(section.weight).visit([&](const auto& values) {
    std::ranges::transform(rows, std::back_inserter(weights),
                           [&](std::size_t row) { return static_cast<double>(values[row]); });
  });
  const auto is_bad = [](double weight) { return !std::isfinite(weight); };
  const auto bad = std::ranges::find_if(weights, is_bad);
  if (bad != weights.end()) {
    throw base::InputError(fmt::format(
        "the weight column '{}' of the {} ('{}') is NaN or infinite for {} selected events, the first in row {}; "
        "repair the file, or leave these events out by a selection",
        section.weight, role, section.file, std::ranges::count_if(weights, is_bad),
        rows[static_cast<std::size_t>(bad - weights.begin())]));
  }
  if (std::ranges::all_of(weights, [](double weight) { return weight == 1; })) {
    weights.clear();
  }
  return weights;
}

void record_weights(const Sample& sample, InputRecord& record) {
  if (record.weight.empty()) {
    return;
  }
  const auto n = static_cast<double>(sample.size());
  record.sum_of_weights = sample.weight.empty() ? n : sum_of(sample.weight);
  record.n_effective = sample.weight.empty() ? n : effective_size(sample.weight);
  record.n_negative_weights = static_cast<std::size_t>(std::ranges::count_if(sample.weight, is_negative));
}

void require_positive_sum(const Sample& sample, const InputRecord& record) {
  if (!sample.weight.empty() && !(sum_of(sample.weight) > 0)) {
    throw base::InputError(
        fmt::format("{} sum to {:.4g} over {} selected events; only a positive sum is a number of "
                    "events: name another column",
                    weights_of(record), sum_of(sample.weight), sample.size()));
  }
}

void require_trainable(const Sample& sample, const InputRecord& record, const std::string& option, std::size_t least) {
  require_not_negative(sample, record, option,
                       "densities and classifiers cannot be trained with these, since their loss has no minimum");
  require_single_precision(sample, record, option);
  for (const bool signal_region : {true, false}) {
    const std::vector<double> weights = take(sample.weight, region_rows(sample, signal_region));
    const auto n_zero = static_cast<std::size_t>(std::ranges::count(weights, 0.0));
    if (n_zero > 0 && weights.size() - n_zero < least) {
      throw base::InputError(fmt::format(
          "{} = \"{}\" is 0 for {} of the {} selected events of the {} ('{}') {} the signal region: {} count there, "
          "and "
          "at least {} must, so that no part that is trained or judged with is without any; name another column, or "
          "give events that count there",
          option, record.weight, n_zero, weights.size(), record.role, record.file, signal_region ? "in" : "outside",
          weights.size() - n_zero, least));
    }
  }
}

Sample unweighted(const Sample& sample, const InputRecord& record, const base::RandomStream& stream) {
  if (sample.weight.empty()) {
    return sample;
  }
  require_not_negative(sample, record, "[inject] weight", "injected events count once each, as data do");
  const double largest = std::ranges::max(sample.weight);
  std::vector<std::size_t> kept;
  for (std::size_t i = 0; i < sample.size(); ++i) {
    if (stream.uniform_at(i) * largest < sample.weight[i]) {
      kept.push_back(i);
    }
  }
  Sample events = take_events(sample, kept);
  events.weight.clear();
  return events;
}

std::vector<std::string> weight_warnings(const std::vector<InputRecord>& records) {
  std::vector<std::string> warnings;
  for (const InputRecord& record : records) {
    const auto n = static_cast<double>(record.n_selected);
    if (!record.weight.empty() && record.n_effective < kLowEffective * n) {
      warnings.push_back(fmt::format(
          "{} leave {:.4g} effective events of {}: a few events count for most, and what is learned from them and "
          "counted with them is known no better than from so many; generate more events where weights are large",
          weights_of(record), record.n_effective, record.n_selected));
    }
  }
  return warnings;
}

}  // namespace eddy::search
