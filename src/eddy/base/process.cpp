#include <eddy/base/process.hpp>

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <limits>
#include <optional>
#include <sstream>
#include <system_error>
#include <vector>

namespace eddy::base {
namespace {

/// What /proc says of a process.
struct ProcessStat {
  bool is_dead = false;  ///< a zombie
  std::uint64_t start = 0;
};

/// Nothing where there is no such process, or none that this one may see.
std::optional<ProcessStat> stat_of(long process) {
  std::ifstream file(fmt::format("/proc/{}/stat", process));
  std::string line;
  std::getline(file, line);
  const std::size_t end_of_name = line.rfind(')');  // the name of a program may hold anything
  if (end_of_name == std::string::npos) {
    return std::nullopt;
  }
  std::istringstream text(line.substr(end_of_name + 1));
  std::vector<std::string> fields;  // from "state" on, field 3 of proc(5)
  for (std::string field; text >> field;) {
    fields.push_back(field);
  }
  constexpr std::size_t kState = 0;
  constexpr std::size_t kStart = 19;
  if (fields.size() <= kStart) {
    return std::nullopt;
  }
  return ProcessStat{fields[kState] == "Z" || fields[kState] == "X", std::stoull(fields[kStart])};
}

/// Where a symbolic link leads; empty where there is none.
std::string target_of(const char* link) {
  std::error_code ignored;
  return std::filesystem::read_symlink(link, ignored).string();
}

}  // namespace

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

std::string process_space() {
  const std::string boot = boot_id();
  const std::string numbers = target_of("/proc/self/ns/pid");
  // Mounted for another namespace, /proc numbers processes otherwise than kill(2) does.
  const bool is_ours = target_of("/proc/self") == fmt::format("{}", ::getpid());
  return boot.empty() || numbers.empty() || !is_ours ? "" : fmt::format("{} {} {}", host_name(), boot, numbers);
}

bool is_gone(long process) {
  if (process > std::numeric_limits<pid_t>::max() || (::kill(static_cast<pid_t>(process), 0) != 0 && errno == ESRCH)) {
    return true;
  }
  const auto stat = stat_of(process);
  return stat && stat->is_dead;
}

std::uint64_t start_ticks(long process) {
  const auto stat = stat_of(process);
  return stat && !stat->is_dead ? stat->start : 0;
}

}  // namespace eddy::base
