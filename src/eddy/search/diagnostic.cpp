#include <eddy/base/error.hpp>
#include <eddy/search/diagnostic.hpp>

#include <fmt/format.h>

#include <exception>

namespace eddy::search {

void describe_by(const std::string& what, std::vector<std::string>& warnings, const std::function<void()>& step) {
  try {
    step();
  } catch (const base::Interrupted&) {
    throw;
  } catch (const base::IoError&) {
    throw;
  } catch (const std::exception& error) {
    warnings.push_back(
        fmt::format("{} could not be done, the rest of the result does not depend on it: {}", what, error.what()));
  }
}

}  // namespace eddy::search
