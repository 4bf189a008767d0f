#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>
#include <eddy/base/json.hpp>
#include <eddy/runs/config_text.hpp>
#include <eddy/runs/unblinding.hpp>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>
#include <exception>
#include <filesystem>
#include <iterator>
#include <system_error>

namespace eddy::runs {
namespace {

constexpr const char* kFile = "unblinding.json";

/// Throws where something is missing or of another type.
void require_record(const base::Json& record) {
  for (const char* key : {"time", "config_sha256", "eddy"}) {
    static_cast<void>(record.at(key).get<std::string>());
  }
  static_cast<void>(record.at("was_blind").get<bool>());
  static_cast<void>(record.at("settings").get<std::vector<std::string>>());
  static_cast<void>(record.at("inputs").get<std::vector<std::string>>());
}

/// "the data (events.h5:data): 1f0c3a...": what tells the events of one role from others.
std::string input_line(const std::string& role, const std::string& file, const std::string& sha256) {
  return fmt::format("[inputs] {} = {} (SHA-256 {})", role, file, sha256.substr(0, 12));
}

std::vector<std::string> input_lines(const base::Json& inputs) {
  std::vector<std::string> lines;
  for (const base::Json& input : inputs) {
    lines.push_back(input_line(input.at("role"), input.at("file"), input.at("sha256")));
  }
  return lines;
}

}  // namespace

base::Json unblinding_of(const RunFolder& folder) {
  std::error_code ignored;
  if (!std::filesystem::exists(folder.file(kFile), ignored)) {
    return nullptr;
  }
  try {
    base::Json record = folder.read(kFile);
    require_record(record);
    return record;
  } catch (const std::exception&) {
    throw base::IoError(
        fmt::format("'{}' is no record of when the signal region was opened, which it was; restore it from a copy, or "
                    "choose another "
                    "--out",
                    folder.file(kFile)));
  }
}

bool opens(const RunFolder& folder, const std::string& now) {
  return !is_blind_config(now) && (is_blind_config(folder.config_before()) || folder.has_blind_result());
}

void record_opening(const RunFolder& folder, const std::string& resolved_config,
                    const std::vector<search::InputRecord>& inputs, bool was_blind) {
  if (!unblinding_of(folder).is_null()) {
    return;
  }
  std::vector<std::string> lines;
  for (const search::InputRecord& input : inputs) {
    lines.push_back(input_line(input.role, input.file, input.sha256));
  }
  folder.write(kFile, {{"time", fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", fmt::gmtime(std::time(nullptr)))},
                       {"config_sha256", config_sha256(resolved_config)},
                       {"eddy", EDDY_VERSION},
                       {"was_blind", was_blind},
                       {"settings", settings_that_matter(resolved_config)},
                       {"inputs", lines}});
}

std::string opening_sentence(const RunFolder& folder) {
  return fmt::format("the signal region is open from here on: {}", folder.file(kFile));
}

void add_blinding(const base::Json& record, const std::string& resolved_config, base::Json& result) {
  base::Json& blinding = result.at("blinding");
  if (record.is_null()) {
    return;
  }
  std::vector<std::string> changed =
      changed_settings(record.at("settings").get<std::vector<std::string>>(), settings_that_matter(resolved_config));
  const auto inputs_then = record.at("inputs").get<std::vector<std::string>>();
  if (!inputs_then.empty()) {  // not known of a search that was never blind
    const std::vector<std::string> inputs = changed_settings(inputs_then, input_lines(result.at("inputs")));
    changed.insert(changed.end(), inputs.begin(), inputs.end());
  }
  blinding["changed"] = changed;
  blinding["unblinded"] = {{"time", record.at("time")},
                           {"config_sha256", record.at("config_sha256")},
                           {"eddy", record.at("eddy")},
                           {"was_blind", record.at("was_blind")}};
  if (blinding.at("state") != "blind" && record.at("was_blind") == true) {
    blinding["state"] = "unblinded";
  }
}

}  // namespace eddy::runs
