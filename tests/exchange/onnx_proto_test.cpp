#include <eddy/exchange/onnx_proto.hpp>

#include <gtest/gtest.h>

namespace eddy::exchange::onnx {
namespace {

// By the encoding of protocol buffers: key = field << 3 | kind; 8: IR version.
TEST(OnnxProto, BeginsWithTheVersionAndTheProducer) {
  const std::string bytes = serialised({.name = "g", .description = "d", .producer_version = "0.1.0"});
  EXPECT_EQ(bytes.substr(0, 2), "\x08\x08");
  EXPECT_EQ(bytes.substr(2, 6),
            "\x12\x04"
            "eddy");
  EXPECT_EQ(bytes.substr(8, 7),
            "\x1a\x05"
            "0.1.0");
}

// 300 = 0b10'0101100: seven bits a byte, the lowest first.
TEST(OnnxProto, LongTextsHaveALengthOfSeveralBytes) {
  const std::string text(300, 'x');
  const std::string bytes = serialised({.name = "g", .description = text, .producer_version = ""});
  EXPECT_NE(bytes.find(std::string("\x32\xac\x02") + text), std::string::npos);
}

TEST(OnnxProto, AttributesSayTheirKind) {
  const Model model{
      .name = "g",
      .description = "",
      .producer_version = "",
      .nodes = {{"Op", {"a"}, {"b"}, {{.name = "k", .kind = Attribute::Kind::kFloats, .floats = {1, 2}}}}}};
  const std::string attribute("\x0a\x01k\x3d\x00\x00\x80\x3f\x3d\x00\x00\x00\x40\xa0\x01\x06", 16);
  EXPECT_NE(serialised(model).find(attribute), std::string::npos);
}

}  // namespace
}  // namespace eddy::exchange::onnx
