#include <eddy/base/error.hpp>

#include "module.hpp"

namespace eddy::python {
namespace {

namespace nb = nanobind;

/// The class `name` of eddy.errors.
nb::object error_class(const char* name) { return nb::module_::import_("eddy.errors").attr(name); }

void raise(const char* name, const std::exception& error) {
  const nb::object type = error_class(name);
  PyErr_SetString(type.ptr(), error.what());
}

/// What the command line maps to exit codes.
void translate(const std::exception_ptr& pointer, void* /*unused*/) {
  try {
    std::rethrow_exception(pointer);
  } catch (const base::DataError& error) {
    raise("DataError", error);
  } catch (const base::InputError& error) {
    raise("ConfigError", error);
  } catch (const base::NumericError& error) {
    raise("NumericError", error);
  } catch (const base::IoError& error) {
    raise("FileError", error);
  } catch (const base::Interrupted& error) {
    PyErr_SetString(PyExc_KeyboardInterrupt, error.what());
  } catch (const base::Error& error) {
    raise("EddyError", error);
  }
}

}  // namespace

void bind_errors(nb::module_& /*module*/) { nb::register_exception_translator(translate); }

}  // namespace eddy::python
