#include <eddy/base/error.hpp>
#include <eddy/search/config.hpp>
#include <eddy/search/families.hpp>

#include <check_throws.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace eddy::search {
namespace {

TEST(Methods, have_their_own_names_and_a_family_with_rules) {
  std::set<std::string_view> names;
  for (const Method& method : methods()) {
    EXPECT_TRUE(names.insert(method.name).second) << method.name;
    EXPECT_EQ(rules_of(method.family).family, method.family);
    EXPECT_EQ(find_method(method.name), &method);
  }
  EXPECT_EQ(find_method("nothing"), nullptr);
}

TEST(Methods, have_titles_as_their_authors_write_them) {
  EXPECT_EQ(method_title("lacathode"), "LaCATHODE");
  EXPECT_EQ(method_title("cwola"), "CWoLa");
  EXPECT_EQ(method_title("supervised"), "supervised");
  EXPECT_EQ(method_title("of tomorrow"), "of tomorrow");
}

TEST(Methods, that_are_not_known_are_refused_with_the_nearest) {
  SearchConfig config;
  config.search.method = "lacathod";
  test::expect_throws_with<base::InputError>([&] { static_cast<void>(family_of(config)); }, "\"lacathod\"",
                                             "did you mean 'lacathode'?");
}

TEST(Methods, learn_a_density_where_the_table_says_so) {
  SearchConfig config;
  config.search.method = "idealized";
  config.classifier.space = "x";
  EXPECT_FALSE(needs_flow(config));
  config.classifier.space = "z";
  EXPECT_TRUE(needs_flow(config));
  config.search.method = "cwola";
  EXPECT_FALSE(needs_flow(config));
  config.search.method = "anode";
  EXPECT_TRUE(needs_flow(config));
}

TEST(Families, have_methods_and_rules) {
  for (const FamilyRules& family : families()) {
    EXPECT_TRUE(std::ranges::any_of(methods(), [&](const Method& m) { return m.family == family.family; }))
        << family.name;
    EXPECT_NE(family.apply_defaults, nullptr);
    EXPECT_NE(family.apply_paper_preset, nullptr);
    EXPECT_NE(family.require_context, nullptr);
    EXPECT_NE(family.require_consistent, nullptr);
  }
}

// A configuration of each method with the defaults of its family has choices that the method knows.
TEST(Families, set_defaults_that_their_methods_know) {
  for (const Method& method : methods()) {
    SearchConfig config;
    config.search.method = method.name;
    apply_method_defaults(config);
    if (!method.spaces.empty()) {
      EXPECT_EQ(config.classifier.space, method.spaces.front()) << method.name;
      EXPECT_EQ(config.classifier.reference, method.references.front()) << method.name;
    }
  }
}

}  // namespace
}  // namespace eddy::search
