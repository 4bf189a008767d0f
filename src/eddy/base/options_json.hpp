#pragma once
// Options as JSON, for content keys and result files.

#include <eddy/base/json.hpp>
#include <eddy/base/options.hpp>

namespace eddy::base {

/// Collects options into a JSON object.
class JsonWriter final : public OptionVisitor {
 public:
  void visit(const Option& option, bool& value) override { json_[std::string(option.key)] = value; }
  void visit(const Option& option, std::int64_t& value) override { json_[std::string(option.key)] = value; }
  void visit(const Option& option, double& value) override { json_[std::string(option.key)] = value; }
  void visit(const Option& option, std::string& value) override { json_[std::string(option.key)] = value; }
  void visit(const Option& option, std::vector<double>& value) override { json_[std::string(option.key)] = value; }
  void visit(const Option& option, std::vector<std::string>& value) override { json_[std::string(option.key)] = value; }
  [[nodiscard]] const Json& json() const { return json_; }

 private:
  Json json_ = Json::object();
};

/// All options of `settings` as a JSON object; `describe` is found by argument-dependent look-up.
template <class Settings>
[[nodiscard]] Json settings_to_json(Settings settings) {
  JsonWriter writer;
  describe(settings, writer);
  return writer.json();
}

}  // namespace eddy::base
