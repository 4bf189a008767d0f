#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/base/options_json.hpp>
#include <eddy/search/config.hpp>

#include <gtest/gtest.h>
#include <check_throws.hpp>
#include <search/synthetic_resonance.hpp>
#include <search/synthetic_sample.hpp>

#include <functional>
#include <set>
#include <string>
#include <string_view>

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

const std::vector<std::string> kResonantMethods = {"cathode", "lacathode", "anode", "cwola", "supervised", "idealized"};

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
  // Appendix A of LaCATHODE and the settings of CATHODE that it names (METHODS.md, sections 0 and 3).
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
  expect("anode", "x", "flow_samples", true);
  expect("cwola", "x", "control_region", false);
  expect("supervised", "x", "true_background", false);
  expect("idealized", "x", "true_background", false);
  SearchConfig latent = quick_resonant_config("idealized");
  latent.classifier.space = "z";
  EXPECT_TRUE(needs_flow(latent));
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
      {[](SearchConfig& c) {
         c.data.label = "truth";
         c.columns = {{"truth", "x1 > 0"}};
       },
       "[data] label names 'truth'", "[columns] derives truth = 'x1 > 0'"},
      {[](SearchConfig& c) {
         c.data.identity = {"event"};
         c.columns = {{"event", "x1"}};
       },
       "[data] identity names 'event', which must be a column of the file", "another name"},
      {[](SearchConfig& c) {
         c.benchmarks.label = "truth";
         c.columns = {{"truth", "x1 > 0"}};
       },
       "[benchmarks] label names 'truth'", "[columns]"},
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
      {[](SearchConfig& c) { c.inject.s_over_sqrt_b = 1; }, "[inject]", "add file"},
      {[](SearchConfig& c) { c.inject.fraction = 0.01; }, "[inject]", "add file"},
      {[](SearchConfig& c) { c.inject = {.file = "s.h5", .s_over_sqrt_b = 2, .fraction = 0.01}; },
       "s_over_sqrt_b = 2 and fraction = 0.01", "keep one of them"},
      {[](SearchConfig& c) { c.folds.score = "one"; }, "score = \"one\" is for resonant", "conrad scores all folds"},
      {[](SearchConfig& c) { c.classifier.space = "x"; }, "space = \"x\" does not fit method \"conrad\"",
       "choose \"x_prime\" or \"z\""},
      {[](SearchConfig& c) { c.classifier.reference = "flow_samples"; },
       "reference = \"flow_samples\" does not fit method \"conrad\"", "\"normal\" or \"template\""},
      {[](SearchConfig& c) {
         c.template_sample.rows = {5, 5};
       },
       "[template] rows = [5, 5]", "first and the last"},
  };
  for (const Mistake& mistake : mistakes) {
    SearchConfig config = quick_config();
    mistake.make(config);
    test::expect_throws_with<base::InputError>([&] { validate(config); }, mistake.value, mistake.remedy);
  }
}

TEST(Validate, names_rows_that_are_no_range) {
  for (const std::vector<double>& rows : {std::vector<double>{7}, {1, 2, 3}, {5, 5}, {6, 5}, {0.5, 7}, {0, 7.5}}) {
    SearchConfig config = quick_resonant_config("cathode");
    config.data.rows = rows;
    test::expect_throws_with<base::InputError>([&] { validate(config); }, "[data] rows = [", "is not a range",
                                               "such as [0, 100000]");
    config.data.rows = {};
    config.benchmarks.background_rows = rows;
    test::expect_throws_with<base::InputError>([&] { validate(config); }, "[benchmarks] background_rows = [");
  }
  SearchConfig config = quick_resonant_config("cathode");
  config.data.rows = {0, 100};
  config.benchmarks.background_rows = {100, 200};
  EXPECT_NO_THROW(validate(config));
}

TEST(Validate, resonant_methods_name_value_and_remedy) {
  struct ResonantMistake {
    std::string method;
    Mistake mistake;
  };
  const auto space = [](const std::string& name) { return [name](SearchConfig& c) { c.classifier.space = name; }; };
  const auto reference = [](const std::string& name) {
    return [name](SearchConfig& c) { c.classifier.reference = name; };
  };
  const std::vector<ResonantMistake> mistakes = {
      {"lacathode",
       {[](SearchConfig& c) { c.features.context = {}; }, "names 0 variables but lacathode", "context = [\"mjj\"]"}},
      {"lacathode", {[](SearchConfig& c) { c.regions.signal = ""; }, "signal is empty", "as an expression"}},
      {"cathode", {space("z"), "space = \"z\" does not fit method \"cathode\"", "choose \"x\""}},
      {"lacathode", {space("x"), "space = \"x\" does not fit method \"lacathode\"", "choose \"x_prime\" or \"z\""}},
      {"anode", {space("x_prime"), "space = \"x_prime\"", "choose \"x\""}},
      {"cwola", {space("z"), "space = \"z\"", "choose \"x\""}},
      {"supervised", {space("z"), "space = \"z\"", "choose \"x\""}},
      {"cathode", {reference("normal"), "reference = \"normal\"", "choose \"flow_samples\""}},
      {"lacathode", {reference("template"), "reference = \"template\"", "choose \"normal\" or \"control_region\""}},
      {"cwola", {reference("normal"), "reference = \"normal\"", "choose \"control_region\""}},
      {"idealized", {reference("normal"), "reference = \"normal\"", "choose \"true_background\""}},
      {"lacathode",
       {[](SearchConfig& c) { c.flow.training.keep_epochs = 3; }, "[flow] keep_epochs = 3",
        "leave it at 1 and raise [flow] members"}},
      {"lacathode", {[](SearchConfig& c) { c.classifier.members = 3; }, "members = 3", "make it a multiple"}},
      {"idealized",
       {[](SearchConfig& c) { c.benchmarks.background = ""; }, "compares data with true background", "add background"}},
      {"supervised", {[](SearchConfig& c) { c.benchmarks.signal = ""; }, "needs labelled signal", "add signal"}},
      {"supervised",
       {[](SearchConfig& c) { c.benchmarks.background = ""; }, "needs true background", "add background"}},
  };
  for (const auto& [method, mistake] : mistakes) {
    SearchConfig config = quick_resonant_config(method);
    config.benchmarks.background = "background.h5";
    config.benchmarks.signal = "signal.h5";
    ASSERT_NO_THROW(validate(config)) << method;
    mistake.make(config);
    test::expect_throws_with<base::InputError>([&] { validate(config); }, mistake.value, mistake.remedy);
  }
}

TEST(Validate, labels_of_the_data_stand_in_for_benchmark_files) {
  SearchConfig config = quick_resonant_config("supervised");
  config.data.label = "label";
  EXPECT_NO_THROW(validate(config));
}

}  // namespace
}  // namespace eddy::search
