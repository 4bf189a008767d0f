// Of builds with EDDY_JETS=OFF: compiled with that source instead of the module.

#include <eddy/base/error.hpp>
#include <eddy/jets/clustering.hpp>
#include <eddy/jets/nsubjettiness.hpp>
#include <eddy/jets/soft_drop.hpp>

#include <check_throws.hpp>

#include <gtest/gtest.h>

namespace eddy::jets {
namespace {

TEST(WithoutFastJet, everything_that_needs_it_says_so) {
  using base::InputError;
  test::expect_throws_with<InputError>([] { static_cast<void>(find_jets({}, {})); }, "without FastJet", "EDDY_JETS");
  test::expect_throws_with<InputError>([] { static_cast<void>(nsubjettiness({}, {})); }, "without FastJet");
  test::expect_throws_with<InputError>([] { static_cast<void>(soft_drop({}, 1, {})); }, "without FastJet");
}

}  // namespace
}  // namespace eddy::jets
