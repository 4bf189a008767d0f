#pragma once

#include <eddy/base/artefact.hpp>

#include <string>

namespace eddy::cli {

/// The files of one run (docs/getting-started.md). Everything is written atomically.
class RunFolder {
 public:
  explicit RunFolder(std::string path) : path_(std::move(path)) {}

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }
  [[nodiscard]] std::string models() const { return file("models"); }

  /// Creates the folder, or makes sure that what is there belongs to the same configuration. `fresh` removes an earlier run first.
  /// Throws InputError that names the first setting that differs, IoError when the folder is not writable.
  void prepare(const std::string& resolved_config, bool fresh) const;

  void write(const std::string& name, const base::Json& document) const;
  [[nodiscard]] base::Json read(const std::string& name) const;

 private:
  std::string path_;
};

}  // namespace eddy::cli
