#pragma once

#include <eddy/base/json_fwd.hpp>
#include <eddy/base/monitor.hpp>
#include <eddy/base/task_key.hpp>

#include <functional>
#include <memory>
#include <string>

namespace eddy::base {

/// The finished tasks of a run (or of several runs that share a folder): one artefact per content key.
///
/// The SHA-256 of a task's key and of the environment names the artefact, and stands in it: a file that was put in the
/// place of another is noticed. A task that is there is never computed again.
class TaskStore {
 public:
  /// Uses (and creates) `folder`. `environment` is what every result in it depends on beside its key: the instruction
  /// set, for one. Throws IoError when the folder is not writable.
  TaskStore(std::string folder, const Json& environment);
  explicit TaskStore(std::string folder);

  /// The artefact of the task `kind` with `key`: read when it is there, else computed and stored atomically. One that
  /// is damaged, or that belongs to another task, is reported and computed again. `kind` becomes part of the file name.
  [[nodiscard]] Json get_or_compute(const std::string& kind, const TaskKey& key, const std::function<Json()>& compute,
                                    const Monitor& monitor) const;

  /// The same store for tasks whose results nobody asks for again: what is there is read, nothing is written.
  [[nodiscard]] TaskStore without_writing() const;

  /// Path of the artefact of a task, whether or not it exists.
  [[nodiscard]] std::string path_of(const std::string& kind, const TaskKey& key) const;

 private:
  [[nodiscard]] std::string name_of(const std::string& kind, const TaskKey& key) const;

  std::string folder_;
  bool writes_ = true;
  std::shared_ptr<const Json> environment_;
};

}  // namespace eddy::base
