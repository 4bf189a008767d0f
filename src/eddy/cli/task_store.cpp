#include <eddy/base/json.hpp>
#include <eddy/cli/task_store.hpp>
#include <eddy/net/instruction_set.hpp>

namespace eddy::cli {

base::TaskStore open_store(const std::string& folder) {
  return base::TaskStore(folder, base::Json{{"instructions", net::to_string(net::instruction_set())}});
}

}  // namespace eddy::cli
