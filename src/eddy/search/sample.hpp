#pragma once
// Events of one role, as every family works on them.

#include <eddy/base/matrix.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <vector>

namespace eddy::search {

/// A named quantity with its unit, for axis labels.
struct Quantity {
  std::string name;
  std::string unit;
};

/// One of the columns that name an event: run, luminosity block, event.
struct IdentityColumn {
  std::string name;
  std::vector<std::int64_t> values;  ///< exact; kNoIdentity for injected events, which are none of the data
};

inline constexpr std::int64_t kNoIdentity = -1;

/// Selected events of one role: data, template, simulation, background, prior or signal. One entry (row) per event;
/// the columns after `index` are empty where they do not apply.
struct Sample {
  std::string name = {};      ///< of the role: "data", "template", "signal"
  base::Matrix x = {};        ///< features, physical units
  base::Matrix context = {};  ///< (n_events, n_context); without columns in loss spaces without mass
  std::vector<std::uint8_t> in_signal_region = {};  ///< 1 for all events where no region is configured
  std::vector<std::uint64_t> index = {};            ///< row in the file (injected events: behind the data)
  std::vector<std::uint8_t> truth = {};             ///< 1 = signal; empty without labels
  std::vector<double> weight = {};            ///< what each event counts, as read; empty: 1 each, as data always do
  std::vector<IdentityColumn> identity = {};  ///< of the data, as configured
  std::vector<std::uint64_t> group = {};      ///< index of the first copy of each event; empty without copies
  std::vector<std::size_t> twin = {};     ///< 1 + position of the equal event of the data, 0: none; empty: none at all
  std::vector<Quantity> quantities = {};  ///< features, then context, with their units; filled by load_sample
  [[nodiscard]] std::size_t size() const { return x.rows(); }
};

/// Events, and what a search says of each.
struct ScoredSample : Sample {
  base::Matrix latent = {};       ///< z = f(x; M) of one flow; of a flow that never saw the event where it is template
  std::vector<float> score = {};  ///< mean classifier output in (0, 1)
  /// Fraction of template events (resonant: of signal-region data) that score at least as high, in the event's fold: a
  /// working point at efficiency e keeps the events with a value <= e.
  std::vector<float> background_efficiency = {};
};

/// `values` at `rows`; a column that does not apply, and is empty, stays so.
template <class T>
[[nodiscard]] std::vector<T> take(const std::vector<T>& values, const std::vector<std::size_t>& rows) {
  std::vector<T> taken;
  if (!values.empty()) {
    taken.reserve(rows.size());
    std::ranges::transform(rows, std::back_inserter(taken), [&](std::size_t row) { return values[row]; });
  }
  return taken;
}

/// The events of `sample` at `rows`.
[[nodiscard]] Sample take_events(const Sample& sample, const std::vector<std::size_t>& rows);
[[nodiscard]] ScoredSample take_events(const ScoredSample& sample, const std::vector<std::size_t>& rows);

/// Rows inside (signal_region = true) or outside the signal region.
[[nodiscard]] std::vector<std::size_t> region_rows(const Sample& sample, bool signal_region);

/// The (first) context variable of all events; empty where there is none.
[[nodiscard]] std::vector<float> first_context(const Sample& sample);

/// `events` under the name that figures know them by, not scored yet.
[[nodiscard]] ScoredSample to_be_scored(const std::string& name, const Sample& events);

}  // namespace eddy::search
