#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>
#include <eddy/base/json.hpp>
#include <eddy/search/config.hpp>
#include <eddy/search/evidence.hpp>
#include <eddy/search/families.hpp>

#include <check_throws.hpp>
#include <repository.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <set>
#include <string>

namespace eddy::search {
namespace {

TEST(Methods, have_their_own_names_and_a_family_with_rules) {
  std::set<std::string_view> names;
  for (const Method& method : methods()) {
    EXPECT_TRUE(names.insert(method.name).second) << method.name;
    EXPECT_EQ(rules_of(method.family).name, method.family);
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
  test::expect_throws_with<base::InputError>([&] { static_cast<void>(rules_of(config)); }, "\"lacathod\"",
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
    ASSERT_FALSE(methods_of(family).empty()) << family.name;
    EXPECT_EQ(family.plural.empty(), methods_of(family).size() == 1) << family.name;
    EXPECT_NE(family.load, nullptr);
    EXPECT_NE(family.run, nullptr);
    EXPECT_NE(family.apply_defaults, nullptr);
    EXPECT_NE(family.apply_paper_preset, nullptr);
    EXPECT_NE(family.require_context, nullptr);
    EXPECT_NE(family.require_consistent, nullptr);
  }
}

// A name that is misspelt there would be a section that nobody reads.
TEST(Families, read_sections_that_there_are) {
  SearchConfig config;
  std::set<std::string, std::less<>> known;
  std::ranges::transform(sections(config), std::inserter(known, known.end()), &SectionOptions::name);
  std::ranges::transform(repeated_sections(config), std::inserter(known, known.end()), &RepeatedSection::name);
  for (const FamilyRules& family : families()) {
    for (const std::string_view section : family.sections) {
      EXPECT_TRUE(known.contains(section)) << family.name << ": " << section;
    }
  }
  for (const std::string& section : known) {
    EXPECT_TRUE(std::ranges::any_of(families(), [&](const FamilyRules& f) { return reads(f, section); })) << section;
  }
}

/// Methods of a family as docs/result.schema.json has them: those of the branch that begins with its name.
std::set<std::string, std::less<>> methods_in_schema(const base::Json& schema, std::string_view family) {
  std::set<std::string, std::less<>> names;
  for (const base::Json& branch : schema.at("allOf")) {
    if (branch.at("if").at("properties").at("family").at("const") == family) {
      const base::Json& method = branch.at("then").at("properties").at("method");
      names = method.contains("enum") ? method.at("enum").get<decltype(names)>()
                                      : decltype(names){method.at("const").get<std::string>()};
    }
  }
  return names;
}

TEST(Families, stand_with_their_methods_in_the_schema_of_results) {
  const base::Json schema = base::Json::parse(base::read_file(test::repository_folder() + "/docs/result.schema.json"));
  const base::Json& properties = schema.at("properties");
  EXPECT_EQ(properties.at("family").at("enum").size(), families().size());
  EXPECT_EQ(properties.at("evidence").at("enum"), base::Json(kEvidenceNames));
  for (const FamilyRules& family : families()) {
    const std::vector<std::string_view> methods = methods_of(family);
    EXPECT_EQ(methods_in_schema(schema, family.name),
              (std::set<std::string, std::less<>>(methods.begin(), methods.end())))
        << family.name;
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
