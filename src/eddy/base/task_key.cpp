#include <eddy/base/content_hash.hpp>
#include <eddy/base/error.hpp>
#include <eddy/base/hash.hpp>
#include <eddy/base/json.hpp>
#include <eddy/base/task_key.hpp>

#include <fmt/format.h>

namespace eddy::base {

TaskInputs& TaskInputs::add(std::string_view name, MatrixView values) {
  add_fingerprint(name, sha256(values));
  return *this;
}

TaskInputs& TaskInputs::add(std::string_view name, std::span<const float> values) {
  add_fingerprint(name, sha256(values));
  return *this;
}

TaskInputs& TaskInputs::add(std::string_view name, std::span<const double> values) {
  add_fingerprint(name, sha256(std::string_view(reinterpret_cast<const char*>(values.data()), values.size_bytes())));
  return *this;
}

TaskInputs& TaskInputs::add(std::string_view name, std::span<const std::uint8_t> flags) {
  add_fingerprint(name, sha256(std::string_view(reinterpret_cast<const char*>(flags.data()), flags.size())));
  return *this;
}

TaskInputs& TaskInputs::add_model(std::string_view name, const Json& model) {
  add_fingerprint(name, content_sha256(model));
  return *this;
}

void TaskInputs::add_fingerprint(std::string_view name, std::string fingerprint) {
  if (!fingerprints_.emplace(std::string(name), std::move(fingerprint)).second) {
    // The first would stand for both: a task that saw other arrays could be found under its key.
    throw Error(fmt::format("a task names two inputs '{}'", name));
  }
}

TaskKey::TaskKey(const TaskInputs& inputs, const Json& settings) {
  if (inputs.empty()) {
    throw Error(fmt::format("a task without inputs has no key (settings {})", settings.dump()));
  }
  json_ = std::make_shared<const Json>(Json{{"inputs", inputs.fingerprints()}, {"settings", settings}});
}

}  // namespace eddy::base
