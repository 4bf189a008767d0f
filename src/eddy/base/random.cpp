#include <eddy/base/random.hpp>

#include <Random123/philox.h>

#include <boost/math/policies/policy.hpp>
#include <boost/math/special_functions/erf.hpp>
#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

namespace eddy::base {
namespace {

__extension__ using Uint128 = unsigned __int128;  // GCC and Clang have it on every 64-bit machine

/// FNV-1a, only to spread task names over keys; Philox does the mixing.
std::uint64_t name_hash(std::string_view name) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : name) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  }
  return hash;
}

std::uint64_t philox(std::uint64_t key, std::uint64_t counter, std::uint32_t purpose) {
  const r123::Philox4x32::ctr_type in = {
      {static_cast<std::uint32_t>(counter), static_cast<std::uint32_t>(counter >> 32U), purpose, 0}};
  const r123::Philox4x32::key_type k = {{static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32U)}};
  const auto out = r123::Philox4x32()(in, k);
  return (static_cast<std::uint64_t>(out[1]) << 32U) | out[0];
}

double to_open_unit_interval(std::uint64_t bits) { return (static_cast<double>(bits >> 12U) + 0.5) * 0x1p-52; }

double normal_from_uniform(double u) {
  // Boost would compute in long double to save the last bit; these are random numbers.
  constexpr auto kInDouble = boost::math::policies::make_policy(boost::math::policies::promote_double<false>());
  return -std::numbers::sqrt2 * boost::math::erfc_inv(2.0 * u, kInDouble);
}

}  // namespace

RandomStream::RandomStream(Seed seed, std::string_view task)
    : key_(philox(seed.value, name_hash(task), /*purpose=*/1)) {}

RandomStream RandomStream::starting_at(std::uint64_t counter) const {
  RandomStream moved = *this;
  moved.next_ = counter;
  return moved;
}

std::uint64_t RandomStream::bits_at(std::uint64_t counter) const { return philox(key_, counter, /*purpose=*/0); }

double RandomStream::uniform_at(std::uint64_t counter) const { return to_open_unit_interval(bits_at(counter)); }

double RandomStream::normal() { return normal_from_uniform(uniform()); }

std::uint64_t RandomStream::below(std::uint64_t n) {
  // Multiply-shift maps 64 random bits to [0, n) (Lemire 2019).
  return static_cast<std::uint64_t>((static_cast<Uint128>(bits_at(next_++)) * n) >> 64U);
}

void fill_normal(const RandomStream& stream, std::uint64_t first_counter, std::span<float> values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<float>(normal_from_uniform(stream.uniform_at(first_counter + i)));
  }
}

std::vector<std::size_t> random_permutation(RandomStream stream, std::size_t n) {
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (std::size_t i = n; i > 1; --i) {
    std::swap(order[i - 1], order[stream.below(i)]);
  }
  return order;
}

}  // namespace eddy::base
