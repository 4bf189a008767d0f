#include <check_throws.hpp>
#include <eddy/base/error.hpp>
#include <eddy/stats/asimov.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <initializer_list>

namespace eddy::stats {
namespace {

using test::expect_throws_with;

/// Eq. 20 of Cowan (2012) as printed.
double as_printed(double s, double b, double sigma) {
  const double v = sigma * sigma;
  return std::sqrt(2 * ((s + b) * std::log((s + b) * (b + v) / (b * b + (s + b) * v)) -
                        b * b / v * std::log(1 + v * s / (b * (b + v)))));
}

TEST(Asimov, is_the_printed_formula) {
  for (const double b : {0.5, 10.0, 1000.0}) {
    for (const double s : {0.3, 5.0, 300.0}) {
      for (const double relative : {0.05, 0.3, 1.0}) {
        EXPECT_NEAR(asimov_significance(s, b, relative * b), as_printed(s, b, relative * b), 1e-6) << s << " on " << b;
      }
    }
  }
}

TEST(Asimov, a_known_background_gives_the_formula_without_its_error) {
  const double known = std::sqrt(2 * (15 * std::log(1.5) - 5));
  EXPECT_NEAR(asimov_significance(5, 10, 0), known, 1e-12);
  EXPECT_NEAR(asimov_significance(5, 10, 1e-4), known, 1e-8);  // continuous where the form of the sum changes
  EXPECT_NEAR(asimov_significance(5, 10, 1e-2), known, 1e-4);
}

TEST(Asimov, a_small_signal_is_s_over_the_error) {
  // sqrt(b + sigma^2) = 50; the next order of s / b is below 1 %.
  EXPECT_NEAR(asimov_significance(5, 1600, 30), 0.1, 1e-3);
  EXPECT_GT(asimov_significance(1e-6, 1e6, 0), 0);
  EXPECT_EQ(asimov_significance(0, 10, 1), 0);
}

TEST(Asimov, the_signal_for_a_significance_has_it) {
  for (const double z : {0.1, 3.0, 5.0, 30.0}) {
    for (const double b : {0.1, 20.0, 1e5}) {
      for (const double error : {0.0, 0.1 * b, 3 * b}) {
        const double s = signal_for_significance(z, b, error);
        EXPECT_NEAR(asimov_significance(s, b, error), z, 1e-8 * z) << b << " +- " << error;
      }
    }
  }
}

TEST(Asimov, says_what_cannot_be) {
  expect_throws_with<base::InputError>([] { return asimov_significance(1, 0, 0); }, "background of 0 events");
  expect_throws_with<base::InputError>([] { return asimov_significance(1, 5, -1); }, "error of the background is -1");
  expect_throws_with<base::InputError>([] { return asimov_significance(-1, 5, 0); }, "signal of -1 events");
  expect_throws_with<base::InputError>([] { return asimov_significance(1, std::nan(""), 0); }, "nan");
  expect_throws_with<base::InputError>([] { return signal_for_significance(0, 5, 0); }, "Z = 0");
}

}  // namespace
}  // namespace eddy::stats
