#include <eddy/base/json.hpp>
#include <eddy/report/evidence/bump/weighted_spectrum.hpp>
#include <eddy/report/evidence/evidence_page.hpp>
#include <eddy/report/result.hpp>
#include <eddy/report/result_check.hpp>
#include <report/figure_json.hpp>
#include <report/synthetic_resonant.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace eddy::report {
namespace {

using testing::HasSubstr;

const search::Finding& resonant() {
  static const search::Finding finding = report_test::synthetic_resonant({.n_toys = 0});
  return finding;
}

TEST(WeightedSpectrum, is_a_part_of_the_result_with_z_and_p_that_belong_together) {
  const Json result = result_of(resonant());
  const Json& spectrum = result["weighted_spectrum"];
  EXPECT_EQ(spectrum["edges"].size(), spectrum["sums"].size() + 1);
  EXPECT_EQ(spectrum["z"], resonant().weighted_spectrum->z);
  EXPECT_NO_THROW(require_result(result));
  Json edited = result;
  edited["weighted_spectrum"]["z"] = 9;
  EXPECT_THROW(require_result(edited), std::exception);
}

TEST(WeightedSpectrum, figure_shows_both_fits_and_says_that_it_is_not_calibrated) {
  const Json figure = report_test::figure_of(figures_of(resonant()), "weighted-spectrum");
  EXPECT_THAT(figure["title"].get<std::string>(), HasSubstr("not calibrated"));
  EXPECT_THAT(figure["caption"].get<std::string>(), HasSubstr("no verdict"));
  const Json& panel = figure["panels"][0];
  const std::size_t n = resonant().weighted_spectrum->sums.size();
  EXPECT_EQ(report_test::trace_named(panel, "background alone")["y"].size(), n);
  EXPECT_EQ(report_test::trace_named(panel, "data, weighted")["low"].size(), n);
  EXPECT_EQ(report_test::trace_of(panel["below"]["traces"], "data", "points")["y"].size(), n);
}

TEST(WeightedSpectrum, has_a_line_and_is_nowhere_without_a_fit) {
  search::Finding finding = resonant();
  EXPECT_THAT(page_of(search::EvidenceKind::kBump).lines(finding).back(), HasSubstr("not calibrated, no verdict"));
  finding.weighted_spectrum.reset();
  EXPECT_FALSE(result_of(finding).contains("weighted_spectrum"));
  EXPECT_TRUE(report_test::figure_of(figures_of(finding), "weighted-spectrum").is_null());
  EXPECT_FALSE(weighted_spectrum_figure(finding));
}

}  // namespace
}  // namespace eddy::report
