// All kinds of classifier go through the same laws.

#include "check_throws.hpp"

#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/classify/classifier.hpp>
#include <eddy/classify/roc.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

namespace eddy::classify {
namespace {

using testing::AllOf;
using testing::HasSubstr;

/// Reference N(0, 1)^2, data N((1, 0), 1): the log ratio is x1 - 1/2, the AUC Phi(1 / sqrt 2).
struct Sample : LabelledEvents {
  Sample(std::size_t n_reference, std::size_t n_data, std::uint64_t seed) {
    x = base::Matrix(n_reference + n_data, 2);
    base::fill_normal(base::RandomStream({seed}, "sample"), 0, x.values());
    label.assign(n_reference, 0);
    label.insert(label.end(), n_data, 1);
    weight.assign(label.size(), 1.0F);
    for (std::size_t i = n_reference; i < x.rows(); ++i) {
      x(i, 0) += 1;
    }
  }
};

constexpr double kTrueAuc = 0.76025;  // Phi(1 / sqrt 2)

ClassifierSettings settings_of(const std::string& kind) {
  ClassifierSettings settings;
  settings.kind = kind == "regularised mlp" ? "mlp" : kind;
  settings.mlp.batch_norm = kind == "regularised mlp";
  settings.mlp.dropout = kind == "regularised mlp" ? 0.1 : 0;
  settings.mlp.hidden = 16;
  settings.mlp.layers = 2;
  settings.mlp.training.epochs = 8;
  settings.mlp.training.keep_epochs = 3;
  return settings;
}

Classifier fit(const Sample& sample, const std::string& kind, std::uint64_t seed = 1) {
  const ClassifierSettings settings = settings_of(kind);
  return fit_classifier(prepare_events(sample, settings), settings, base::RandomStream({seed}, "member"), "member", {});
}

/// AUC on fresh events.
double test_auc(const Classifier& classifier) {
  const Sample test(20000, 20000, 99);
  const std::vector<float> scores = predict(classifier, test.x);
  const std::span<const float> all(scores);
  return auc(all.first(20000), all.last(20000));
}

class AnyClassifier : public testing::TestWithParam<const char*> {};

TEST_P(AnyClassifier, reaches_the_best_possible_separation) {
  // The statistical error of the AUC of 2 x 20,000 events is 0.0024; imperfect learning costs less than 0.005.
  EXPECT_NEAR(test_auc(fit(Sample(20000, 20000, 1), GetParam())), kTrueAuc, 0.01);
}

TEST_P(AnyClassifier, class_sizes_do_not_move_the_probabilities) {
  // Five times more reference than data: at x1 = 1/2 both are equally likely all the same.
  const Classifier classifier = fit(Sample(50000, 10000, 1), GetParam());
  base::Matrix x(400, 2);
  for (std::size_t i = 0; i < x.rows(); ++i) {
    x(i, 0) = 0.5F;
    x(i, 1) = -1 + 0.005F * static_cast<float>(i);
  }
  double mean = 0;
  for (const float p : predict(classifier, x)) {
    mean += p / 400;
  }
  EXPECT_NEAR(mean, 0.5, 0.05);  // without balance it would be 1/6
}

TEST_P(AnyClassifier, same_stream_same_bits_other_stream_other_classifier) {
  const Sample sample(3000, 3000, 1);
  const std::vector<float> once = predict(fit(sample, GetParam(), 1), sample.x);
  EXPECT_EQ(once, predict(fit(sample, GetParam(), 1), sample.x));
  const bool is_random = std::string(GetParam()) != "linear";
  EXPECT_EQ(once != predict(fit(sample, GetParam(), 2), sample.x), is_random);
}

TEST_P(AnyClassifier, stored_and_read_back_predicts_the_same_bits) {
  const Sample sample(3000, 3000, 1);
  const Classifier classifier = fit(sample, GetParam());
  const Classifier copy = classifier_from_json(base::Json::from_cbor(base::Json::to_cbor(to_json(classifier))));
  EXPECT_EQ(predict(copy, sample.x), predict(classifier, sample.x));
}

TEST(Mlp, of_another_layout_of_weights_is_refused) {
  base::Json json = to_json(fit(Sample(3000, 3000, 1), "mlp"));
  json["model"]["epochs"][0]["layout"] = 1;
  test::expect_throws_with<base::InputError>([&] { static_cast<void>(classifier_from_json(json)); }, "layout 1");
}

TEST_P(AnyClassifier, of_parts_that_do_not_belong_together_is_refused) {
  base::Json json = to_json(fit(Sample(3000, 3000, 1), GetParam()));
  if (json["model"].contains("scaler")) {
    json["model"]["scaler"].push_back(json["model"]["scaler"][0]);
  } else {
    json["model"]["n_features"] = 3;
  }
  test::expect_throws_with<base::InputError>([&] { static_cast<void>(classifier_from_json(json)); }, "damaged");
}

TEST(Mlp, without_its_shape_or_parameters_is_refused) {
  const base::Json stored = to_json(fit(Sample(3000, 3000, 1), "mlp"));
  for (const auto& [key, value] : std::vector<std::pair<std::string, base::Json>>{
           {"widths", base::Json::array()}, {"widths", {2}}, {"widths", {2, 8, 2}}, {"epochs", base::Json::array()}}) {
    base::Json json = stored;
    json["model"][key] = value;
    test::expect_throws_with<base::InputError>([&] { static_cast<void>(classifier_from_json(json)); }, "damaged");
  }
}

TEST_P(AnyClassifier, probabilities_stay_inside_zero_and_one_far_away) {
  base::Matrix x(2, 2);
  x(0, 0) = 1e6F;
  x(1, 0) = -1e6F;
  for (const float p : predict(fit(Sample(3000, 3000, 1), GetParam()), x)) {
    EXPECT_TRUE(p >= 0 && p <= 1) << p;
  }
}

TEST_P(AnyClassifier, an_empty_class_is_refused_with_both_counts) {
  try {
    (void)fit(Sample(3000, 0, 1), GetParam());
    FAIL();
  } catch (const base::InputError& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("0 data"), HasSubstr("3000 reference")));
  }
}

TEST_P(AnyClassifier, another_number_of_features_is_refused) {
  const base::Matrix x(5, 3);
  EXPECT_THROW((void)predict(fit(Sample(500, 500, 1), GetParam()), x), base::InputError);
}

INSTANTIATE_TEST_SUITE_P(Kinds, AnyClassifier, testing::Values("trees", "mlp", "regularised mlp", "linear"));

TEST(Mlp, needs_batches_to_normalise) {
  const Sample sample(300, 300, 1);
  MlpSettings settings = settings_of("regularised mlp").mlp;
  settings.training.batch_size = 1;
  try {
    (void)Mlp::fit(sample.x, sample.label, sample.weight, settings, base::RandomStream({1}, "m"), "m", {});
    FAIL();
  } catch (const base::InputError& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("batch_size is 1"), HasSubstr("raise it")));
  }
}

TEST(Mlp, averages_its_best_epochs) {
  const Sample sample(3000, 3000, 1);
  MlpSettings settings = settings_of("mlp").mlp;
  const Mlp mlp = Mlp::fit(sample.x, sample.label, sample.weight, settings, base::RandomStream({1}, "m"), "m", {});
  EXPECT_EQ(mlp.to_json().at("epochs").size(), 3U);
  EXPECT_EQ(mlp.losses().validation.size(), 8U);
}

}  // namespace
}  // namespace eddy::classify
