#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/base/options_json.hpp>
#include <eddy/search/config.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "check_throws.hpp"
#include "search/synthetic_resonance.hpp"

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

// Which there are, and in which order, is what docs/options.md says (cli.options_page).
TEST(Sections, have_names_of_their_own) {
  SearchConfig config;
  std::set<std::string> names;
  for (const SectionOptions& section : sections(config)) {
    EXPECT_TRUE(names.insert(section.name).second) << section.name;
  }
  for (const RepeatedSection& section : repeated_sections(config)) {
    EXPECT_TRUE(names.insert(section.name).second) << section.name;
  }
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

const std::vector<std::string> kResonantMethods = {"cathode", "lacathode", "cathode_lacathode", "anode",    "r_anode",
                                                   "cwola",   "transport", "supervised",        "idealized"};

TEST(Sections, belong_to_the_methods_that_read_them) {
  const auto is_read = [](std::string_view family, std::string_view section) {
    return reads(rules_of(family), section);
  };
  for (const FamilyRules& family : families()) {
    EXPECT_TRUE(reads(family, "features")) << family.name;
    EXPECT_EQ(reads(family, "bump_hunt"), family.name == "resonant");
    EXPECT_EQ(reads(family, "simulation"), family.name == "extrapolation");
    EXPECT_EQ(reads(family, "quak"), family.name == "loss space");
  }
  EXPECT_TRUE(is_read("conrad", "template") && is_read("conrad", "flow"));
  EXPECT_FALSE(is_read("resonant", "template") || is_read("loss space", "flow"));
  EXPECT_TRUE(is_read("loss space", "prior"));
  EXPECT_FALSE(is_read("conrad", "prior") || is_read("conrad", "no section"));
  SearchConfig config;
  EXPECT_EQ(rules_of(config).name, "conrad");
  for (const std::string& method : kResonantMethods) {
    config.search.method = method;
    EXPECT_EQ(rules_of(config).name, "resonant") << method;
  }
  config.search.method = "quak";
  EXPECT_EQ(rules_of(config).name, "loss space");
}

TEST(Sections, that_repeat_grow_and_are_declared_one_by_one) {
  SearchConfig config;
  const std::vector<RepeatedSection> repeated = repeated_sections(config);
  ASSERT_EQ(repeated.size(), 3U);
  EXPECT_EQ(repeated[0].name, "prior");
  EXPECT_EQ(repeated[0].size, 0U);
  repeated[0].resize(2);
  config.priors[1].name = "second";
  base::JsonWriter writer;
  repeated[0].describe(1, writer);
  EXPECT_EQ(writer.json().at("name"), "second");
}

SearchConfig quak_config() {
  SearchConfig config;
  config.search.method = "quak";
  config.data.file = "data.h5";
  config.background.file = "background.h5";
  config.priors = {{.name = "two_prong", .sample = {.file = "prior.h5"}}};
  config.features = {.context = {"mjj"}, .x = {"a", "b"}};
  apply_method_defaults(config);
  return config;
}

TEST(QuakRules, a_mass_and_priors_may_be_left_out) {
  SearchConfig config = quak_config();
  validate(config);
  config.features.context = {};
  config.priors = {};
  validate(config);
}

TEST(QuakRules, refuse_what_does_not_fit_together) {
  const auto refused = [](const auto& change, const auto&... parts) {
    SearchConfig config = quak_config();
    change(config);
    test::expect_throws_with<base::InputError>([&] { validate(config); }, parts...);
  };
  refused([](SearchConfig& c) { c.background.file = ""; }, "[background] file", "add file");
  refused([](SearchConfig& c) { c.priors[0].name = "two prong"; }, "two prong", "letters, digits");
  refused([](SearchConfig& c) { c.priors[0].name = "background"; }, "\"background\"", "rename");
  refused([](SearchConfig& c) { c.priors.push_back(c.priors[0]); }, "two [[prior]]", "two_prong", "rename");
  refused([](SearchConfig& c) { c.priors[0].sample.file = ""; }, "two_prong", "has no file");
  refused([](SearchConfig& c) { c.features.context = {"mjj", "ht"}; }, "2 variables", "context = [\"mjj\"]");
  refused([](SearchConfig& c) { c.supervised.exclude = {"mj1"}; }, "'mj1'", "not in [features] x");
  refused([](SearchConfig& c) { c.supervised.exclude = {"a", "b"}; }, "leave at least one");
  refused([](SearchConfig& c) { c.quak.scan = {6000, 3000}; }, "scan = [6000, 3000]", "interval");
  refused([](SearchConfig& c) { c.discriminants = {{.name = "d", .proxy = "three"}}; }, "\"three\"", "name one");
  refused([](SearchConfig& c) { c.discriminants = {{.name = "d", .proxy = "two_prong", .purity = 0.5}}; },
          "purity = 0.5", "both, or neither");
  refused([](SearchConfig& c) { c.discriminants = {{.name = "d", .losses = {"x"}, .proxy = "two_prong"}}; }, "\"x\"",
          "name one of: background, two_prong");
  refused([](SearchConfig& c) { c.quak.prior_cuts = {0}; }, "prior_cuts = [0]", "above 0");
  refused(
      [](SearchConfig& c) {
        c.priors.push_back({.name = "b", .sample = {.file = "b.h5"}});
        c.quak.categories = 11;
      },
      "1331 categories", "lower");
}

TEST(PaperPreset, of_quak_is_the_loss_as_printed) {
  SearchConfig config = quak_config();
  config.search.preset = "paper";
  apply_method_defaults(config);
  EXPECT_EQ(config.vae.divergence, "initial");
  EXPECT_EQ(config.vae.beta, 10);
}

TEST(Sections, defaults_of_all_methods_and_presets_are_allowed_values) {
  std::vector<std::string> methods = kResonantMethods;
  methods.emplace_back("conrad");
  methods.emplace_back("quak");
  for (const std::string& method : methods) {
    for (const char* preset : {"eddy", "paper"}) {
      SearchConfig config;
      config.search.method = method;
      config.search.preset = preset;
      apply_method_defaults(config);
      for (const SectionOptions& section : sections(config)) {
        SCOPED_TRACE(method + " " + preset + " " + section.name);
        DeclarationCheck check;
        section.describe(check);
      }
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

TEST(PaperPreset, of_resonant_methods_is_lacathodes) {
  SearchConfig config;
  config.search = {.method = "lacathode", .preset = "paper"};
  apply_method_defaults(config);
  // Appendix A of LaCATHODE and the settings of CATHODE that it names (arXiv:2210.14924, 2109.00546).
  EXPECT_EQ(config.flow.transform, "affine");
  EXPECT_EQ(config.flow.layers, 15);
  EXPECT_EQ(config.flow.hidden, 128);
  EXPECT_TRUE(config.flow.batch_norm);
  EXPECT_EQ(config.flow.feature_scaler, "logit");
  EXPECT_EQ(config.flow.training.epochs, 100);
  EXPECT_EQ(config.flow.training.batch_size, 256);
  EXPECT_EQ(config.flow.training.learning_rate, 1e-4);
  EXPECT_EQ(config.flow.training.schedule, "constant");
  EXPECT_EQ(config.flow_members, 10);
  EXPECT_EQ(config.classifier.space, "z");
  EXPECT_EQ(config.classifier.classifier.kind, "mlp");
  EXPECT_EQ(config.classifier.classifier.mlp.layers, 3);
  EXPECT_EQ(config.classifier.classifier.mlp.hidden, 64);
  EXPECT_EQ(config.classifier.classifier.mlp.training.learning_rate, 1e-3);
  EXPECT_EQ(config.classifier.classifier.mlp.training.keep_epochs, 10);
  EXPECT_NEAR(config.classifier.reference_ratio, 267.0 / 81, 0.01);  // 267k samples; 121k data in the region, 2/3
  EXPECT_EQ(config.folds.k, 3);                                      // 1/2 + 1/6 against 1/3
  EXPECT_EQ(config.folds.score, "one");
  EXPECT_EQ(config.sculpting.bins, 300);
  EXPECT_EQ(config.sculpting.subsets, 100);
}

TEST(MethodDefaults, of_all_resonant_methods_are_valid) {
  for (const std::string& method : kResonantMethods) {
    for (const char* preset : {"eddy", "paper"}) {
      SearchConfig config;
      config.search.method = method;
      config.search.preset = preset;
      apply_method_defaults(config);
      config.data.file = "data.h5";
      config.features = {.context = {"m"}, .x = {"x1", "x2"}};
      config.regions.signal = "m > 3.3 && m < 3.7";
      config.benchmarks.background = "background.h5";
      config.benchmarks.signal = "signal.h5";
      EXPECT_NO_THROW(validate(config)) << method << ", " << preset;
    }
  }
}

TEST(MethodDefaults, space_and_reference_are_the_methods) {
  const auto expect = [](const std::string& method, const std::string& space, const std::string& reference, bool flow) {
    const SearchConfig config = quick_resonant_config(method);
    EXPECT_EQ(config.classifier.space, space) << method;
    EXPECT_EQ(config.classifier.reference, reference) << method;
    EXPECT_EQ(needs_flow(config), flow) << method;
  };
  expect("cathode", "x", "flow_samples", true);
  expect("lacathode", "x_prime", "normal", true);
  expect("cathode_lacathode", "x_prime", "normal", true);
  expect("anode", "x", "flow_samples", true);
  expect("r_anode", "x", "flow_samples", true);
  expect("cwola", "x", "control_region", false);
  expect("transport", "x", "moved_sidebands", false);
  expect("supervised", "x", "true_background", false);
  expect("idealized", "x", "true_background", false);
  SearchConfig latent = quick_resonant_config("idealized");
  latent.classifier.space = "z";
  EXPECT_TRUE(needs_flow(latent));
}

}  // namespace
}  // namespace eddy::search
