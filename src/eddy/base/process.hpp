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

/// When a process of this machine began, in ticks since the machine started: with its number it is unique until the
/// next start. 0 where there is no such process, or none that is still at work (a zombie).
[[nodiscard]] std::uint64_t start_ticks(long process);

/// The same in seconds since 1970; 0 where there is no such process.
[[nodiscard]] double start_time(long process);

}  // namespace eddy::base
