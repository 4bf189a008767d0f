#include <fuzz/scratch_file.hpp>

#include <fmt/format.h>

#include <unistd.h>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

namespace eddy::fuzz {

ScratchFile::ScratchFile(const std::string& suffix) {
  static std::atomic<int> count = 0;
  const std::filesystem::path memory = "/dev/shm";
  const auto folder = std::filesystem::exists(memory) ? memory : std::filesystem::temp_directory_path();
  path_ = (folder / fmt::format("eddy-fuzz-{}-{}{}", getpid(), count++, suffix)).string();
}

ScratchFile::~ScratchFile() {
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
}

void ScratchFile::write(std::span<const std::uint8_t> content) const {
  std::ofstream file(path_, std::ios::binary | std::ios::trunc);
  file.write(reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(content.size()));
  if (!file.flush()) {
    std::cerr << "the fuzzer cannot write " << path_ << "\n";
    std::abort();
  }
}

}  // namespace eddy::fuzz
