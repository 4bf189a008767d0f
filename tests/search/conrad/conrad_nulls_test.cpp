#include <eddy/search/conrad/conrad_nulls.hpp>

#include <gtest/gtest.h>
#include <base/temporary_folder.hpp>
#include <search/synthetic_sample.hpp>

#include <algorithm>
#include <cmath>

namespace eddy::search {
namespace {

TEST(ConradNulls, HaveDataAndTemplateOfOneDensityAtTheirOwnContexts) {
  const test::TemporaryFolder folder;
  SearchInputs inputs = background_inputs(4000, 20000, 1);
  inputs.template_sample.weight.assign(20000, 0.5F);
  const SearchConfig config = quick_config();
  const NullGenerator generator = conrad_nulls({inputs, config, base::TaskStore(folder.path()), {}}, {});
  const SearchInputs null = generator.draw({{1}, "null"});

  EXPECT_TRUE(std::ranges::equal(null.template_sample.context.values(), inputs.template_sample.context.values()));
  EXPECT_EQ(null.template_sample.weight, inputs.template_sample.weight);
  EXPECT_EQ(null.template_sample.in_signal_region, inputs.template_sample.in_signal_region);
  EXPECT_TRUE(null.data.weight.empty());
  for (const std::uint8_t region : {std::uint8_t{0}, std::uint8_t{1}}) {
    const auto n = static_cast<double>(std::ranges::count(inputs.data.in_signal_region, region));
    const auto drawn = static_cast<double>(std::ranges::count(null.data.in_signal_region, region));
    EXPECT_NEAR(drawn, n, 5 * std::sqrt(n));
    EXPECT_NE(drawn, n);
  }
  // x ~ N(M / 2, 1) in both, within what a flow of three epochs knows.
  for (const Sample* sample : {&null.data, &null.template_sample}) {
    ASSERT_EQ(sample->x.rows(), sample->context.rows());
    double residual = 0;
    for (std::size_t i = 0; i < sample->size(); ++i) {
      residual += sample->x(i, 0) - sample->context(i, 0) / 2;
    }
    EXPECT_NEAR(residual / static_cast<double>(sample->size()), 0, 0.15) << sample->name;
  }
  const SearchInputs other = generator.draw({{2}, "null"});
  EXPECT_FALSE(std::ranges::equal(other.template_sample.x.values(), null.template_sample.x.values()));
}

}  // namespace
}  // namespace eddy::search
