#include <eddy/base/error.hpp>
#include <eddy/events/split.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <string>
#include <vector>

namespace eddy::events {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr std::size_t kEvents = 100'000;

std::vector<std::uint64_t> indices(std::size_t n) {
  std::vector<std::uint64_t> result(n);
  std::iota(result.begin(), result.end(), std::uint64_t{0});
  return result;
}

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const base::InputError& error) {
    return error.what();
  }
  return "nothing was thrown";
}

TEST(AssignFolds, FillsTheFoldsEvenly) {
  for (const std::size_t k : {2U, 5U, 255U}) {
    std::vector<double> counts(k, 0);
    for (const std::uint8_t fold : assign_folds({1}, "search", indices(kEvents), k)) {
      ASSERT_LT(fold, k);
      counts[fold] += 1;
    }
    const double expected = static_cast<double>(kEvents) / static_cast<double>(k);
    for (const double count : counts) {
      EXPECT_NEAR(count, expected, 5 * std::sqrt(expected)) << k << " folds";  // 5 sigma, binomial below Poisson
    }
  }
}

TEST(AssignFolds, IsAFunctionOfTheEventIndexAlone) {
  const std::vector<std::uint8_t> all = assign_folds({1}, "search", indices(1000), 5);
  std::vector<std::uint64_t> some = {999, 3, 500, 3};
  const std::vector<std::uint8_t> picked = assign_folds({1}, "search", some, 5);
  for (std::size_t i = 0; i < some.size(); ++i) {
    EXPECT_EQ(picked[i], all[some[i]]) << "event " << some[i];
  }
}

/// Number of events in the same fold of two assignments of five folds.
double n_equal(const std::vector<std::uint8_t>& first, const std::vector<std::uint8_t>& second) {
  double count = 0;
  for (std::size_t i = 0; i < first.size(); ++i) {
    count += first[i] == second[i] ? 1 : 0;
  }
  return count;
}

TEST(AssignFolds, SeedsAndNamesAreIndependent) {
  const auto reference = assign_folds({1}, "search", indices(kEvents), 5);
  const double expected = kEvents / 5.0;
  const double tolerance = 5 * std::sqrt(expected);  // 5 sigma
  EXPECT_NEAR(n_equal(reference, assign_folds({2}, "search", indices(kEvents), 5)), expected, tolerance);
  EXPECT_NEAR(n_equal(reference, assign_folds({1}, "retraining", indices(kEvents), 5)), expected, tolerance);
  EXPECT_EQ(reference, assign_folds({1}, "search", indices(kEvents), 5));
}

TEST(AssignFolds, RefusesImpossibleNumbersOfFolds) {
  for (const std::size_t k : {0U, 1U, 256U}) {
    EXPECT_THAT(message_of([&] { (void)assign_folds({1}, "search", indices(3), k); }),
                AllOf(HasSubstr("'search'"), HasSubstr(std::to_string(k) + " folds"), HasSubstr("from 2 to 255")));
  }
}

TEST(AssignSubset, HasTheFractionAskedFor) {
  for (const double fraction : {0.0, 0.01, 0.25, 1.0}) {
    const auto flags = assign_subset({1}, "thin", indices(kEvents), fraction);
    const auto n = static_cast<double>(std::count(flags.begin(), flags.end(), 1));
    const double sigma = std::sqrt(kEvents * fraction * (1 - fraction));
    EXPECT_NEAR(n, kEvents * fraction, 5 * sigma);
  }
}

TEST(AssignSubset, ALargerFractionContainsASmallerOne) {
  const auto small = assign_subset({1}, "thin", indices(kEvents), 0.1);
  const auto large = assign_subset({1}, "thin", indices(kEvents), 0.3);
  for (std::size_t i = 0; i < kEvents; ++i) {
    ASSERT_LE(small[i], large[i]) << "event " << i;
  }
}

TEST(AssignSubset, RefusesWhatIsNoFraction) {
  for (const double fraction : {-0.1, 1.5, std::nan("")}) {
    EXPECT_THAT(message_of([&] { (void)assign_subset({1}, "thin", indices(3), fraction); }),
                AllOf(HasSubstr("'thin'"), HasSubstr("from 0 to 1")));
  }
}

}  // namespace
}  // namespace eddy::events
