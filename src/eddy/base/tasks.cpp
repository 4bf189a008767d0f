#include <eddy/base/artefact.hpp>
#include <eddy/base/content_hash.hpp>
#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>
#include <eddy/base/json.hpp>
#include <eddy/base/tasks.hpp>

#include <fmt/format.h>

#include <filesystem>
#include <system_error>

namespace eddy::base {
namespace {

std::string path_in(const std::string& folder, const std::string& task) {
  return fmt::format("{}/{}.eddy", folder, task);
}

/// The result stored at `path`, which must be that of `task`.
Json read_result(const std::string& path, const std::string& task) {
  Json stored = read_artefact(path);
  if (!stored.is_object() || !stored.contains("task") || !stored.contains("result") || stored["task"] != task) {
    throw IoError(fmt::format("'{}' holds the result of another task", path));
  }
  return std::move(stored["result"]);
}

}  // namespace

TaskStore::TaskStore(std::string folder, const Json& environment)
    : folder_(std::move(folder)), environment_(std::make_shared<const Json>(environment)) {
  require_writable_folder(folder_);
}

TaskStore::TaskStore(std::string folder) : TaskStore(std::move(folder), nullptr) {}

TaskStore TaskStore::without_writing() const {
  TaskStore store = *this;
  store.writes_ = false;
  return store;
}

std::string TaskStore::name_of(const std::string& kind, const TaskKey& key) const {
  // 32 hexadecimal digits (128 bits) keep file names readable and collisions out of reach.
  return fmt::format("{}-{}", kind,
                     content_sha256({{"key", key.json()}, {"environment", *environment_}}).substr(0, 32));
}

std::string TaskStore::path_of(const std::string& kind, const TaskKey& key) const {
  return path_in(folder_, name_of(kind, key));
}

Json TaskStore::get_or_compute(const std::string& kind, const TaskKey& key, const std::function<Json()>& compute,
                               const Monitor& monitor) const {
  const std::string task = name_of(kind, key);
  const std::string path = path_in(folder_, task);
  if (std::error_code ignored; std::filesystem::exists(path, ignored)) {
    try {
      return read_result(path, task);
    } catch (const IoError& error) {
      monitor.warn(fmt::format("{}: computing it again", error.what()));
    }
  }
  monitor.check_stop();
  Json stored = {{"task", task}, {"result", compute()}};
  if (writes_) {
    write_artefact(path, stored);
  }
  return std::move(stored["result"]);
}

}  // namespace eddy::base
