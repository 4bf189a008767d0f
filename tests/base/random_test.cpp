#include <eddy/base/random.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <functional>
#include <map>
#include <numeric>
#include <string>
#include <vector>

namespace eddy::base {
namespace {

using Words4 = std::array<std::uint32_t, 4>;
using Words2 = std::array<std::uint32_t, 2>;

constexpr std::size_t kDraws = 1U << 16U;

/// Philox-4x32-10 written out from Salmon et al. (SC11), section 3.3: the yardstick for the library's one.
Words4 reference_philox(Words4 counter, Words2 key) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t product0 = std::uint64_t{0xD2511F53} * counter[0];
    const std::uint64_t product1 = std::uint64_t{0xCD9E8D57} * counter[2];
    counter = {static_cast<std::uint32_t>(product1 >> 32U) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(product1),
               static_cast<std::uint32_t>(product0 >> 32U) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(product0)};
    key = {key[0] + 0x9E3779B9U, key[1] + 0xBB67AE85U};
  }
  return counter;
}

std::uint64_t reference_bits(std::uint64_t key, std::uint64_t counter, std::uint32_t purpose) {
  const auto low = [](std::uint64_t word) { return static_cast<std::uint32_t>(word); };
  const Words4 out = reference_philox({low(counter), low(counter >> 32U), purpose, 0}, {low(key), low(key >> 32U)});
  return (std::uint64_t{out[1]} << 32U) | out[0];
}

/// What a stream is by definition: the key is a Philox of (seed, FNV-1a of the task), the draws are a Philox of that
/// key.
std::uint64_t reference_draw(Seed seed, const std::string& task, std::uint64_t counter) {
  std::uint64_t name = 0xcbf29ce484222325U;
  for (const char c : task) {
    name = (name ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  }
  return reference_bits(reference_bits(seed.value, name, 1), counter, 0);
}

/// Kolmogorov's distance of `values` from the distribution `cdf`, times sqrt(n). Above 2.23 with probability 1e-4.
double kolmogorov(std::vector<double> values, const std::function<double(double)>& cdf) {
  std::ranges::sort(values);
  const double n = static_cast<double>(values.size());
  double distance = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double p = cdf(values[i]);
    distance = std::max({distance, static_cast<double>(i + 1) / n - p, p - static_cast<double>(i) / n});
  }
  return distance * std::sqrt(n);
}

constexpr double kKolmogorovLimit = 2.23;

double normal_cdf(double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); }

std::vector<double> uniforms(RandomStream stream, std::size_t n) {
  std::vector<double> values(n);
  std::ranges::generate(values, [&] { return stream.uniform(); });
  return values;
}

std::vector<float> normals(const std::string& task, std::size_t n) {
  std::vector<float> values(n);
  fill_normal(RandomStream(Seed{1}, task), 0, values);
  return values;
}

/// Sum of values[i] * values[i + lag] / sqrt(n): standard normal for independent standard normal values.
double autocorrelation(const std::vector<float>& values, std::size_t lag) {
  const double sum =
      std::inner_product(values.begin() + static_cast<std::ptrdiff_t>(lag), values.end(), values.begin(), 0.0);
  return sum / std::sqrt(static_cast<double>(values.size() - lag));
}

