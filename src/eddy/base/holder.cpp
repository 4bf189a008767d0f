#include <eddy/base/holder.hpp>
#include <eddy/base/json.hpp>
#include <eddy/base/process.hpp>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <ctime>

namespace eddy::base {

std::string text_of_this_process(const std::string& command) {
  const Json text = {{"command", command},
                     {"host", host_name()},
                     {"boot", boot_id()},
                     {"processes", process_space()},
                     {"since", fmt::format("{:%Y-%m-%d %H:%M:%S}", fmt::localtime(std::time(nullptr)))},
                     {"process", ::getpid()},
                     {"start_ticks", start_ticks(::getpid())}};
  return text.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::optional<Holder> holder_in(std::string_view text) {
  const Json json = Json::parse(text.begin(), text.end(), nullptr, false);
  try {
    return Holder{.command = json.at("command"),
                  .host = json.at("host"),
                  .boot = json.at("boot"),
                  .space = json.value("processes", ""),  // not by earlier versions
                  .since = json.at("since"),
                  .process = json.at("process"),
                  .start = json.at("start_ticks")};
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

std::optional<bool> is_at_work(const Holder& holder) {
  const bool is_of_this_space =
      !holder.boot.empty() && holder.boot == boot_id() && !holder.space.empty() && holder.space == process_space();
  if (!is_of_this_space) {
    return std::nullopt;
  }
  if (is_gone(holder.process)) {
    return false;
  }
  const std::uint64_t start = start_ticks(holder.process);  // 0: hidden, and perhaps the one
  return start > 0 ? std::optional(holder.start > 0 && start == holder.start) : std::nullopt;
}

}  // namespace eddy::base
