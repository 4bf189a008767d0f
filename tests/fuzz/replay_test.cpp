// Every file of the corpus through its target, whatever the build: what once was found stays found.

#include <eddy/base/files.hpp>
#include <fuzz/target.hpp>
#include <repository.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace eddy::fuzz {
namespace {

class Corpus : public testing::TestWithParam<Target> {};

TEST_P(Corpus, IsParsedOrRefused) {
  const std::string folder = test::repository_folder() + "/tests/fuzz/corpus/" + GetParam().name;
  std::size_t n = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    SCOPED_TRACE(entry.path().string());
    const std::string content = base::read_file(entry.path().string());
    EXPECT_NO_THROW(GetParam().run({reinterpret_cast<const std::uint8_t*>(content.data()), content.size()}));
    ++n;
  }
  EXPECT_GT(n, 0U) << "a target without a corpus starts from nothing; see tests/fuzz/make_corpus.py";
}

TEST_P(Corpus, EmptyInputIsParsedOrRefused) { EXPECT_NO_THROW(GetParam().run({})); }

INSTANTIATE_TEST_SUITE_P(Targets, Corpus, testing::ValuesIn(targets().begin(), targets().end()),
                         [](const auto& target) { return std::string(target.param.name); });

}  // namespace
}  // namespace eddy::fuzz
