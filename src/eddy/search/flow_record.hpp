#pragma once

#include <eddy/base/json_fwd.hpp>
#include <eddy/flow/flow.hpp>

#include <map>
#include <mutex>
#include <string>

namespace eddy::search {

/// The flows that a search trained, by the names of their tasks. A null experiment begins a flow with the one of the
/// same name, which saw no more than the search showed it; the flow that experiments are drawn from has a name of its
/// own, which none of them asks for.
class FlowRecord {
 public:
  /// Keeps the best flow of an artefact of train_flow. Thread-safe.
  void keep(const std::string& name, const base::Json& artefact);
  /// nullptr where there is none of that name.
  [[nodiscard]] const flow::Flow* find(const std::string& name) const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, flow::Flow> flows_;
};

}  // namespace eddy::search
