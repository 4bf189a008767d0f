#include <eddy/base/error.hpp>
#include <eddy/net/packed_parameters.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace eddy::net {
namespace {

const std::vector<float> kParameters = {1.5F, -0.0F, 3e-39F};

TEST(PackedParameters, come_back_bit_for_bit) {
  EXPECT_EQ(unpack_parameters(pack_parameters(kParameters)),
            AlignedVector<float>(kParameters.begin(), kParameters.end()));
}

TEST(PackedParameters, of_another_layout_are_refused_with_both_named) {
  base::Json other = pack_parameters(kParameters);
  other["layout"] = 7;
  const base::Json first = base::pack_floats(kParameters);  // what models held before layouts were numbered
  for (const auto& [packed, layout] : {std::pair{other, "layout 7"}, {first, "layout 1"}}) {
    EXPECT_THAT([&packed = packed] { static_cast<void>(unpack_parameters(packed)); },
                testing::ThrowsMessage<base::InputError>(testing::AllOf(testing::HasSubstr(layout),
                                                                        testing::HasSubstr("this one reads 2"),
                                                                        testing::HasSubstr("train the model again"))));
  }
}

}  // namespace
}  // namespace eddy::net
