#include <eddy/report/sample_columns.hpp>

#include <cctype>
#include <cmath>
#include <limits>
#include <span>

namespace eddy::report {
namespace {

bool belongs(const search::ScoredSample& sample, std::size_t event, Region region) {
  if (region == Region::kAll) {
    return true;
  }
  if (event >= sample.in_signal_region.size()) {
    return false;  // without the column no event is known to be in either region
  }
  return (sample.in_signal_region[event] != 0) == (region == Region::kSignal);
}

template <class ValueOfEvent>
std::vector<float> select(const search::ScoredSample& sample, std::size_t n_events, Region region, ValueOfEvent value) {
  std::vector<float> selected;
  for (std::size_t event = 0; event < n_events; ++event) {
    if (belongs(sample, event, region)) {
      selected.push_back(value(event));
    }
  }
  return selected;
}

std::vector<float> matrix_column(const search::ScoredSample& sample, const base::Matrix& matrix, std::size_t column,
                                 Region region) {
  const std::size_t n_events = column < matrix.cols() ? matrix.rows() : 0;
  return select(sample, n_events, region, [&](std::size_t event) { return matrix(event, column); });
}

std::vector<float> vector_column(const search::ScoredSample& sample, const std::vector<float>& values, Region region) {
  return select(sample, values.size(), region, [&](std::size_t event) { return values[event]; });
}

}  // namespace

std::vector<float> feature_column(const search::ScoredSample& sample, std::size_t feature, Region region) {
  return matrix_column(sample, sample.x, feature, region);
}

std::vector<float> context_column(const search::ScoredSample& sample, Region region) {
  return matrix_column(sample, sample.context, 0, region);
}

std::vector<float> score_column(const search::ScoredSample& sample, Region region) {
  return vector_column(sample, sample.score, region);
}

std::vector<float> weight_column(const search::ScoredSample& sample, Region region) {
  return select(sample, sample.weight.size(), region,
                [&](std::size_t event) { return static_cast<float>(sample.weight[event]); });
}

std::vector<float> selection_column(const search::ScoredSample& sample, Region region) {
  return select(sample, sample.background_efficiency.size(), region, [&](std::size_t event) {
    const float efficiency = sample.background_efficiency[event];
    return efficiency > 0 ? -std::log10(efficiency) : std::numeric_limits<float>::quiet_NaN();
  });
}

search::ScoredSample labelled_signal(const search::ScoredSample& sample) {
  std::vector<std::size_t> events;
  for (std::size_t event = 0; event < sample.truth.size(); ++event) {
    if (sample.truth[event] == 1) {
      events.push_back(event);
    }
  }
  search::ScoredSample signal = take_events(sample, events);
  signal.name = "signal in data";
  return signal;
}

search::ScoredSample shown_signal(const search::Finding& output) {
  return output.signal.size() == 0 ? labelled_signal(output.data) : output.signal;
}

std::string with_unit(const search::Quantity& quantity) {
  return quantity.unit.empty() ? quantity.name : quantity.name + " [" + quantity.unit + "]";
}

std::string cut_with_unit(const std::string& expression, const search::Quantity& context) {
  const bool plain = expression.starts_with(context.name) && !expression.empty() &&
                     expression.find_first_of("<>") != std::string::npos &&
                     expression.find_first_of("&|*/+-()") == std::string::npos &&
                     std::isdigit(static_cast<unsigned char>(expression.back())) != 0;
  return plain && !context.unit.empty() ? expression + " " + context.unit : expression;
}

}  // namespace eddy::report
