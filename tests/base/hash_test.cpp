#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>
#include <eddy/base/hash.hpp>

#include <base/temporary_folder.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace eddy::base {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

// FIPS 180-4 examples.
constexpr const char* kHashOfNothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr const char* kHashOfAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr const char* kHashOfAMillionA = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

TEST(Sha256, AgreesWithTheStandard) {
  EXPECT_EQ(sha256(std::string_view{}), kHashOfNothing);
  EXPECT_EQ(sha256("abc"), kHashOfAbc);
  EXPECT_EQ(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256(std::string(1'000'000, 'a')), kHashOfAMillionA);
}

TEST(Sha256, HashesFloatsAsTheirLittleEndianBytes) {
  EXPECT_EQ(sha256(std::vector{1.F, -2.F}), sha256(std::string_view("\x00\x00\x80\x3f\x00\x00\x00\xc0", 8)));
  EXPECT_EQ(sha256(std::span<const float>{}), kHashOfNothing);
}

TEST(Sha256, TellsMinusZeroFromZero) { EXPECT_NE(sha256(std::vector{0.F}), sha256(std::vector{-0.F})); }

TEST(Sha256OfFile, EqualsTheHashOfItsContentBelowAndAboveTheBlockSize) {
  const test::TemporaryFolder folder;
  constexpr std::size_t kBlock = 1U << 20U;
  for (const std::size_t size : {std::size_t{0}, std::size_t{3}, kBlock - 1, kBlock, kBlock + 1, 2 * kBlock + 5}) {
    const std::string content(size, 'a');
    write_atomically(folder.file("x"), content);
    EXPECT_EQ(sha256_of_file(folder.file("x")), sha256(content)) << size << " bytes";
  }
}

TEST(Sha256OfFile, RefusesWhatIsNoReadableFile) {
  const test::TemporaryFolder folder;
  EXPECT_THROW(static_cast<void>(sha256_of_file("/dev/zero")), IoError) << "which never ends";
  for (const std::string& path : {folder.file("missing.h5"), folder.path()}) {
    try {
      ADD_FAILURE() << path << " has the hash " << sha256_of_file(path);
    } catch (const IoError& error) {
      EXPECT_THAT(error.what(), AllOf(HasSubstr("'" + path + "'"), HasSubstr("check the path")));
    }
  }
}

}  // namespace
}  // namespace eddy::base
