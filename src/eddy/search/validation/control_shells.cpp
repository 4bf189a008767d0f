#include <eddy/base/error.hpp>
#include <eddy/search/event_weights.hpp>
#include <eddy/search/validation/control_shells.hpp>
#include <eddy/search/validation/learned_sample.hpp>
#include <eddy/search/validation/whole_search.hpp>
#include <eddy/search/validation/window_tasks.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>
#include <span>
#include <utility>

namespace eddy::search {
namespace {

constexpr const char* kNoShell =
    "no validation window lies beside the signal region: each is a part of the control region next to it with 300 data "
    "events or more, a fifth of the control region at most; the correction rests on trainings without signal alone";

std::vector<std::size_t> all_rows(const Sample& sample) {
  std::vector<std::size_t> rows(sample.size());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  return rows;
}

double weight_of(const Sample& sample, const std::vector<std::size_t>& rows) {
  const auto add = [&](double sum, std::size_t row) { return sum + (sample.weight.empty() ? 1 : sample.weight[row]); };
  return std::accumulate(rows.begin(), rows.end(), 0.0, add);
}

/// Of each column; 1 where half of the values are equal.
std::vector<float> interquartile_ranges(base::MatrixView values) {
  std::vector<float> ranges;
  for (std::size_t c = 0; c < values.cols; ++c) {
    std::vector<float> column(values.rows);
    for (std::size_t i = 0; i < column.size(); ++i) {
      column[i] = values(i, c);
    }
    const auto at = [&](double fraction) {
      const auto place = column.begin() + static_cast<std::ptrdiff_t>(fraction * static_cast<double>(column.size()));
      std::nth_element(column.begin(), place, column.end());
      return *place;
    };
    const float range = at(0.75) - at(0.25);
    ranges.push_back(range > 0 ? range : 1);
  }
  return ranges;
}

/// Positions of data events after all but `rows` are gone: 1 + position, 0 where it is gone.
std::vector<std::size_t> positions_after(const std::vector<std::size_t>& rows, std::size_t n) {
  std::vector<std::size_t> position(n, 0);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    position[rows[i]] = i + 1;
  }
  return position;
}

/// Rows of the control region that are `inner` or farther from the signal region.
std::vector<std::size_t> rows_from(float inner, const Sample& sample, const std::vector<float>& distance) {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < sample.size(); ++i) {
    if (sample.in_signal_region[i] == 0 && distance[i] >= inner) {
      rows.push_back(i);
    }
  }
  return rows;
}

/// These events, with the shell for their signal region.
Sample with_shell(const Sample& sample, const std::vector<std::size_t>& rows, const std::vector<float>& distance,
                  float outer) {
  Sample taken = take_events(sample, rows);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    taken.in_signal_region[i] = distance[rows[i]] < outer ? 1 : 0;
  }
  return taken;
}

SearchInputs inputs_in(const ControlShells& shells, const ControlShell& shell, const SearchInputs& inputs,
                       Sample SearchInputs::*reference) {
  const std::vector<std::size_t> data_rows = rows_from(shell.inner, inputs.data, shells.data_distance);
  const std::vector<std::size_t> reference_rows = rows_from(shell.inner, inputs.*reference, shells.reference_distance);
  SearchInputs inside = null_inputs_like(inputs);
  inside.dequantisation = inputs.dequantisation;
  inside.data = with_shell(inputs.data, data_rows, shells.data_distance, shell.outer);
  inside.data.truth.clear();
  Sample& other = inside.*reference;
  other = with_shell(inputs.*reference, reference_rows, shells.reference_distance, shell.outer);
  const std::vector<std::size_t> position = positions_after(data_rows, inputs.data.size());
  for (std::size_t& twin : other.twin) {
    twin = twin > 0 ? position[twin - 1] : 0;
  }
  return inside;
}

/// Throws InputError where the reference has hardly an event in the shell, or outside of it.
void require_events(const Sample& reference) {
  constexpr std::size_t kFewest = 50;
  const std::size_t n_inside = rows_that_count(reference, region_rows(reference, true)).size();
  const std::size_t n_outside = rows_that_count(reference, region_rows(reference, false)).size();
  if (std::min(n_inside, n_outside) < kFewest) {
    throw base::InputError(fmt::format(
        "the {} has {} events of weight there and {} beyond, and a window needs {} of each; give it events next to the "
        "signal region, or set [validation] windows = 0",
        reference.name, n_inside, n_outside, kFewest));
  }
}

/// Smallest and largest value at `rows`.
stats::MassWindow extent_of(const std::vector<float>& values, std::span<const std::size_t> rows) {
  stats::MassWindow extent{std::numeric_limits<double>::max(), std::numeric_limits<double>::lowest()};
  for (const std::size_t row : rows) {
    extent.low = std::min<double>(extent.low, values[row]);
    extent.high = std::max<double>(extent.high, values[row]);
  }
  return extent;
}

