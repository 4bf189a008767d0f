#include <eddy/base/json.hpp>
#include <eddy/report/evidence/bump/signal_fraction_note.hpp>
#include <eddy/report/evidence/evidence_page.hpp>
#include <eddy/report/result.hpp>
#include <report/synthetic_resonant.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace eddy::report {
namespace {

using testing::HasSubstr;

TEST(SignalFractionNote, rounds_by_the_interval) {
  const Json inside = {{"fraction", 0.01234}, {"low", 0.0102}, {"high", 0.0149}, {"n_events", 4431}};
  const Json fraction = {{"signal_region", inside}, {"beside", nullptr}};
  EXPECT_EQ(signal_fraction_phrase(fraction), "1.23 % [1.02, 1.49] of the 4,431 events of the signal region");
  Json labelled = fraction;
  labelled["truth"] = 0.015;
  EXPECT_THAT(signal_fraction_phrase(labelled), HasSubstr("(labelled: 1.50 %)"));
  labelled["beside"] = {{"fraction", 0.004}, {"low", 0.001}, {"high", 0.009}, {"n_events", 4120}};
  EXPECT_THAT(signal_fraction_phrase(labelled),
              HasSubstr(", and 0.4 % [0.1, 0.9] of the 4,120 beside it, where there"));
}

TEST(SignalFractionNote, is_no_evidence_and_says_so_on_the_page_and_on_the_terminal) {
  search::Finding finding = report_test::synthetic_resonant();
  finding.method = "r_anode";
  EXPECT_EQ(signal_fraction_note(result_of(finding)), "");
  finding.signal_fraction = search::SignalFraction{
      .signal_region = {.fraction = 0.02, .low = 0.01, .high = 0.03, .n_events = 1000}, .beside = {}, .truth = {}};
  const Json result = result_of(finding);
  EXPECT_EQ(result["signal_fraction"]["signal_region"]["fraction"], 0.02);
  EXPECT_FALSE(result["signal_fraction"].contains("truth"));
  const EvidencePage& page = page_of(search::EvidenceKind::kBump);
  EXPECT_THAT(page.findings(result), HasSubstr("R-ANODE takes 2.0 % [1.0, 3.0] of the 1,000 events"));
  EXPECT_THAT(page.findings(result), HasSubstr("It is no evidence"));
  EXPECT_THAT(page.lines(finding).back(), HasSubstr("2.0 % [1.0, 3.0]"));
}

}  // namespace
}  // namespace eddy::report
