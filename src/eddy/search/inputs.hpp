#pragma once
// From files to the numbers a search works on: derived columns, selection, regions, injection.

#include <eddy/base/monitor.hpp>
#include <eddy/search/config.hpp>
#include <eddy/search/dequantisation.hpp>
#include <eddy/search/input_record.hpp>
#include <eddy/search/sample.hpp>
#include <eddy/search/table_identity.hpp>

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace eddy::search {

/// take_events for a sample that goes on without the others: its copies are grouped anew, and `record` counts what is
/// left.
[[nodiscard]] Sample keep_events(const Sample& sample, const std::vector<std::size_t>& rows, InputRecord& record);
/// The same for all events but those of these rows of the file.
[[nodiscard]] Sample without_rows(const Sample& sample, const std::set<std::uint64_t>& rows_in_file,
                                  InputRecord& record);

/// Rows of a file that networks of a loss space are trained on.
struct TrainedTable {
  TableIdentity table;
  std::set<std::uint64_t> rows;
};

/// All samples of a run.
struct SearchInputs {
  Sample data;             ///< with injected signal at its end; without the signal region where that is blinded
  Sample template_sample;  ///< of CONRAD; else empty
  Sample simulation;       ///< of extrapolations; else empty
  Sample background;       ///< of loss spaces: with those that the network is trained on; else empty
  std::vector<Sample> priors = {};                   ///< of loss spaces, likewise
  std::vector<Sample> evaluated = {};                ///< of loss spaces: signals, none of whose events is trained on
  std::vector<TrainedTable> trained = {};            ///< of loss spaces
  Sample benchmark_background;                       ///< empty where none was configured
  Sample benchmark_signal;                           ///< without the injected events; empty where none was configured
  std::vector<float> signal_template_masses = {};    ///< context of the events of [bump_hunt] template
  std::vector<double> signal_template_weights = {};  ///< of these; empty: 1 each
  std::size_t n_injected = 0;                        ///< events that pass the selection
  double injected_s_over_sqrt_b = 0;
  std::vector<Quantity> features;
  std::vector<Quantity> contexts;
  std::vector<InputRecord> records;
  Dequantisation dequantisation = {};      ///< that the features above have been through
  std::vector<std::string> warnings = {};  ///< of features that no flow can learn
};

/// Reads everything `config` names. `folder` is where relative paths start. Throws DataError (columns, expressions,
/// NaN, empty regions, too few events) and IoError (files).
[[nodiscard]] SearchInputs load_inputs(const SearchConfig& config, const std::string& folder,
                                       const base::Monitor& monitor);

/// Spreads the features of `inputs` that take steps in the data, in all roles, and notes what no flow can learn
/// (dequantisation.hpp). Copies must have been found before; injected events must not be chosen from afterwards.
void dequantise(const SearchConfig& config, SearchInputs& inputs);

/// Reads what the data are compared with, template or simulation, beside the data of `inputs`, whose records it joins.
/// Throws InputError (units that differ, too few events in a region, unusable features, the data themselves, weights
/// that nothing can be trained with) and IoError.
[[nodiscard]] Sample load_reference(const SearchConfig& config, const SampleSection& section, const std::string& role,
                                    const std::string& folder, SearchInputs& inputs);

/// The columns that a search reads from the file of a section: features, context, label, weight and identity, and what
/// derived columns and expressions are made of. Throws InputError for expressions that do not parse.
[[nodiscard]] std::vector<std::string> columns_of_file(const SearchConfig& config, const SampleSection& section);

/// Reads one file with the columns, selection and regions of `config`, for scoring with a finished search.
/// Throws DataError and IoError.
[[nodiscard]] Sample load_sample(const SearchConfig& config, const SampleSection& section, const std::string& folder,
                                 const std::string& role, InputRecord& record);

}  // namespace eddy::search
