#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>
#include <eddy/cli/run_folder.hpp>

#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <sstream>

namespace eddy::cli {
namespace {

/// What a run leaves; only these are ever removed.
constexpr std::array kFiles = {"config.toml", "result.json", "figures.json", "run.json", "scores.h5", "report.html", "log.txt", "models"};

/// The first line in which two configurations differ, for the message.
std::string first_difference(const std::string& before, const std::string& now) {
  std::istringstream a(before);
  std::istringstream b(now);
  std::string line_a;
  std::string line_b;
  while (std::getline(a, line_a) && std::getline(b, line_b)) {
    if (line_a != line_b) {
      return fmt::format("'{}' there, '{}' now", line_a, line_b);
    }
  }
  return "one has more lines than the other";
}

}  // namespace

void RunFolder::prepare(const std::string& resolved_config, bool fresh) const {
  base::require_writable_folder(path_);
  if (fresh) {
    for (const char* name : kFiles) {
      std::filesystem::remove_all(file(name));
    }
  }
  const std::string config = file("config.toml");
  if (std::filesystem::exists(config)) {
    const std::string before = base::read_file(config);
    if (before != resolved_config) {
      throw base::InputError(fmt::format(
          "the folder '{}' holds a run with another configuration ({}); choose another --out, or --fresh to replace it", path_,
          first_difference(before, resolved_config)));
    }
    return;
  }
  base::write_atomically(config, resolved_config);
}

void RunFolder::write(const std::string& name, const base::Json& document) const {
  base::write_atomically(file(name), document.dump(1) + "\n");
}

base::Json RunFolder::read(const std::string& name) const {
  if (!std::filesystem::exists(file(name))) {
    throw base::InputError(fmt::format("'{}' is not a finished run: it has no {}; give the folder that 'eddy run' wrote, or run it again",
                                       path_, name));
  }
  try {
    return base::Json::parse(base::read_file(file(name)));
  } catch (const base::Json::parse_error&) {
    throw base::IoError(fmt::format("'{}' is damaged; run 'eddy run' again, finished tasks are kept", file(name)));
  }
}

}  // namespace eddy::cli
