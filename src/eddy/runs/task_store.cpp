#include <eddy/base/files.hpp>
#include <eddy/base/json.hpp>
#include <eddy/base/task_leases.hpp>
#include <eddy/base/temporary_file.hpp>
#include <eddy/net/instruction_set.hpp>
#include <eddy/runs/task_store.hpp>

namespace eddy::runs {

base::Json task_environment() { return base::Json{{"instructions", net::to_string(net::instruction_set())}}; }

void require_store(const std::string& store) {
  if (!store.empty()) {
    base::require_writable_folder(store, "--store");
  }
}

base::TaskStore open_store(const std::string& store, const RunFolder& folder) {
  const std::string path = store.empty() ? folder.models() : store;
  base::TaskStore tasks(path, task_environment());
  base::remove_orphaned_temporaries(path);
  base::remove_spent_leases(path, ".eddy");
  return tasks;
}

}  // namespace eddy::runs
