#include "module.hpp"

NB_MODULE(_eddy, module) {
  module.doc() = "The compiled part of the Python package eddy; use `import eddy`.";
  module.attr("__version__") = EDDY_VERSION;
  eddy::python::bind_errors(module);
  eddy::python::bind_configs(module);
  eddy::python::bind_events(module);
  eddy::python::bind_runs(module);
  eddy::python::bind_stats(module);
  eddy::python::bind_models(module);
  eddy::python::bind_jets(module);
}
