#pragma once

#include <eddy/base/error.hpp>

namespace eddy::search {

/// What `load()` returns; its InputErrors become DataErrors: files of events cannot be used as they are.
template <class Load>
[[nodiscard]] auto errors_of_data(const Load& load) {
  try {
    return load();
  } catch (const base::DataError&) {
    throw;
  } catch (const base::InputError& error) {
    throw base::DataError(error.what());
  }
}

}  // namespace eddy::search
