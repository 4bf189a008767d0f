#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace eddy::fuzz {

/// A file of this process that holds what it was last given, in memory where the machine allows that; removed at the
/// end.
class ScratchFile {
 public:
  /// `suffix` ends the name.
  explicit ScratchFile(const std::string& suffix = "");
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;
  ~ScratchFile();

  [[nodiscard]] const std::string& path() const { return path_; }
  /// Replaces the content.
  void write(std::span<const std::uint8_t> content) const;

 private:
  std::string path_;
};

}  // namespace eddy::fuzz
