#include <eddy/base/process.hpp>

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <sstream>
#include <vector>

namespace eddy::base {

std::string host_name() {
  std::array<char, 65> name{};  // HOST_NAME_MAX is 64 on Linux
  const bool good = ::gethostname(name.data(), name.size() - 1) == 0 && name[0] != '\0';
  return good ? name.data() : "unknown";
}

std::string boot_id() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string id;
  file >> id;
  return id;
}

std::uint64_t start_ticks(long process) {
  std::ifstream file(fmt::format("/proc/{}/stat", process));
  std::string line;
  std::getline(file, line);
  const std::size_t end_of_name = line.rfind(')');  // the name of a program may hold anything
  if (end_of_name == std::string::npos) {
    return 0;
  }
  std::istringstream text(line.substr(end_of_name + 1));
  std::vector<std::string> fields;  // from "state" on, field 3 of proc(5)
  for (std::string field; text >> field;) {
    fields.push_back(field);
  }
  constexpr std::size_t kState = 0;
  constexpr std::size_t kStart = 19;
  if (fields.size() <= kStart || fields[kState] == "Z" || fields[kState] == "X") {
    return 0;
  }
  return std::stoull(fields[kStart]);
}

double start_time(long process) {
  const std::uint64_t ticks = start_ticks(process);
  std::ifstream file("/proc/stat");
  double booted = 0;
  for (std::string word; ticks > 0 && file >> word;) {
    if (word == "btime") {
      file >> booted;
      break;
    }
  }
  return booted > 0 ? booted + static_cast<double>(ticks) / static_cast<double>(::sysconf(_SC_CLK_TCK)) : 0;
}

}  // namespace eddy::base
