#include <eddy/exchange/combine.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <exchange/synthetic_model.hpp>

namespace eddy::exchange {
namespace {

using testing::HasSubstr;

TEST(Combine, BinsBecomeBinsOfTheCard) {
  const std::string card = combine_card(synthetic_model(), 0);
  EXPECT_THAT(card, HasSubstr("# r = 1: 6 signal events\n"));
  EXPECT_THAT(card, HasSubstr("\nimax 2 number of bins\njmax 1 "));
  EXPECT_THAT(card, HasSubstr("\nbin spectrum_1 spectrum_2\nobservation 12 7\n"));
  EXPECT_THAT(card, HasSubstr("\nprocess signal background signal background\nprocess 0 1 0 1\nrate 2 1 4 1\n"));
  EXPECT_THAT(card, HasSubstr("\nscale extArg 1 [0,3]\nshape_1 extArg 0 [-50,50]\n"));
  EXPECT_THAT(card, HasSubstr("\nspread param 0 1\n"));
  EXPECT_THAT(card,
              HasSubstr("rate_spectrum_1 rateParam spectrum_1 background (10*@0*exp((0.05)*@1)) scale,shape_1\n"));
  EXPECT_THAT(
      card, HasSubstr("rate_spectrum_2 rateParam spectrum_2 background (6*exp((-0.1)*@0)+(1.5)*@1) shape_1,spread\n"));
  EXPECT_THAT(card, HasSubstr("\nclosure lnN - 1.2214027581601699 - -\n"));
}

TEST(Combine, TheStrengthIsAParameterOfItsOwn) {
  const std::string card = combine_card_of_strength(synthetic_model());
  EXPECT_THAT(card, HasSubstr("--redefineSignalPOIs strength"));
  EXPECT_THAT(card, HasSubstr("\nstrength extArg 100 [0,300]\n"));  // where 3 events pass, nearest to 6
  EXPECT_THAT(card, HasSubstr("\nsignal_efficiency lnN 1.2 - 1.2 -\n"));
}

}  // namespace
}  // namespace eddy::exchange
