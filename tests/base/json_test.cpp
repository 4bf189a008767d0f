#include <eddy/base/json.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace eddy::base {
namespace {

TEST(Json, gives_whole_numbers_in_their_range) {
  const Json document = {{"small", 3}, {"negative", -1}, {"whole", 3.0}, {"list", {1, 2, 255}}};
  EXPECT_EQ(document.at("small").get<std::size_t>(), 3U);
  EXPECT_EQ(document.at("negative").get<int>(), -1);
  EXPECT_EQ(document.at("whole").get<std::uint8_t>(), 3);
  EXPECT_EQ(document.at("list").get<std::vector<std::uint8_t>>(), (std::vector<std::uint8_t>{1, 2, 255}));
  EXPECT_EQ(document.value("missing", std::size_t{7}), 7U);
  EXPECT_EQ(Json(std::numeric_limits<std::uint64_t>::max()).get<std::uint64_t>(),
            std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(Json(-0x1p63).get<std::int64_t>(), std::numeric_limits<std::int64_t>::min());
}

// The conversion of the library gave 2^64 - 1 for -1 and was undefined for 1e308.
TEST(Json, refuses_numbers_that_are_none_of_the_type) {
  for (const Json& number : std::vector<Json>{-1, 1e308, -2.5, 2.5, 0x1p64, true, "3", nullptr,
                                              std::numeric_limits<double>::infinity(), std::nan("")}) {
    EXPECT_THROW(static_cast<void>(number.get<std::size_t>()), Json::exception) << number;
  }
  EXPECT_THROW(static_cast<void>(Json(0x1p63).get<std::int64_t>()), Json::exception);
  EXPECT_THROW(static_cast<void>(Json(256).get<std::uint8_t>()), Json::exception);
  EXPECT_THROW(static_cast<void>(Json(std::numeric_limits<std::uint64_t>::max()).get<std::int64_t>()), Json::exception);
  EXPECT_THROW(static_cast<void>(Json(std::vector<int>{1, -1}).get<std::vector<std::size_t>>()), Json::exception);
}

TEST(Json, says_which_number_it_refused) {
  try {
    static_cast<void>(Json(2.5).get<int>());
    FAIL();
  } catch (const Json::exception& error) {
    EXPECT_NE(std::string(error.what()).find("2.5"), std::string::npos);
  }
}

TEST(Json, does_not_repeat_a_whole_document_in_a_message) {
  const Json large = {{"values", std::vector<int>(1000, 7)}};
  for (const Json& document : {large, Json(std::string(5000, 'x')), large.at("values"), Json(nullptr)}) {
    try {
      static_cast<void>(document.get<int>());
      FAIL();
    } catch (const Json::exception& error) {
      EXPECT_NE(std::string(error.what()).find(document.type_name()), std::string::npos);
      EXPECT_LT(std::string(error.what()).size(), 120U);
    }
  }
  EXPECT_THROW(static_cast<void>(Json("\xff").get<int>()), Json::type_error);
}

}  // namespace
}  // namespace eddy::base
