#include <eddy/base/error.hpp>
#include <eddy/search/config.hpp>

#include <gtest/gtest.h>
#include <check_throws.hpp>
#include <search/synthetic_sample.hpp>

#include <functional>
#include <set>

namespace eddy::search {
namespace {

/// All options of a section as JSON.
base::Json section_json(SearchConfig& config, const std::string& name) {
  for (const SectionOptions& section : sections(config)) {
    if (section.name == name) {
      base::JsonWriter writer;
      section.describe(writer);
      return writer.json();
    }
  }
  return nullptr;
}

TEST(Sections, are_those_of_the_file_in_its_order) {
  SearchConfig config;
  std::vector<std::string> names;
  for (const SectionOptions& section : sections(config)) {
    names.push_back(section.name);
  }
  EXPECT_THAT(names,
              testing::ElementsAre("search", "data", "template", "features", "regions", "flow", "classifier", "trees",
                                   "mlp", "folds", "working_points", "inject", "benchmarks", "gate", "statistics"));
}

TEST(Sections, refer_to_the_configuration) {
  SearchConfig config;
  config.folds.k = 7;
  config.flow.training.epochs = 11;
  config.classifier.classifier.trees.max_leaves = 13;
  EXPECT_EQ(section_json(config, "folds").at("k"), 7);
  EXPECT_EQ(section_json(config, "flow").at("epochs"), 11);
  EXPECT_EQ(section_json(config, "trees").at("max_leaves"), 13);
}

/// Notes what is wrong with the declaration of an option.
class DeclarationCheck final : public base::OptionVisitor {
 public:
  void visit(const base::Option& o, bool&) override { note(o); }
  void visit(const base::Option& o, std::int64_t& v) override { in_range(o, static_cast<double>(v)); }
  void visit(const base::Option& o, double& v) override { in_range(o, v); }
  void visit(const base::Option& o, std::string& v) override {
    note(o);
    EXPECT_TRUE(o.choices.empty() || std::ranges::find(o.choices, v) != o.choices.end()) << o.key << " = " << v;
  }
  void visit(const base::Option& o, std::vector<double>& v) override {
    for (const double value : v) {
      in_range(o, value);
    }
  }
  void visit(const base::Option& o, std::vector<std::string>&) override { note(o); }

 private:
  void note(const base::Option& o) {
    EXPECT_TRUE(keys_.insert(std::string(o.key)).second) << o.key << " is declared twice in its section";
    EXPECT_FALSE(o.meaning.empty()) << o.key;
  }
  void in_range(const base::Option& o, double value) {
    note(o);
    keys_.erase(std::string(o.key));  // a list comes here once per value
    EXPECT_GE(value, o.minimum) << o.key;
    EXPECT_LE(value, o.maximum) << o.key;
  }
  std::set<std::string> keys_;
};

TEST(Sections, defaults_of_both_presets_are_allowed_values) {
  for (const bool paper : {false, true}) {
    SearchConfig config;
    if (paper) {
      config.search.preset = "paper";
  apply_method_defaults(config);
    }
    for (const SectionOptions& section : sections(config)) {
      SCOPED_TRACE(section.name);
      DeclarationCheck check;
      section.describe(check);
    }
  }
}

TEST(PaperPreset, is_the_papers_method) {
  SearchConfig config;
  config.search.preset = "paper";
  apply_method_defaults(config);
  EXPECT_EQ(config.classifier.space, "z");
  EXPECT_EQ(config.classifier.reference, "normal");
  EXPECT_EQ(config.flow.training.epochs, 50);
  EXPECT_EQ(config.flow.training.batch_size, 128);
  EXPECT_EQ(config.flow.training.learning_rate, 1e-4);
  EXPECT_EQ(config.flow.training.schedule, "constant");
  EXPECT_EQ(config.flow_members, 5);
  EXPECT_EQ(config.classifier.members, 50);
  EXPECT_EQ(config.folds.k, 2);
}

TEST(Validate, accepts_what_is_complete) { EXPECT_NO_THROW(validate(quick_config())); }

struct Mistake {
  std::function<void(SearchConfig&)> make;
  std::string value;
  std::string remedy;
};

TEST(Validate, names_value_and_remedy) {
  const std::vector<Mistake> mistakes = {
      {[](SearchConfig& c) { c.search.name = ""; }, "[search] name is empty", "names the run folder"},
      {[](SearchConfig& c) { c.data.file = ""; }, "no [data] file", "add file"},
      {[](SearchConfig& c) { c.template_sample.file = ""; }, "no [template] file", "add file"},
      {[](SearchConfig& c) { c.features.x = {}; }, "[features] x is empty", "name at least one"},
      {[](SearchConfig& c) { c.features.context = {}; }, "names 0 variables", "context = [\"met\"]"},
      {[](SearchConfig& c) {
         c.features.context = {"M", "N"};
       },
       "names 2 variables", "exactly one"},
      {[](SearchConfig& c) {
         c.features.x = {"a", "b", "a"};
       },
       "names 'a' twice", "remove one"},
      {[](SearchConfig& c) {
         c.features.x = {"x1", "M"};
       },
       "'M' is both", "keep it in one"},
      {[](SearchConfig& c) { c.data.label = "x2"; }, "'x2' is the label", "remove one"},
      {[](SearchConfig& c) { c.regions.signal = ""; }, "signal is empty", "signal = \"met > 1000\""},
      {[](SearchConfig& c) { c.regions.signal = "M >"; }, "[regions] signal", "'M >'"},
      {[](SearchConfig& c) { c.regions.selection = "f(M)"; }, "[regions] selection", "functions such as"},
      {[](SearchConfig& c) {
         c.columns = {{"r", "x1 /"}};
       },
       "[columns] r", "'x1 /'"},
      {[](SearchConfig& c) { c.efficiencies = {}; }, "efficiency is empty", "efficiency = [0.01]"},
      {[](SearchConfig& c) {
         c.efficiencies = {0.1, 0.0};
       },
       "efficiency 0", "(0, 1)"},
      {[](SearchConfig& c) { c.efficiencies = {1.0}; }, "efficiency 1", "fraction of background to keep"},
      {[](SearchConfig& c) { c.inject.count = 3; }, "[inject]", "add file"},
      {[](SearchConfig& c) { c.inject = {.file = "s.h5", .count = 3, .s_over_sqrt_b = 0.5}; }, "count = 3",
       "keep one of them"},
      {[](SearchConfig& c) { c.classifier.members = 3; }, "members = 3", "make it a multiple"},
      {[](SearchConfig& c) { c.flow.training.keep_epochs = 2; }, "keep_epochs = 2", "make it a multiple"},
  };
  for (const Mistake& mistake : mistakes) {
    SearchConfig config = quick_config();
    mistake.make(config);
    test::expect_throws_with<base::InputError>([&] { validate(config); }, mistake.value, mistake.remedy);
  }
}

}  // namespace
}  // namespace eddy::search
