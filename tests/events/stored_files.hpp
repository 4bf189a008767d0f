#pragma once
// Files that pandas, PyTables, h5py and numpy wrote (make_files.py), all with the same table.

#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>

#include <fmt/format.h>

#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/temporary_folder.hpp"
#include "repository.hpp"

namespace eddy::events {

inline constexpr std::size_t kEvents = 300;
inline const std::vector<std::string> kNames = {"pt", "mass", "charge", "n", "flag"};

/// The table's formula, as in make_files.py.
inline float expected(std::size_t column, std::size_t row) {
  const auto i = static_cast<double>(row);
  const double values[] = {i * 0.25 - 3, i * 0.5, i * 7 - 100, static_cast<double>(row % 251),
                           row % 3 == 0 ? 1.0 : 0.0};
  return static_cast<float>(values[column]);
}

/// The files, made once per process; empty when this machine's Python lacks pandas, PyTables or h5py.
inline const std::string& files() {
  static const test::TemporaryFolder folder;
  static const std::string made = [] {
    if (std::system("/usr/bin/python3 -c 'import h5py, pandas, tables' 2> /dev/null") != 0) {
      return std::string();
    }
    const std::string command = fmt::format("/usr/bin/python3 '{}/tests/events/make_files.py' '{}' > '{}/log' 2>&1",
                                            test::repository_folder(), folder.path(), folder.path());
    if (std::system(command.c_str()) != 0) {
      throw std::runtime_error("make_files.py failed: " + base::read_file(folder.file("log")));
    }
    return folder.path();
  }();
  return made;
}

/// Replaces a file at once; unlike base::write_atomically it does not wait for the disk.
inline void overwrite(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

/// What the error of `read` says.
template <class Read>
std::string message_of(Read read) {
  try {
    (void)read();
  } catch (const base::Error& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace eddy::events
