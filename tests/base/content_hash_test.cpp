#include <eddy/base/artefact.hpp>
#include <eddy/base/content_hash.hpp>
#include <eddy/base/json.hpp>

#include <base/temporary_folder.hpp>

#include <gtest/gtest.h>

#include <limits>

namespace eddy::base {
namespace {

TEST(ContentHash, outlives_the_way_to_a_file_and_back) {
  const test::TemporaryFolder folder;
  const std::vector<float> values = {1.5F, -0.0F, std::numeric_limits<float>::denorm_min()};
  const Json document = {
      {"weights", pack_floats(values)}, {"limit", 0.1}, {"n", 3}, {"z", std::numeric_limits<double>::infinity()}};
  write_artefact(folder.file("a.eddy"), document);
  EXPECT_EQ(content_sha256(read_artefact(folder.file("a.eddy"))), content_sha256(document));
}

TEST(ContentHash, tells_documents_apart) {
  EXPECT_NE(content_sha256({{"n", 3}}), content_sha256({{"n", 4}}));
  EXPECT_NE(content_sha256({{"n", 3}}), content_sha256({{"n", "3"}}));
  EXPECT_NE(content_sha256({{"n", std::numeric_limits<double>::quiet_NaN()}}), content_sha256({{"n", nullptr}}));
}

}  // namespace
}  // namespace eddy::base
