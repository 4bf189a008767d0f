// Messages come back as they were written; a broken one is an error, never memory that is not there.

#include <eddy/base/error.hpp>
#include <eddy/events/byte_message.hpp>

#include <gtest/gtest.h>

namespace eddy::events {
namespace {

TEST(ByteMessage, ComesBackAsWritten) {
  MessageWriter out;
  out.number(7);
  out.text(std::string("a\0b", 3));
  out.numbers({1, 2, std::size_t{1} << 60});
  out.texts({"", "m_j1"});
  const std::string bytes = out.take();
  MessageReader in(bytes);
  EXPECT_EQ(in.number(), 7U);
  EXPECT_EQ(in.text(), std::string("a\0b", 3));
  EXPECT_EQ(in.numbers(), (std::vector<std::size_t>{1, 2, std::size_t{1} << 60}));
  EXPECT_EQ(in.texts(), (std::vector<std::string>{"", "m_j1"}));
  EXPECT_THROW((void)in.number(), base::IoError);
}

TEST(ByteMessage, EveryCutIsAnError) {
  MessageWriter out;
  out.texts({"one", "two"});
  const std::string bytes = out.take();
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    EXPECT_THROW((void)MessageReader(std::string_view(bytes).substr(0, n)).texts(), base::IoError) << n;
  }
}

TEST(ByteMessage, LengthsBeyondTheMessageAreErrors) {
  for (const std::uint64_t claimed : {std::uint64_t{1} << 32, ~std::uint64_t{0}, std::uint64_t{1}}) {
    MessageWriter out;
    out.number(claimed);
    const std::string bytes = out.take();
    EXPECT_THROW((void)MessageReader(bytes).text(), base::IoError);
    EXPECT_THROW((void)MessageReader(bytes).texts(), base::IoError);
    EXPECT_THROW((void)MessageReader(bytes).numbers(), base::IoError);
  }
}

}  // namespace
}  // namespace eddy::events
