#pragma once

#include <eddy/base/artefact.hpp>
#include <eddy/base/monitor.hpp>

#include <functional>
#include <string>

namespace eddy::base {

/// The finished tasks of a run (or of several runs that share a folder): one artefact per content key.
///
/// A task's identity is a JSON document with everything its result depends on: inputs (hashes), settings, seed, and the
/// version of the code that computes it. Its SHA-256 names the artefact. A task that is there is never computed again.
class TaskStore {
 public:
  /// Uses (and creates) `folder`. Throws IoError when it is not writable.
  explicit TaskStore(std::string folder);

  /// The artefact of the task `kind` with `identity`: read when it is there, else computed and stored atomically.
  /// A damaged artefact is reported and computed again. `kind` becomes part of the file name.
  [[nodiscard]] Json get_or_compute(const std::string& kind, const Json& identity, const std::function<Json()>& compute,
                                    const Monitor& monitor) const;

  /// Path of the artefact of a task, whether or not it exists.
  [[nodiscard]] std::string path_of(const std::string& kind, const Json& identity) const;

 private:
  std::string folder_;
};

}  // namespace eddy::base
