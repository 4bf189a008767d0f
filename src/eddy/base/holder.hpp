#pragma once
// The process that a file of a shared folder names: who holds the folder, or a task in it.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace eddy::base {

struct Holder {
  std::string command;  ///< what messages call it: "eddy run"
  std::string host;
  std::string boot;   ///< boot_id() of its machine
  std::string space;  ///< process_space() of it
  std::string since;  ///< when it began, by the clock of its machine
  long process = 0;
  std::uint64_t start = 0;  ///< start_ticks() of it
};

/// What a file says of this process, as one JSON object.
[[nodiscard]] std::string text_of_this_process(const std::string& command);

/// The process that such a text names; nothing for one that is not whole yet, or not by eddy.
[[nodiscard]] std::optional<Holder> holder_in(std::string_view text);

/// Whether the process is at work; nothing where this one cannot tell: it is of another machine or container, or
/// hidden.
[[nodiscard]] std::optional<bool> is_at_work(const Holder& holder);

}  // namespace eddy::base