TEST(Philox, ReferenceAgreesWithThePublishedVectors) {
  // kat_vectors of the Random123 distribution, philox 4x32 10.
  EXPECT_EQ(reference_philox({0, 0, 0, 0}, {0, 0}), (Words4{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(reference_philox({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}),
            (Words4{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(reference_philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Words4{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(RandomStream, IsPhiloxOfSeedTaskAndCounter) {
  for (const std::uint64_t seed : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{0xfedcba9876543210}}) {
    for (const std::string task : {"", "flow/0", "inject"}) {
      const RandomStream stream(Seed{seed}, task);
      for (const std::uint64_t counter :
           {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{0x100000000}, ~std::uint64_t{0}}) {
        EXPECT_EQ(stream.bits_at(counter), reference_draw(Seed{seed}, task, counter))
            << "seed " << seed << ", task '" << task << "', counter " << counter;
      }
    }
  }
}

TEST(RandomStream, DrawsTheValuesItAlwaysDrew) {
  // Frozen: a change makes every published result irreproducible.
  RandomStream stream(Seed{1}, "flow/0");
  EXPECT_EQ(stream.bits_at(0), 0x80d6dc5847f341d9U);
  EXPECT_DOUBLE_EQ(stream.uniform(), 0.5032785144357607);
  EXPECT_DOUBLE_EQ(stream.normal(), 1.5101304708539705);
  EXPECT_EQ(stream.below(1000), 148U);
}

TEST(RandomStream, CursorWalksTheCountersAndCopiesAreIndependent) {
  RandomStream stream(Seed{3}, "x");
  for (std::uint64_t i = 0; i < 10; ++i) {
    RandomStream copy = stream;
    EXPECT_EQ(copy.uniform(), stream.uniform_at(i));
    EXPECT_EQ(stream.uniform(), stream.uniform_at(i));
  }
}

TEST(RandomStream, StartsAtAnyCounter) {
  const RandomStream stream(Seed{3}, "x");
  RandomStream moved = stream.starting_at(5);
  EXPECT_EQ(moved.uniform(), stream.uniform_at(5));
  EXPECT_EQ(moved.uniform(), stream.uniform_at(6));
  EXPECT_EQ(moved.starting_at(0).uniform(), stream.uniform_at(0));
}

TEST(RandomStream, IsUniform) {
  const std::vector<double> values = uniforms(RandomStream(Seed{1}, "uniform"), kDraws);
  EXPECT_LT(kolmogorov(values, [](double u) { return u; }), kKolmogorovLimit);
  EXPECT_GT(*std::ranges::min_element(values), 0.0);
  EXPECT_LT(*std::ranges::max_element(values), 1.0);
}

TEST(RandomStream, IsUniformAcrossSeedsAndAcrossTasks) {
  // The first draw of many streams must look like many draws of one stream.
  std::vector<double> of_seeds;
  std::vector<double> of_tasks;
  for (std::uint64_t i = 0; i < 10'000; ++i) {
    of_seeds.push_back(RandomStream(Seed{i}, "flow").uniform());
    of_tasks.push_back(RandomStream(Seed{1}, "flow/" + std::to_string(i)).uniform());
  }
  EXPECT_LT(kolmogorov(of_seeds, [](double u) { return u; }), kKolmogorovLimit);
  EXPECT_LT(kolmogorov(of_tasks, [](double u) { return u; }), kKolmogorovLimit);
}

TEST(FillNormal, IsStandardNormal) {
  const std::vector<float> values = normals("normal", kDraws);
  EXPECT_LT(kolmogorov({values.begin(), values.end()}, normal_cdf), kKolmogorovLimit);
  // Moments of N(0, 1): the mean of z^k has variance (E z^2k - (E z^k)^2) / n; four standard deviations allowed.
  const auto moment = [&](int k) {
    return std::accumulate(values.begin(), values.end(), 0.0, [&](double s, float z) { return s + std::pow(z, k); }) /
           static_cast<double>(kDraws);
  };
  const double four_sigma = 4 / std::sqrt(static_cast<double>(kDraws));
  EXPECT_NEAR(moment(1), 0, four_sigma * 1);
  EXPECT_NEAR(moment(2), 1, four_sigma * std::sqrt(2.0));
  EXPECT_NEAR(moment(3), 0, four_sigma * std::sqrt(15.0));
  EXPECT_NEAR(moment(4), 3, four_sigma * std::sqrt(96.0));
}

TEST(FillNormal, InvertsTheNormalDistribution) {
  const RandomStream stream(Seed{1}, "inverse");
  const std::vector<float> values = [&] {
    std::vector<float> filled(1000);
    fill_normal(stream, 0, filled);
    return filled;
  }();
  for (std::size_t i = 0; i < values.size(); ++i) {
    // Rounding z to float32 moves the cumulative by its density times |z| 2^-24 < 2^-25; twice that is allowed.
    EXPECT_NEAR(normal_cdf(values[i]), stream.uniform_at(i), 0x1p-24) << "value " << i;
  }
}

TEST(FillNormal, DoesNotDependOnTheBlocks) {
  const RandomStream stream(Seed{5}, "latent");
  std::vector<float> whole(1000);
  fill_normal(stream, 17, whole);
  for (const std::size_t block : {1U, 7U, 64U, 333U}) {
    std::vector<float> pieces(whole.size());
    for (std::size_t first = 0; first < pieces.size(); first += block) {
      const std::span<float> piece =
          std::span(pieces).subspan(first, std::min<std::size_t>(block, pieces.size() - first));
      fill_normal(stream, 17 + first, piece);
    }
    EXPECT_EQ(pieces, whole) << "blocks of " << block;
  }
}

TEST(FillNormal, HasNoCorrelationAcrossBlockBoundariesOrStreams) {
  const std::vector<float> values = normals("correlation", kDraws);
  for (const std::size_t lag : {1U, 2U, 64U, 128U, 4096U}) {
    EXPECT_LT(std::abs(autocorrelation(values, lag)), 4.0) << "lag " << lag;  // standard normal: four sigma
  }
  const std::vector<float> other = normals("correlation/1", kDraws);
  const double cross = std::inner_product(values.begin(), values.end(), other.begin(), 0.0) / std::sqrt(kDraws);
  EXPECT_LT(std::abs(cross), 4.0);
}

TEST(Below, StaysInsideAndIsUniform) {
  RandomStream stream(Seed{1}, "below");
  constexpr std::size_t kN = 7;
  std::array<double, kN> counts{};
  for (std::size_t i = 0; i < kDraws; ++i) {
    ++counts.at(stream.below(kN));
  }
  const double expected = static_cast<double>(kDraws) / kN;
  const double chi2 = std::accumulate(counts.begin(), counts.end(), 0.0, [&](double s, double c) {
    return s + (c - expected) * (c - expected) / expected;
  });
  EXPECT_LT(chi2, 27.9);  // 6 degrees of freedom, p = 1e-4
}

TEST(Below, CoversLargeRangesAndOne) {
  RandomStream stream(Seed{1}, "below");
  EXPECT_EQ(stream.below(1), 0U);
  const std::uint64_t huge = ~std::uint64_t{0};
  std::vector<double> values(10'000);
  std::ranges::generate(values, [&] { return static_cast<double>(stream.below(huge)) / static_cast<double>(huge); });
  EXPECT_LT(kolmogorov(values, [](double u) { return u; }), kKolmogorovLimit);
}

TEST(RandomPermutation, HoldsEveryIndexOnceAndIsReproducible) {
  const RandomStream stream(Seed{1}, "shuffle");
  for (const std::size_t n : {0U, 1U, 2U, 1000U}) {
    std::vector<std::size_t> order = random_permutation(stream, n);
    EXPECT_EQ(order, random_permutation(stream, n));
    std::vector<std::size_t> identity(n);
    std::iota(identity.begin(), identity.end(), std::size_t{0});
    EXPECT_EQ(order == identity, n < 2 || (n == 2 && order[0] == 0));
    std::ranges::sort(order);
    EXPECT_EQ(order, identity);
  }
}

TEST(RandomPermutation, FindsAllOrdersEquallyOften) {
  std::map<std::vector<std::size_t>, double> counts;
  constexpr double kShuffles = 6000;
  for (std::uint64_t seed = 0; static_cast<double>(seed) < kShuffles; ++seed) {
    ++counts[random_permutation(RandomStream(Seed{seed}, "shuffle"), 3)];
  }
  EXPECT_EQ(counts.size(), 6U);
  double chi2 = 0;
  for (const auto& [order, count] : counts) {
    chi2 += (count - kShuffles / 6) * (count - kShuffles / 6) / (kShuffles / 6);
  }
  EXPECT_LT(chi2, 25.7);  // 5 degrees of freedom, p = 1e-4
}

}  // namespace
}  // namespace eddy::base
