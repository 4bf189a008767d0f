#pragma once
// From files to the numbers a search works on: derived columns, selection, regions, injection.

#include <eddy/base/matrix.hpp>
#include <eddy/base/monitor.hpp>
#include <eddy/search/config.hpp>
#include <eddy/search/output.hpp>
#include <eddy/search/table_identity.hpp>

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace eddy::search {

/// Selected events of one sample; one entry (row) per event.
struct LoadedSample {
  base::Matrix x;        ///< features
  base::Matrix context;  ///< (n_events, n_context); one column but in extrapolations and loss spaces without mass
  std::vector<std::uint8_t> in_signal_region;  ///< 1 for all events where no region is configured
  std::vector<std::uint8_t> truth;             ///< 1 = signal; empty without labels
  std::vector<std::uint64_t> index;            ///< row in the file (injected events: behind the data)
  std::vector<IdentityColumn> identity;        ///< of the data, as configured
  std::vector<std::uint64_t> group;            ///< index of the first copy of each event; empty without copies
  std::vector<std::size_t> twin;     ///< 1 + position of the equal event of the data, 0: none; empty: none at all
  std::vector<Quantity> quantities;  ///< features, then context, with their units; filled by load_sample
  [[nodiscard]] std::size_t size() const { return x.rows(); }
};

/// The events of `sample` at `rows`.
[[nodiscard]] LoadedSample take_events(const LoadedSample& sample, const std::vector<std::size_t>& rows);
/// Rows inside (wanted = true) or outside the signal region.
[[nodiscard]] std::vector<std::size_t> region_rows(const LoadedSample& sample, bool signal_region);

/// The part of a Sample that the events themselves give: everything but latent and scores.
[[nodiscard]] Sample make_sample(const std::string& name, const LoadedSample& loaded);

/// Counts the events of `sample` in both regions.
void count_regions(const LoadedSample& sample, InputRecord& record);

/// Rows of a file that networks of a loss space are trained on.
struct TrainedTable {
  TableIdentity table;
  std::set<std::uint64_t> rows;
};

/// All samples of a run.
struct SearchInputs {
  LoadedSample data;             ///< with injected signal at its end; without the signal region where that is blinded
  LoadedSample template_sample;  ///< of CONRAD; else empty
  LoadedSample simulation;       ///< of extrapolations; else empty
  LoadedSample background;       ///< of loss spaces: with those that the network is trained on; else empty
  std::vector<LoadedSample> priors = {};           ///< of loss spaces, likewise
  std::vector<LoadedSample> evaluated = {};        ///< of loss spaces: signals, none of whose events is trained on
  std::vector<TrainedTable> trained = {};          ///< of loss spaces
  LoadedSample benchmark_background;               ///< empty where none was configured
  LoadedSample benchmark_signal;                   ///< without the injected events; empty where none was configured
  std::vector<float> signal_template_masses = {};  ///< context of the events of [bump_hunt] template
  std::size_t n_injected = 0;                      ///< events that pass the selection
  double injected_s_over_sqrt_b = 0;
  std::vector<Quantity> features;
  std::vector<Quantity> contexts;
  std::vector<InputRecord> records;
};

/// Reads everything `config` names. `folder` is where relative paths start. Throws InputError (columns, expressions,
/// NaN, empty regions, too few events) and IoError (files).
[[nodiscard]] SearchInputs load_inputs(const SearchConfig& config, const std::string& folder,
                                       const base::Monitor& monitor);

/// Reads one file with the columns, selection and regions of `config`, for scoring with a finished search.
[[nodiscard]] LoadedSample load_sample(const SearchConfig& config, const SampleSection& section,
                                       const std::string& folder, const std::string& role, InputRecord& record);

}  // namespace eddy::search
