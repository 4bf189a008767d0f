#include "repository.hpp"

#include <cstdlib>

namespace eddy::test {

std::string repository_folder() { return EDDY_SOURCE_DIR; }

std::string data_folder() {
  const char* const set = std::getenv("EDDY_DATA");
  return set != nullptr ? set : repository_folder() + "/../shared/data";
}

}  // namespace eddy::test
