#pragma once

#include <eddy/base/monitor.hpp>
#include <eddy/events/read.hpp>
#include <eddy/jets/particle_counts.hpp>
#include <eddy/jets/settings.hpp>

#include <cstddef>
#include <string>

namespace eddy::jets {

/// What was written.
struct FeatureFileSummary {
  std::size_t n_events = 0;
  std::size_t n_columns = 0;
  std::size_t n_fewer_jets = 0;    ///< events with fewer jets than are described: their columns are 0
  std::size_t n_not_finite = 0;    ///< events with a feature that float32 does not hold, or that is not defined
  std::string first_not_finite;    ///< "m_j1 = inf in row 5"
  std::size_t n_other_labels = 0;  ///< events whose label is neither 0 nor 1
  std::string first_other_label;   ///< "3 in row 5"
  bool has_label = false;
  ParticleCounts particles;
};

/// Computes the features of all events of a particle file, one event per row (LHC Olympics raw files, or any table of
/// particles that eddy reads), and writes them to `output`: HDF5, one data set per column, in the order of the events,
/// and the settings as JSON in the attribute "settings" of the root. Events pass through in blocks, so memory does not
/// grow with the files (other input than HDF5 apart, which is read whole); all threads work on a block while the next
/// one is read. The output depends on input and settings alone and appears complete or not at all. Throws InputError,
/// IoError and Interrupted.
FeatureFileSummary write_feature_file(const events::Location& input, const std::string& output,
                                      const FeatureSettings& settings, const base::Monitor& monitor);

}  // namespace eddy::jets
