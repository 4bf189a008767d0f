#include <eddy/report/number_format.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace eddy::report {
namespace {

// The examples of the Review of Particle Physics, introduction, section 5.3.
TEST(NumberFormat, PdgExamples) {
  EXPECT_EQ(format_with_error(0.827, 0.119), "0.83 ± 0.12");
  EXPECT_EQ(format_with_error(0.827, 0.367), "0.8 ± 0.4");
  EXPECT_EQ(format_with_error(0.827, 0.0967), "0.83 ± 0.10");
}

TEST(NumberFormat, PdgRuleHoldsOverAllMagnitudes) {
  for (int exponent = -12; exponent <= 12; ++exponent) {
    const double power = std::pow(10.0, exponent);
    EXPECT_EQ(pdg_decimals(1.00 * power), 1 - exponent) << exponent;
    EXPECT_EQ(pdg_decimals(3.54 * power), 1 - exponent) << exponent;
    EXPECT_EQ(pdg_decimals(3.55 * power), -exponent) << exponent;
    EXPECT_EQ(pdg_decimals(9.49 * power), -exponent) << exponent;
    EXPECT_EQ(pdg_decimals(9.51 * power), -exponent)
        << exponent;  // rounds to 10, whose two digits end at the same place
  }
}

TEST(NumberFormat, LargeErrorsRoundTensAndHundreds) {
  EXPECT_EQ(format_with_error(12345.6, 123.4), "12,350 ± 120");
  EXPECT_EQ(format_with_error(-12345.6, 4000), "−12,000 ± 4,000");
}

TEST(NumberFormat, NoErrorNoRounding) {
  EXPECT_EQ(format_with_error(12, 0), "12");
  EXPECT_EQ(format_with_error(1.25, std::numeric_limits<double>::quiet_NaN()), "1.25000");
  EXPECT_EQ(pdg_decimals(-1), 0);
  EXPECT_EQ(pdg_decimals(std::numeric_limits<double>::infinity()), 0);
}

TEST(NumberFormat, Counts) {
  EXPECT_EQ(format_count(0), "0");
  EXPECT_EQ(format_count(999), "999");
  EXPECT_EQ(format_count(1000), "1,000");
  EXPECT_EQ(format_count(1234567), "1,234,567");
  EXPECT_EQ(format_count(-1234), "−1,234");
  EXPECT_EQ(format_count(std::nan("")), "–");
}

TEST(NumberFormat, ZeroHasNoSign) {
  EXPECT_EQ(format_decimals(-0.001, 2), "0.00");
  EXPECT_EQ(format_decimals(-0.0, 0), "0");
  EXPECT_EQ(format_decimals(-0.06, 1), "−0.1");
}

TEST(NumberFormat, PValues) {
  EXPECT_EQ(format_p_value(0.5), "0.5");
  EXPECT_EQ(format_p_value(0.031), "0.031");
  EXPECT_EQ(format_p_value(2.87e-7), "2.9 × 10⁻⁷");
  EXPECT_EQ(format_p_value(9.99e-12), "1.0 × 10⁻¹¹");
  EXPECT_EQ(format_p_value(0), "< 10⁻³⁰⁰");
  EXPECT_EQ(format_p_value(std::nan("")), "–");
}

TEST(NumberFormat, Percent) {
  EXPECT_EQ(format_percent(0.01), "1 %");
  EXPECT_EQ(format_percent(0.001), "0.1 %");
  EXPECT_EQ(format_percent(0.00333333), "0.333 %");
}

}  // namespace
}  // namespace eddy::report
