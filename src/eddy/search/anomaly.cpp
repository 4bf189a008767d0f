#include <eddy/search/anomaly.hpp>
#include <eddy/search/dequantisation.hpp>
#include <eddy/search/detector.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>
#include <utility>

namespace eddy::search {
namespace {

bool has_expectation(const WorkingPoint& point) {
  return point.efficiency < 1 && point.observed > 0 && point.predicted > 0 && std::isfinite(point.predicted_error);
}

/// Whether the cut `a` shows more of an excess than `b`.
bool shows_more(const WorkingPoint& a, const WorkingPoint& b) {
  const bool enough = a.observed >= kFewestShown;
  if (enough != (b.observed >= kFewestShown)) {
    return enough;
  }
  return enough ? a.efficiency < b.efficiency : a.observed > b.observed;
}

std::vector<std::size_t> passing_rows(const std::vector<float>& background_efficiency, double efficiency) {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < background_efficiency.size(); ++i) {
    if (background_efficiency[i] <= static_cast<float>(efficiency)) {
      rows.push_back(i);
    }
  }
  return rows;
}

/// The events of each part that pass, weighted so that all parts that have any sum to the same.
std::vector<ExpectedEvents> expected_behind(const ShownBackground& background, double efficiency, double predicted) {
  std::vector<ExpectedEvents> expected;
  std::vector<double> sums;
  for (const BackgroundEvents& part : background.parts) {
    const std::vector<std::size_t> rows = passing_rows(part.background_efficiency, efficiency);
    ExpectedEvents events{.columns = base::take_rows(part.columns, rows),
                          .weight = take(part.weight, rows),
                          .source = take(part.source, rows)};
    const double sum = std::accumulate(events.weight.begin(), events.weight.end(), 0.0);
    if (sum > 0) {
      expected.push_back(std::move(events));
      sums.push_back(sum);
    }
  }
  const double share = predicted / static_cast<double>(std::max<std::size_t>(1, expected.size()));
  for (std::size_t p = 0; p < expected.size(); ++p) {
    std::ranges::transform(expected[p].weight, expected[p].weight.begin(),
                           [&](float weight) { return static_cast<float>(weight * share / sums[p]); });
  }
  return expected;
}

/// The columns of `data` that the background is shown in.
base::Matrix columns_of(const Sample& data, std::size_t n_columns) {
  return n_columns > data.x.cols() ? join_columns(data.x, data.context) : data.x;
}

std::optional<SelectedEvents> select_events(const Finding& finding, const ShownBackground& background) {
  const std::optional<std::size_t> shown = shown_working_point(finding);
  if (!shown) {
    return std::nullopt;
  }
  const WorkingPoint& point = finding.working_points[*shown];
  SelectedEvents selected{.working_point = *shown,
                          .predicted = point.predicted,
                          .predicted_error = point.predicted_error,
                          .background = background.name,
                          .expected = expected_behind(background, point.efficiency, point.predicted)};
  if (selected.expected.empty()) {
    return std::nullopt;
  }
  std::vector<std::size_t> rows = passing_rows(finding.data.background_efficiency, point.efficiency);
  std::erase_if(rows, [&](std::size_t row) { return finding.data.in_signal_region[row] == 0; });
  const Sample data = take_events(static_cast<const Sample&>(finding.data), rows);
  selected.columns = columns_of(data, selected.expected.front().columns.cols());
  selected.truth = data.truth;
  return selected;
}

ScoredSample most_signal_like(const Finding& finding, std::size_t n_events) {
  const ScoredSample& data = finding.data;
  std::vector<std::size_t> rows = region_rows(data, true);
  const auto rank = [&](std::size_t row) { return std::tuple(data.background_efficiency[row], -data.score[row], row); };
  const auto last = rows.begin() + static_cast<std::ptrdiff_t>(std::min(n_events, rows.size()));
  std::ranges::partial_sort(rows, last, {}, rank);
  rows.erase(last, rows.end());
  ScoredSample events = take_events(data, rows);
  if (finding.dequantisation.is_needed()) {
    events.x = rounded_to_steps(finding.dequantisation, events.x);
  }
  return events;
}

}  // namespace

std::optional<std::size_t> shown_working_point(const Finding& finding) {
  std::optional<std::size_t> shown;
  for (std::size_t i = 0; i < finding.working_points.size(); ++i) {
    const WorkingPoint& point = finding.working_points[i];
    if (has_expectation(point) && (!shown || shows_more(point, finding.working_points[*shown]))) {
      shown = i;
    }
  }
  return shown;
}

Anomaly describe_anomaly(const Finding& finding, const ShownBackground& background, std::size_t n_events) {
  return {.selected = select_events(finding, background), .most_signal_like = most_signal_like(finding, n_events)};
}

}  // namespace eddy::search
