#pragma once
// The key of a task: everything that its result depends on.

#include <eddy/base/json_fwd.hpp>
#include <eddy/base/matrix.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace eddy::base {

/// Fingerprints of the arrays that a task works on, as it sees them: rows that were selected, in their order, with
/// weights, labels and the split between training and validation. What is not in here cannot have been seen, so that
/// neither skimmed files nor other folds or labels find the result of a task that worked on something else. A name that
/// is there already is an Error.
class TaskInputs {
 public:
  TaskInputs& add(std::string_view name, MatrixView values);
  TaskInputs& add(std::string_view name, std::span<const float> values);
  TaskInputs& add(std::string_view name, std::span<const double> values);
  TaskInputs& add(std::string_view name, std::span<const std::uint8_t> flags);
  /// A model that the task builds on.
  TaskInputs& add_model(std::string_view name, const Json& model);

  [[nodiscard]] bool empty() const { return fingerprints_.empty(); }
  [[nodiscard]] const std::map<std::string, std::string>& fingerprints() const { return fingerprints_; }

 private:
  void add_fingerprint(std::string_view name, std::string fingerprint);

  std::map<std::string, std::string> fingerprints_;
};

/// What the store knows a task by. There is none without the arrays that the task works on.
class TaskKey {
 public:
  /// `settings`: what the result depends on beside the arrays: options, seed, names of random streams, version of the
  /// code. Throws Error without inputs.
  TaskKey(const TaskInputs& inputs, const Json& settings);

  [[nodiscard]] const Json& json() const { return *json_; }

 private:
  std::shared_ptr<const Json> json_;
};

}  // namespace eddy::base
