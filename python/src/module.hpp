#pragma once
// The compiled part of the Python package: what each source adds to the module `_eddy`. Nothing is decided here; the
// classes that users meet are in python/eddy.

#include <nanobind/nanobind.h>

namespace eddy::python {

void bind_errors(nanobind::module_& module);
void bind_runs(nanobind::module_& module);
void bind_events(nanobind::module_& module);
void bind_configs(nanobind::module_& module);
void bind_stats(nanobind::module_& module);
void bind_models(nanobind::module_& module);
void bind_jets(nanobind::module_& module);

}  // namespace eddy::python
