#include "check_throws.hpp"

#include <eddy/base/artefact.hpp>
#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/net/packed_parameters.hpp>

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
  const auto unpack = [](const base::Json& packed) { return [&] { static_cast<void>(unpack_parameters(packed)); }; };
  test::expect_throws_with<base::InputError>(unpack(other), "layout 7", "this one reads 2", "train the model again");
  test::expect_throws_with<base::InputError>(unpack(first), "layout 1", "this one reads 2", "train the model again");
}

}  // namespace
}  // namespace eddy::net