/// Whether all of `rows` lie above `region`, or all below.
bool lies_beside(const std::vector<float>& values, const std::vector<std::size_t>& rows, stats::MassWindow region) {
  const stats::MassWindow extent = extent_of(values, rows);
  return extent.high <= region.low || extent.low >= region.high;
}

/// How many data events a shell has; 0 where none can be.
std::size_t events_of_shell(std::size_t n_control, double fraction) {
  constexpr double kFewest = 300;
  constexpr double kLargest = 0.2;
  const auto n = static_cast<double>(n_control);
  return kLargest * n < kFewest ? 0 : static_cast<std::size_t>(std::clamp(fraction * n, kFewest, kLargest * n));
}

}  // namespace

std::vector<float> distances_to(base::MatrixView context, base::MatrixView region, base::MatrixView scale) {
  constexpr std::size_t kMost = 1000;
  const std::vector<float> unit = interquartile_ranges(scale);
  const std::size_t step = (region.rows + kMost - 1) / kMost;
  std::vector<float> distance(context.rows);
  for (std::size_t i = 0; i < context.rows; ++i) {
    float nearest = std::numeric_limits<float>::infinity();
    for (std::size_t r = 0; r < region.rows; r += step) {
      float square = 0;
      for (std::size_t c = 0; c < context.cols; ++c) {
        const float difference = (context(i, c) - region(r, c)) / unit[c];
        square += difference * difference;
      }
      nearest = std::min(nearest, square);
    }
    distance[i] = std::sqrt(nearest);
  }
  return distance;
}

ControlShells shells_beside(const Sample& data, const Sample& reference, const Quantity& context, std::int64_t n) {
  const std::vector<std::size_t> region = rows_that_count(reference, region_rows(reference, true));
  const stats::MassWindow region_extent = extent_of(first_context(reference), region);
  const base::Matrix region_context = base::take_rows(reference.context, region);
  ControlShells found;
  found.data_distance = distances_to(data.context, region_context, reference.context);
  found.reference_distance = distances_to(reference.context, region_context, reference.context);
  const bool has_one_context = data.context.cols() == 1;
  std::vector<std::size_t> control = region_rows(data, false);
  const bool has_one_side = has_one_context && lies_beside(first_context(data), control, region_extent);
  found.axis = has_one_side ? context : Quantity{"distance to the signal region", "interquartile ranges"};
  const std::vector<float> along = has_one_side ? first_context(data) : found.data_distance;
  std::ranges::stable_sort(control, {}, [&](std::size_t row) { return found.data_distance[row]; });
  const double fraction = weight_of(reference, region) / weight_of(reference, all_rows(reference));
  const std::size_t n_events = events_of_shell(control.size(), fraction);
  const auto distance_of = [&](std::size_t place) { return found.data_distance[control[place]]; };
  std::size_t begin = 0;
  while (n_events > 0 && std::ssize(found.shells) < n) {
    std::size_t end = begin + n_events;
    while (end < control.size() && distance_of(end) == distance_of(end - 1)) {
      ++end;  // events that are as far away stay together
    }
    if (end > control.size() / 2) {
      break;
    }
    const stats::MassWindow extent = extent_of(along, std::span(control).subspan(begin, end - begin));
    found.shells.push_back({.inner = begin > 0 ? distance_of(begin) : 0,
                            .outer = distance_of(end),
                            .low = extent.low,
                            .high = extent.high});
    begin = end;
  }
  found.signal_region =
      has_one_side ? region_extent : stats::MassWindow{found.shells.empty() ? -1 : -found.shells[0].high, 0};
  return found;
}

TriedWindows try_in_shells(const Search& search, Sample SearchInputs::*reference, int version, const ShellTrial& run) {
  const auto& [inputs, config, store, monitor] = search;
  const ControlShells shells =
      shells_beside(inputs.data, inputs.*reference, inputs.contexts.front(), config.validation.windows);
  std::vector<WindowTask> tasks;
  for (const ControlShell& shell : shells.shells) {
    const auto inside = std::make_shared<const SearchInputs>(inputs_in(shells, shell, inputs, reference));
    tasks.push_back({.content = content_of(*inside),
                     .place = {{"inner", shell.inner}, {"outer", shell.outer}},
                     .run = [inside, reference, &run](const Search& trial) {
                       require_events(*inside.*reference);
                       return run({*inside, trial.config, trial.store, trial.monitor});
                     }});
  }
  const std::vector<base::Json> found = run_window_tasks(search, version, tasks);
  TriedWindows tried{.axis = shells.axis, .signal_region = shells.signal_region, .windows = {}, .none = kNoShell};
  for (std::size_t i = 0; i < found.size(); ++i) {
    tried.windows.push_back(window_of(shells.shells[i].low, shells.shells[i].high, config.efficiencies, found[i]));
  }
  return tried;
}

}  // namespace eddy::search
