#include <eddy/base/json.hpp>
#include <eddy/net/instruction_set.hpp>
#include <eddy/runs/task_store.hpp>

namespace eddy::runs {

base::Json task_environment() { return base::Json{{"instructions", net::to_string(net::instruction_set())}}; }

base::TaskStore open_store(const std::string& folder) { return base::TaskStore(folder, task_environment()); }

}  // namespace eddy::runs
