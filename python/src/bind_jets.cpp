// Jets and their substructure.

#include <eddy/base/parallel.hpp>
#include <eddy/jets/features.hpp>
#include <eddy/runs/toml_config.hpp>
#include <eddy/search/data_error.hpp>

#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "arrays.hpp"
#include "module.hpp"
#include "options.hpp"

namespace eddy::python {
namespace {

namespace nb = nanobind;
using nb::literals::operator""_a;

constexpr std::size_t kBlock = 256;  // events per task

jets::FeatureSettings settings_of(const std::vector<std::string>& options) {
  jets::FeatureSettings settings;
  runs::load_sections("", options, runs::feature_sections(settings));
  jets::validate(settings);
  return settings;
}

/// The features of events whose particles [offsets[i], offsets[i + 1]) are rows px, py, pz, E of `particles`: a dict of
/// float64 columns, each with its unit.
nb::dict jet_features(const Array<double, nb::ndim<2>>& particles, const Vector<std::int64_t>& offsets,
                      const std::vector<std::string>& options) {
  const jets::FeatureSettings settings = settings_of(options);
  const std::vector<jets::FeatureColumn> columns = jets::feature_columns(settings);
  const std::size_t n_events = offsets.shape(0) - 1;
  std::vector<std::vector<double>> values(columns.size(), std::vector<double>(n_events));
  {
    const nb::gil_scoped_release released;
    base::parallel_blocks(n_events, kBlock, [&](std::size_t first, std::size_t last) {
      std::vector<jets::FourVector> event;
      for (std::size_t i = first; i < last; ++i) {
        event.clear();
        for (std::int64_t p = offsets.data()[i]; p < offsets.data()[i + 1]; ++p) {
          const double* const row = particles.data() + 4 * p;
          event.push_back({row[0], row[1], row[2], row[3]});
        }
        const jets::EventFeatures features = jets::event_features(event, settings);
        for (std::size_t c = 0; c < columns.size(); ++c) {
          values[c][i] = columns[c].value(features);
        }
      }
    });
    base::release_threads();
  }
  nb::dict table;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    table[columns[c].name.c_str()] = nb::make_tuple(columns[c].unit, to_numpy(std::move(values[c])));
  }
  return table;
}

}  // namespace

void bind_jets(nb::module_& module) {
  module.def("jet_features", &jet_features, "particles"_a, "offsets"_a, "options"_a);
}

}  // namespace eddy::python
