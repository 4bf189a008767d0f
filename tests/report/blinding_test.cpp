#include <eddy/base/json.hpp>
#include <eddy/report/blinding.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <report/judged_again.hpp>
#include <report/synthetic_blind.hpp>
#include <report/synthetic_resonant.hpp>

#include <string>

namespace eddy::report {
namespace {

using report_test::blind_bump;
using report_test::blind_tail;
using testing::HasSubstr;
using testing::Not;

Json opened(Json result, const Json& changed) {
  result["blinding"] = {{"state", "unblinded"},
                        {"unblinded",
                         {{"time", "2026-11-30 01:27:48 UTC"},
                          {"config_sha256", std::string(64, 'a')},
                          {"eddy", "0.2.0"},
                          {"was_blind", true}}},
                        {"changed", changed}};
  return result;
}

TEST(BlindingSection, says_that_the_region_is_closed_and_what_is_expected) {
  const Json result = report_test::result_of(blind_bump());
  EXPECT_EQ(result["blinding"], Json({{"state", "blind"}, {"unblinded", nullptr}, {"changed", Json::array()}}));
  const std::string html = blinding_section(result);
  EXPECT_THAT(html, HasSubstr("The signal region is closed."));
  EXPECT_THAT(html, HasSubstr("<code>eddy unblind</code>"));
  EXPECT_THAT(html, HasSubstr("1,000 ± 20"));
  EXPECT_THAT(html, Not(HasSubstr("was opened")));
}

TEST(BlindingSection, says_that_a_search_was_never_blinded) {
  const std::string html = blinding_section(report_test::result_of(report_test::synthetic_resonant()));
  EXPECT_THAT(html, HasSubstr("never blinded"));
  EXPECT_THAT(html, Not(HasSubstr("was opened")));
}

TEST(BlindingSection, says_when_the_region_was_opened_and_what_was_changed_since) {
  const Json result = report_test::result_of(report_test::synthetic_resonant());
  const std::string html = blinding_section(opened(result, Json::array()));
  EXPECT_THAT(html, HasSubstr("was opened 2026-11-30 01:27:48 UTC with the configuration aaaaaaaaaaaa (eddy 0.2.0)"));
  EXPECT_THAT(html, HasSubstr("No setting that matters was changed since"));
  const std::string changed = blinding_section(opened(result, {"[flow] epochs = 10, before: 20"}));
  EXPECT_THAT(changed, HasSubstr("<li>[flow] epochs = 10, before: 20</li>"));
  EXPECT_THAT(changed, Not(HasSubstr("No setting")));
}

TEST(BlindingSection, is_silent_for_results_of_earlier_versions) {
  Json result = report_test::result_of(report_test::synthetic_resonant());
  result.erase("blinding");
  result.erase("expected");
  EXPECT_EQ(blinding_section(current_result(result)), "");
  Json blind = report_test::result_of(blind_bump());
  blind.erase("blinding");
  EXPECT_THAT(blinding_section(current_result(blind)), HasSubstr("is closed"));
}

TEST(WordBlind, says_nothing_of_an_excess) {
  const Wording bump = report::word(report_test::result_of(blind_bump()));
  EXPECT_EQ(bump.verdict, "Blind");
  EXPECT_THAT(bump.searched, HasSubstr("eddy prepared a search"));
  EXPECT_THAT(bump.found, HasSubstr("The signal region is closed: nothing is said about an excess."));
  EXPECT_THAT(bump.found, HasSubstr("The sidebands predict 1,000 ± 20 events of background there"));
  const Wording tail = report::word(report_test::result_of(blind_tail()));
  EXPECT_THAT(tail.found, HasSubstr("How much background it holds is not predicted while it is closed."));
  search::Finding failed = blind_tail();
  failed.gate->passed = false;
  const Wording bad = report::word(report_test::result_of(failed));
  EXPECT_EQ(bad.verdict, "Blind: the latent gate failed");
  EXPECT_EQ(bad.level, "invalid");
}

TEST(BlindPages, have_no_count_of_the_signal_region) {
  for (const search::Finding& finding : {blind_bump(), blind_tail()}) {
    const std::string page = report_test::rendered(report_test::result_of(finding), finding);
    EXPECT_THAT(page, HasSubstr("<td>blinded</td>"));
    EXPECT_THAT(page, Not(HasSubstr("<h2>Working points</h2>")));
    EXPECT_THAT(page, Not(HasSubstr("{{")));
  }
}

TEST(BlindingLines, tell_the_terminal_what_to_do) {
  const search::Finding finding = blind_bump();
  const std::vector<std::string> lines = blinding_lines(finding);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_THAT(lines[0], HasSubstr("1000.0 ± 20.0 events of background (sidebands)"));
  EXPECT_THAT(lines[1], HasSubstr("eddy unblind"));
  EXPECT_TRUE(blinding_lines(report_test::synthetic_resonant()).empty());
}

}  // namespace
}  // namespace eddy::report
