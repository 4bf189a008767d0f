#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>
#include <eddy/base/json.hpp>
#include <eddy/exchange/export_folder.hpp>

#include <fmt/format.h>

#include <filesystem>
#include <set>
#include <system_error>

namespace eddy::exchange {
namespace {

namespace fs = std::filesystem;
using base::Json;

constexpr const char* kFacts = "export.json";
constexpr const char* kMark = "eddy-export-1";

/// Whether a name leads to a file of the folder, and not out of it: the export may be somebody else's.
bool stays_inside(const fs::path& name) {
  return !name.empty() && name.is_relative() && name.lexically_normal() == name && *name.begin() != "..";
}

/// Names of the files of the export that is in the folder, export.json included; empty where there is none.
std::set<std::string> earlier_files(const fs::path& folder) {
  std::set<std::string> names;
  std::error_code error;
  if (!fs::exists(folder / kFacts, error)) {
    return names;
  }
  const Json facts = Json::parse(base::read_file((folder / kFacts).string()), nullptr, /*allow_exceptions=*/false);
  if (!facts.is_object() || facts.value("format", Json()) != kMark || !facts.value("files", Json()).is_array()) {
    return names;
  }
  names.insert(kFacts);
  for (const Json& name : facts.at("files")) {
    if (name.is_string() && stays_inside(name.get<std::string>())) {
      names.insert(name.get<std::string>());
    }
  }
  return names;
}

void require_own(const fs::path& folder, const std::set<std::string>& own) {
  if (!fs::exists(folder)) {
    return;
  }
  if (!fs::is_directory(folder)) {
    throw base::InputError(
        fmt::format("'{}' is a file, but an export is a folder; give -o another name", folder.string()));
  }
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    const std::string name = entry.path().lexically_relative(folder).generic_string();
    if (entry.is_symlink() || (!entry.is_directory() && !own.contains(name))) {
      throw base::InputError(
          fmt::format("'{}' holds '{}', which no export wrote; give -o a folder of its own", folder.string(), name));
    }
  }
}

/// export.json.
std::string facts_text(const ExportFiles& files, Json facts) {
  facts["format"] = kMark;
  facts["files"] = Json::array();
  for (const auto& file : files) {
    facts["files"].push_back(file.first);
  }
  return facts.dump(2) + "\n";
}

}  // namespace

void require_export(const std::string& folder, const ExportFiles& files, const Json& facts) {
  ExportFiles all = files;
  all[kFacts] = facts_text(files, facts);
  for (const auto& [name, content] : all) {
    const fs::path path = fs::path(folder) / name;
    std::error_code error;
    const bool is_there = fs::exists(path, error);
    if (!is_there || base::read_file(path.string()) != content) {
      throw base::InputError(fmt::format("'{}' {} as this run and this version of eddy write it; export again",
                                         path.string(), is_there ? "is not" : "is missing,"));
    }
  }
}

void write_export(const std::string& folder, const ExportFiles& files, const Json& facts) {
  const std::set<std::string> earlier = earlier_files(folder);
  try {
    require_own(folder, earlier);
    base::require_writable_folder(folder, "-o");
    for (const std::string& name : earlier) {
      if (!fs::is_directory(fs::path(folder) / name)) {
        fs::remove(fs::path(folder) / name);
      }
    }
    for (const auto& [name, content] : files) {
      const fs::path path = fs::path(folder) / name;
      fs::create_directories(path.parent_path());
      base::write_atomically(path.string(), content);
    }
    base::write_atomically((fs::path(folder) / kFacts).string(), facts_text(files, facts));
  } catch (const fs::filesystem_error& error) {
    throw base::IoError(
        fmt::format("the export cannot be written to '{}': {}; choose another folder with -o", folder, error.what()));
  }
}

}  // namespace eddy::exchange
