#pragma once
// 64 bits that stand for what an event holds.

#include <bit>
#include <cstdint>
#include <span>

namespace eddy::search {

/// Steele, Lea and Flood's SplitMix64, a bijection that spreads every bit.
[[nodiscard]] inline std::uint64_t mix_bits(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15U;
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
  return value ^ (value >> 31U);
}

/// `seed` joined with every bit of `values`, in their order.
[[nodiscard]] inline std::uint64_t hash_of(std::uint64_t seed, std::span<const float> values) {
  for (const float value : values) {
    seed = mix_bits(seed ^ std::bit_cast<std::uint32_t>(value));
  }
  return seed;
}

}  // namespace eddy::search
