#include <eddy/base/json.hpp>
#include <eddy/search/flow_record.hpp>

namespace eddy::search {

void FlowRecord::keep(const std::string& name, const base::Json& artefact) {
  flow::Flow flow = flow::Flow::from_json(artefact.at("flows").front());
  const std::lock_guard lock(mutex_);
  flows_.insert_or_assign(name, std::move(flow));
}

const flow::Flow* FlowRecord::find(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto found = flows_.find(name);
  return found == flows_.end() ? nullptr : &found->second;
}

}  // namespace eddy::search
