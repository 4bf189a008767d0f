#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>
#include <eddy/base/inputs.hpp>
#include <eddy/events/read.hpp>
#include <eddy/runs/outputs.hpp>
#include <eddy/runs/run_folder.hpp>
#include <eddy/runs/toml_config.hpp>
#include <eddy/search/file_location.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>
#include <system_error>
#include <utility>

namespace eddy::runs {
namespace {

constexpr std::string_view kArtefact = "eddy-artefact-";

bool begins_with(const std::string& path, std::string_view mark) {
  std::ifstream file(path, std::ios::binary);
  std::string begin(mark.size(), '\0');
  return file.read(begin.data(), static_cast<std::streamsize>(begin.size())) && begin == mark;
}

/// The file itself, and what else its values lie in. A file that cannot be read yet has nothing behind it that could be
/// known; reading it says what is wrong.
std::vector<std::string> files_at(const events::Location& location) {
  std::vector<std::string> files = {location.path};
  try {
    std::ranges::copy(events::files_behind(location), std::back_inserter(files));
  } catch (const base::InputError&) {
  } catch (const base::IoError&) {
  }
  return files;
}

void require_not_of_a_run(const std::string& output, const std::string& option) {
  std::error_code ignored;
  const std::filesystem::path file = std::filesystem::weakly_canonical(std::filesystem::absolute(output), ignored);
  const std::filesystem::path folder = file.parent_path();
  for (const FolderKind kind : {FolderKind::kRun, FolderKind::kStudy}) {
    for (const auto& [path, name] :
         {std::pair(folder, file.filename()), std::pair(folder.parent_path(), folder.filename())}) {
      if (RunFolder(path.string(), kind).owns(name.string())) {
        throw base::InputError(
            fmt::format("'{}' belongs to the {} in '{}' and would be replaced; give another name with {}", output,
                        kind == FolderKind::kRun ? "run" : "study", path.string(), option));
      }
    }
  }
}

/// Before hours of work are done for it, not after.
void require_place(const std::string& output, const std::string& option) {
  std::error_code ignored;
  if (output.empty()) {
    throw base::InputError(fmt::format("{} is empty; give the name of a file", option));
  }
  const std::filesystem::path path(output);
  if (std::filesystem::exists(path, ignored) && !std::filesystem::is_regular_file(path, ignored)) {
    throw base::InputError(
        fmt::format("'{}' is there and is no file that could be replaced; give another name with {}", output, option));
  }
  const std::string folder = path.has_parent_path() ? path.parent_path().string() : ".";
  if (!std::filesystem::is_directory(folder, ignored)) {
    throw base::InputError(
        fmt::format("'{}' cannot be written: there is no folder '{}'; make it, or give another name with {}", output,
                    folder, option));
  }
  base::require_writable_folder(folder, option);
}

/// What somebody else wrote under this name, a text for one, is not an earlier output.
void require_replaceable(const std::string& output, const std::string& option) {
  std::error_code ignored;
  constexpr std::string_view kHdf5 = "\x89HDF\r\n\x1a\n";
  if (std::filesystem::exists(output, ignored) && std::filesystem::file_size(output, ignored) > 0 &&
      !begins_with(output, kHdf5)) {
    throw base::InputError(fmt::format(
        "'{}' is there, is not HDF5 and would be lost; remove it, or give another name with {}", output, option));
  }
}

}  // namespace

std::vector<std::string> files_of_events(const std::string& text) { return files_at(events::parse_location(text)); }

std::set<std::string> input_files(const search::SearchConfig& config, const std::string& folder) {
  std::set<std::string> files;
  for (const std::string& file : event_files(config)) {
    const std::vector<std::string> behind = files_at(search::locate(file, folder));
    files.insert(behind.begin(), behind.end());
  }
  return files;
}

void require_free_output(const std::string& output, const std::vector<std::string>& inputs, const std::string& option) {
  require_place(output, option);
  base::require_not_an_input(output, inputs, option);
  require_not_of_a_run(output, option);
  if (begins_with(output, kArtefact)) {
    throw base::InputError(fmt::format(
        "'{}' is a finished task of a search and would be replaced; give another name with {}", output, option));
  }
  require_replaceable(output, option);
}

}  // namespace eddy::runs
