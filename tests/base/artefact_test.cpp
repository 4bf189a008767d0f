#include <eddy/base/artefact.hpp>
#include <eddy/base/artefact_bytes.hpp>
#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>
#include <eddy/base/hash.hpp>
#include <eddy/base/json.hpp>

#include <base/temporary_folder.hpp>
#include <check_throws.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cstdint>
#include <limits>

namespace eddy::base {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

Json small_document() {
  return {
      {"loss", {1.5, 0.25, -3e-300}}, {"epochs", 50}, {"name", "flow 1"}, {"weights", pack_floats(std::vector{1.F})}};
}

class Artefact : public ::testing::Test {
 protected:
  /// What read_artefact says about `content`; empty when it accepts it.
  std::string refusal(const std::string& content) const {
    write_atomically(path_, content);
    try {
      const Json document = read_artefact(path_);
      return {};
    } catch (const IoError& error) {
      return error.what();
    }
  }

  test::TemporaryFolder folder_;
  std::string path_ = folder_.file("flow.eddy");
};

TEST_F(Artefact, ReadsBackWhatWasWritten) {
  write_artefact(path_, small_document());
  EXPECT_EQ(read_artefact(path_), small_document());
  EXPECT_TRUE(is_valid_artefact(path_));
}

TEST_F(Artefact, KeepsEveryBitOfAFloat) {
  const std::vector<float> values = {0.F,
                                     -0.F,
                                     std::numeric_limits<float>::denorm_min(),
                                     std::numeric_limits<float>::max(),
                                     std::numeric_limits<float>::infinity(),
                                     std::numeric_limits<float>::quiet_NaN()};
  write_artefact(path_, {{"values", pack_floats(values)}});
  const std::vector<float> read = unpack_floats(read_artefact(path_).at("values"));
  ASSERT_EQ(read.size(), values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    EXPECT_EQ(std::bit_cast<std::uint32_t>(read[i]), std::bit_cast<std::uint32_t>(values[i])) << "value " << i;
  }
}

TEST_F(Artefact, KeepsBytesThatAreNoText) {
  const std::string bytes("\0\xff\x80{\n", 5);
  write_artefact(path_, {{"model", pack_bytes(bytes)}});
  EXPECT_EQ(unpack_bytes(read_artefact(path_).at("model")), bytes);
}

TEST_F(Artefact, KeepsEmptyArraysAndAnEmptyDocument) {
  EXPECT_TRUE(unpack_floats(pack_floats({})).empty());
  EXPECT_TRUE(unpack_bytes(pack_bytes("")).empty());
  write_artefact(path_, Json::object());
  EXPECT_EQ(read_artefact(path_), Json::object());
}

TEST_F(Artefact, RefusesEveryTruncation) {
  write_artefact(path_, small_document());
  const std::string whole = read_file(path_);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_THAT(refusal(whole.substr(0, size)), AllOf(HasSubstr(path_), HasSubstr("delete it and run again")))
        << "first " << size << " of " << whole.size() << " bytes";
  }
}

TEST_F(Artefact, RefusesEveryFlippedByte) {
  write_artefact(path_, small_document());
  const std::string whole = read_file(path_);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    for (const unsigned mask : {0x01U, 0x20U, 0xffU}) {  // 0x20 turns the hash's letters into capitals
      std::string damaged = whole;
      damaged[i] = static_cast<char>(static_cast<unsigned char>(damaged[i]) ^ mask);
      EXPECT_THAT(refusal(damaged), HasSubstr("truncated or altered")) << "byte " << i << ", mask " << mask;
    }
  }
}

TEST_F(Artefact, RefusesTrailingBytes) {
  write_artefact(path_, small_document());
  EXPECT_THAT(refusal(read_file(path_) + '\0'), HasSubstr("truncated or altered"));
}

/// Whoever makes such a file also makes its hash; the parser calls itself for each level.
TEST_F(Artefact, RefusesMoreLevelsThanAStackHas) {
  write_artefact(path_, Json::object());
  const std::string empty = read_file(path_);
  const std::string magic = empty.substr(0, empty.size() - 1 - 64);
  const std::string deep(1'000'000, '\x81');
  EXPECT_THAT(refusal(magic + sha256(deep) + deep), HasSubstr("something else than an eddy artefact"));
}

TEST(UnpackFloats, WantsWholeNumbersOfBytes) {
  Json packed = pack_floats(std::vector<float>{1, 2});
  packed.get_binary().pop_back();
  EXPECT_THROW(static_cast<void>(unpack_floats(packed)), InputError);
}

TEST(StoredSize, LiesInItsRange) {
  const Json document = {{"layers", 3}, {"nothing", 0}, {"negative", -1}};
  EXPECT_EQ(stored_size(document, "layers", 1, 3), 3U);
  EXPECT_THROW(static_cast<void>(stored_size(document, "layers", 1, 2)), InputError);
  EXPECT_THROW(static_cast<void>(stored_size(document, "nothing", 1, 2)), InputError);
  EXPECT_THROW(static_cast<void>(stored_size(document, "negative", 0, 2)), Json::exception);
}

TEST(StoredWidths, FitTheParameters) {
  const Json document = {{"widths", {4, 5, 2}}, {"none", Json::array()}, {"empty", {4, 0}}, {"huge", {4, 1ULL << 61U}}};
  EXPECT_EQ(stored_widths(document, "widths", 1, 20), (std::vector<std::size_t>{4, 5, 2}));
  EXPECT_EQ(stored_widths(document, "none", 3, 0), std::vector<std::size_t>());
  EXPECT_THROW(static_cast<void>(stored_widths(document, "widths", 1, 19)), InputError);
  EXPECT_THROW(static_cast<void>(stored_widths(document, "widths", 6, 20)), InputError) << "4 units of 6 inputs";
  EXPECT_THROW(static_cast<void>(stored_widths(document, "empty", 1, 20)), InputError);
  EXPECT_THROW(static_cast<void>(stored_widths(document, "huge", 1, 20)), InputError);
}

TEST_F(Artefact, IsInvalidWhereThereIsNone) {
  EXPECT_FALSE(is_valid_artefact(path_));
  EXPECT_FALSE(is_valid_artefact(folder_.path()));
  EXPECT_THROW(static_cast<void>(read_artefact(path_)), IoError);
}

TEST_F(Artefact, BytesAreThoseOfTheFile) {
  const test::TemporaryFolder folder;
  const Json document = {{"a", 1}, {"b", pack_floats(std::vector<float>{1, 2})}};
  write_artefact(folder.file("a.eddy"), document);
  const std::string bytes = artefact_bytes(document);
  EXPECT_EQ(bytes, read_file(folder.file("a.eddy")));
  EXPECT_EQ(document_of_artefact(bytes, "a pickle"), document);
  test::expect_throws_with<IoError>(
      [&] { static_cast<void>(document_of_artefact(std::string_view(bytes).substr(0, bytes.size() - 1), "a pickle")); },
      "a pickle", "truncated or altered");
}

}  // namespace
}  // namespace eddy::base
