#pragma once
// Which process is at work, on machines that share folders.

#include <cstdint>
#include <string>

namespace eddy::base {

/// Name of this machine; "unknown" where it has none. Machines that share a folder have equal process numbers now and
/// then, hardly ever equal names.
[[nodiscard]] std::string host_name();

/// Tells one start of a machine from the next, and its kernel from every other; empty where the system does not say.
[[nodiscard]] std::string boot_id();

/// Where numbers of processes mean what they mean here: name and start of this machine, and the namespace of its
/// processes (a container has its own). Empty where /proc does not say, or speaks of another namespace.
[[nodiscard]] std::string process_space();

/// Whether no process of this number, in the process_space() of this one, is at work: there is none, or it is a zombie.
/// False where the system does not say: another user's process may be hidden (/proc mounted with hidepid).
[[nodiscard]] bool is_gone(long process);

/// When a process of this machine began, in ticks since the machine started: with its number it is unique until the
/// next start. 0 where there is no such process, none that is still at work (a zombie), or none that may be seen.
[[nodiscard]] std::uint64_t start_ticks(long process);

}  // namespace eddy::base
