#pragma once
// Counter-based random numbers: every draw is a pure function of (seed, task name, counter), so results do not
// depend on the number of threads or on the order in which tasks run.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace eddy::base {

/// The seed of a run; the only number a user chooses.
struct Seed {
  std::uint64_t value = 1;
};

/// Random numbers of one task: draw i is Philox-4x32-10 (Salmon et al., SC11) of key (seed, task) and counter i.
/// Copies are independent cursors over the same numbers.
class RandomStream {
 public:
  RandomStream(Seed seed, std::string_view task);

  /// The same numbers, read from `counter` on.
  [[nodiscard]] RandomStream starting_at(std::uint64_t counter) const;

  /// 64 random bits that belong to `counter`, whatever was drawn before.
  [[nodiscard]] std::uint64_t bits_at(std::uint64_t counter) const;
  /// Uniform in the open interval (0, 1), belonging to `counter`.
  [[nodiscard]] double uniform_at(std::uint64_t counter) const;

  /// The next uniform in (0, 1).
  [[nodiscard]] double uniform() { return uniform_at(next_++); }
  /// The next standard normal number (inverse cumulative distribution of one uniform).
  [[nodiscard]] double normal();
  /// The next integer in [0, n), n > 0, without modulo bias beyond 2^-64 n.
  [[nodiscard]] std::uint64_t below(std::uint64_t n);

 private:
  std::uint64_t key_;
  std::uint64_t next_ = 0;
};

/// Standard normal numbers: element i depends on (seed, task, first_counter + i) only, whatever the block size.
void fill_normal(const RandomStream& stream, std::uint64_t first_counter, std::span<float> values);

/// A random order of 0 ... n-1 (Fisher-Yates).
[[nodiscard]] std::vector<std::size_t> random_permutation(RandomStream stream, std::size_t n);

}  // namespace eddy::base
