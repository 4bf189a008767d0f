#include <eddy/base/error.hpp>
#include <eddy/events/zip.hpp>

#include <gtest/gtest.h>

#include <string>

#include "base/temporary_folder.hpp"
#include "check_throws.hpp"
#include "events/array_bytes.hpp"

namespace eddy::events {
namespace {

using base::InputError;
using base::IoError;
using test::little_endian;
using test::ZipEntry;

class Zip : public testing::Test {
 protected:
  [[nodiscard]] std::vector<ZipMember> list(const std::string& bytes) const {
    test::write_bytes(file, bytes);
    return list_zip(file);
  }
  [[nodiscard]] std::string content(const ZipMember& member) const {
    const auto source = open_zip_member(file, member);
    std::string text(source->remaining(), '?');
    source->read(std::as_writable_bytes(std::span(text)));
    return text;
  }
  template <class ErrorType = IoError, class... Parts>
  void expect_refused(const std::string& bytes, const Parts&... parts) const {
    test::expect_throws_with<ErrorType>(
        [&] {
          for (const ZipMember& member : list(bytes)) {
            (void)content(member);
          }
        },
        parts...);
  }

  test::TemporaryFolder folder;
  std::string file = folder.file("archive.zip");
};

TEST_F(Zip, MembersComeBackInTheirOrder) {
  const std::string longer = std::string(500'000, 'a') + std::string(500'000, 'b');
  const auto members = list(test::zip({{"stored", "abc"}, {"deflated", longer, true}, {"", ""}, {"empty", "", true}}));
  ASSERT_EQ(members.size(), 4U);
  EXPECT_EQ(members[1].name, "deflated");
  EXPECT_LT(members[1].compressed_size, longer.size() / 100);
  EXPECT_EQ(content(members[0]), "abc");
  EXPECT_EQ(content(members[1]), longer);
  EXPECT_EQ(content(members[2]), "");
  EXPECT_EQ(content(members[3]), "");
  EXPECT_TRUE(list(test::zip({})).empty());
}

TEST_F(Zip, CommentsOfAnyLengthHideNothing) {
  const std::string signature = little_endian(0x06054b50, 4);
  for (const std::string& comment : {std::string("hello"), std::string(65535, 'x'), signature + std::string(40, '\0'),
                                     std::string(30, 'x') + signature}) {
    const auto members = list(test::zip({{"a", "abc"}}, comment));
    ASSERT_EQ(members.size(), 1U) << comment.size();
    EXPECT_EQ(content(members[0]), "abc");
  }
}

TEST_F(Zip, ChecksumsCoverWhatIsSkipped) {
  std::string text = "0123456789";
  for (const bool deflated : {false, true}) {
    const auto members = list(test::zip({{"a", text, deflated}}));
    const auto source = open_zip_member(file, members[0]);
    source->skip(7);
    EXPECT_EQ(source->remaining(), 3U);
    std::string rest(3, '?');
    source->read(std::as_writable_bytes(std::span(rest)));
    EXPECT_EQ(rest, "789");
    test::expect_throws_with<IoError>([&] { source->skip(1); }, "member 'a' ends too early");
  }
  std::string bytes = test::zip({{"a", text}});
  bytes[bytes.find("0123")] = 'x';
  test::write_bytes(file, bytes);
  const auto source = open_zip_member(file, list_zip(file).at(0));
  source->skip(9);
  test::expect_throws_with<IoError>([&] { source->skip(1); }, "checksum of member 'a' is wrong", "copy or write");
}

TEST_F(Zip, OtherKindsOfMembersAreNamed) {
  expect_refused<InputError>(test::zip({{"secret", "abc", false, 1}}), "'secret'", "encrypted", "numpy.savez");
  expect_refused<InputError>(test::zip({{.name = "bz2", .bytes = "abc", .method = 12}}), "'bz2'", "method 12");
}

TEST_F(Zip, SizesThatCannotBeAreRefused) {
  expect_refused(test::zip({{.name = "a", .bytes = "abc", .size = 4}}), "sizes of its member 'a' contradict");
  expect_refused(test::zip({{.name = "a", .bytes = "abc", .deflated = true, .size = 1033 * 6}}), "contradict");
  expect_refused(test::zip({{.name = "a", .bytes = "abc", .size = 1000, .compressed_size = 1000}}), "more bytes than");
  const ZipEntry whole = {.name = "a", .bytes = std::string(300, 'x')};
  ZipEntry again = whole;
  again.offset = 0;
  again.bytes.clear();
  again.size = again.compressed_size = 300;  // the same bytes for both
  expect_refused(test::zip({whole, again}), "more bytes than the archive");
  expect_refused(test::zip({{.name = "a", .bytes = "abc", .deflated = true, .size = 4}}), "cannot be decompressed");
  expect_refused(test::zip({{.name = "a", .bytes = "abcabc", .deflated = true, .size = 5}}), "checksum");
}

TEST_F(Zip, PlacesThatCannotBeAreRefused) {
  expect_refused(test::zip({{.name = "a", .bytes = "abc", .offset = 1}}), "member 'a' has lost its header");
  expect_refused(test::zip({{.name = "a", .bytes = "abc", .offset = 1'000'000}}), "behind its end");
  const std::string good = test::zip({{"a", "abc"}});
  for (std::size_t n = 0; n < good.size(); ++n) {
    expect_refused(good.substr(0, n), "archive.zip'");
  }
  std::string cut = good;  // the directory says that the name of the member is longer
  cut[cut.find("PK\x01\x02") + 28] = '\x7F';
  expect_refused(cut, "an entry is cut");
  std::string broken = good;
  broken[broken.find("PK\x01\x02")] = 'x';
  expect_refused(broken, "broken entry");
  std::string far = good;
  far[far.size() - 22 + 15] = '\x7F';  // the directory's size
  expect_refused(far, "its directory claims");
}

TEST_F(Zip, LargeSizesStandInTheExtraField) {
  constexpr std::int64_t kIn64 = 0xFFFFFFFF;
  const std::string other = little_endian(0x5455, 2) + little_endian(5, 2) + "times";
  const std::string sizes = little_endian(1, 2) + little_endian(16, 2) + little_endian(3, 8) + little_endian(3, 8);
  const auto members =
      list(test::zip({{.name = "a", .bytes = "abc", .size = kIn64, .compressed_size = kIn64, .extra = other + sizes}}));
  ASSERT_EQ(members.size(), 1U);
  EXPECT_EQ(members[0].size, 3U);
  EXPECT_EQ(content(members[0]), "abc");
  const ZipEntry without = {.name = "a", .bytes = "abc", .size = kIn64, .compressed_size = kIn64};
  expect_refused(test::zip({without}), "more bytes than the archive");
  ZipEntry cut = without;
  cut.extra = sizes.substr(0, 12);
  expect_refused(test::zip({cut}), "an entry is cut");
}

}  // namespace
}  // namespace eddy::events
