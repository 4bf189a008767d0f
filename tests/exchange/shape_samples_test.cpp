#include <eddy/base/json.hpp>
#include <eddy/exchange/shape_samples.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <map>

namespace eddy::exchange {
namespace {

stats::MassHistogram falling_spectrum() {
  stats::MassHistogram spectrum;
  for (int i = 0; i <= 20; ++i) {
    spectrum.edges.push_back(2500 + 150 * i);
  }
  for (int i = 0; i < 20; ++i) {
    spectrum.counts.push_back(std::round(2000 * std::exp(-0.35 * i)) + (i == 6 ? 60 : 0));
  }
  return spectrum;
}

/// The sum of all samples at given parameters.
std::vector<double> sum_at(const std::vector<ModelSample>& samples, const std::map<std::string, double>& values) {
  std::vector<double> sum(samples.front().events.size());
  for (const ModelSample& sample : samples) {
    double factor = 1;
    for (const Factor& one : sample.factors) {
      const double value = values.at(one.parameter);
      factor *= one.kind == Factor::Kind::kFree ? value : std::exp(one.log_size * value);
    }
    for (std::size_t bin = 0; bin < sum.size(); ++bin) {
      sum[bin] += factor * sample.events[bin];
    }
  }
  return sum;
}

std::map<std::string, double> starts_of(const std::vector<FreeParameter>& free) {
  std::map<std::string, double> values = {{"closure", 0}};
  for (const FreeParameter& parameter : free) {
    values[parameter.name] = parameter.start;
  }
  return values;
}

void expect_near(const std::vector<double>& found, const std::vector<double>& expected, double relative) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t bin = 0; bin < found.size(); ++bin) {
    EXPECT_NEAR(found[bin], expected[bin], relative * expected[bin]) << bin;
  }
}

class ShapeSamples : public testing::TestWithParam<stats::BackgroundShape> {};

TEST_P(ShapeSamples, AtTheStartAreTheFitOfBackgroundAlone) {
  const stats::MassHistogram spectrum = falling_spectrum();
  std::vector<FreeParameter> free;
  const std::vector<ModelSample> samples = background_samples({spectrum, GetParam()}, "_x", free);
  expect_near(sum_at(samples, starts_of(free)), stats::fit_background(spectrum, GetParam()).mean, 1e-6);
}

TEST_P(ShapeSamples, ANuisanceActsWhereItDoes) {
  const stats::MassHistogram spectrum = falling_spectrum();
  std::vector<double> per_bin(20);
  per_bin[6] = per_bin[7] = 1;
  const stats::LogNormalNuisance closure{"closure", stats::NuisanceTarget::kBackground, 0.1, per_bin, 1.2};
  std::vector<FreeParameter> free;
  const std::vector<ModelSample> samples =
      background_samples({.spectrum = spectrum, .shape = GetParam(), .nuisances = {closure}}, "", free);
  std::map<std::string, double> values = starts_of(free);
  std::vector<double> expected = sum_at(samples, values);
  values["closure"] = 2;
  expected[6] *= 1.21;
  expected[7] *= 1.21;
  expect_near(sum_at(samples, values), expected, 1e-12);
}

INSTANTIATE_TEST_SUITE_P(Shapes, ShapeSamples,
                         testing::Values(stats::BackgroundShape(stats::DijetShape{13000, 3}),
                                         stats::BackgroundShape(stats::BernsteinShape{4})));

// The fit with a strong signal moves the background; the slices must follow it.
TEST(DijetSlices, DescribeTheFitWithSignalToo) {
  const stats::MassHistogram spectrum = falling_spectrum();
  const stats::BackgroundShape shape = stats::DijetShape{13000, 4};
  std::vector<FreeParameter> free;
  const std::vector<ModelSample> samples = background_samples({.spectrum = spectrum, .shape = shape}, "", free);
  std::map<std::string, double> values = starts_of(free);
  values["shape_1"] = 3;
  values["shape_2"] = -2;
  // The same point in the function itself: its logarithm is linear in the coordinates.
  const std::vector<double> moved = sum_at(samples, values);
  stats::MassHistogram again{spectrum.edges, moved};
  expect_near(stats::fit_background(again, shape).mean, moved, 1e-4);
}

TEST(ShapeSamplesNames, AreWordsOfLetters) { EXPECT_EQ(parameter_name("signal yield"), "signal_yield"); }

}  // namespace
}  // namespace eddy::exchange
