#include <eddy/base/artefact.hpp>
#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/classify/boosting_loss.hpp>
#include <eddy/classify/trees.hpp>

#include <fmt/format.h>
#include <xgboost/c_api.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <utility>

namespace eddy::classify {
namespace {

constexpr std::size_t kPredictBlock = 16384;  // rows per call: bounds the buffer that XGBoost keeps per thread
// Probabilities stay this far from 0 and 1 so that ratios p / (1 - p) are finite.
constexpr float kProbabilityMargin = std::numeric_limits<float>::epsilon();

// ---- the C API ----

void check(int status, const char* action) {
  if (status == 0) {
    return;
  }
  const std::string full = XGBGetLastError();  // further lines are a stack trace
  throw base::NumericError(fmt::format("XGBoost failed to {}: {}; report this with the configuration", action,
                                       full.substr(0, full.find('\n'))));
}

/// The way XGBoost reads a table: a description of its memory.
std::string array_interface(base::MatrixView x) {
  return fmt::format(
      R"({{"data": [{}, true], "shape": [{}, {}], "strides": [{}, {}], "typestr": "<f4", "version": 3}})",
      reinterpret_cast<std::uintptr_t>(x.data), x.rows, x.cols, x.stride * sizeof(float), sizeof(float));
}

/// XGBoost asks for the batches of a sample, several times over, and gets them through a proxy. Ours is one batch.
struct OneBatch {
  DMatrixHandle proxy = nullptr;
  std::string interface;
  std::span<const float> weight;
  bool given = false;
  int status = 0;
};

void restart(DataIterHandle batch) { static_cast<OneBatch*>(batch)->given = false; }

int give(DataIterHandle handle) {
  OneBatch& batch = *static_cast<OneBatch*>(handle);
  if (batch.given) {
    return 0;
  }
  batch.given = true;
  batch.status = XGProxyDMatrixSetDataDense(batch.proxy, batch.interface.c_str());
  if (batch.status == 0) {
    batch.status = XGDMatrixSetFloatInfo(batch.proxy, "weight", batch.weight.data(), batch.weight.size());
  }
  return batch.status == 0 ? 1 : 0;
}

void set_parameter(BoosterHandle booster, const char* name, const std::string& value) {
  check(XGBoosterSetParam(booster, name, value.c_str()), "take a parameter");
}

/// An event of weight 1 adds p (1 - p) = 1/4 to the curvature of the loss where the classes do not differ.
double min_child_weight(const TreeSettings& settings) { return 0.25 * static_cast<double>(settings.min_leaf_events); }

void set_parameters(BoosterHandle booster, const TreeSettings& settings, std::uint64_t seed) {
  set_parameter(booster, "verbosity", "0");
  set_parameter(booster, "validate_parameters", "1");
  set_parameter(booster, "nthread", "1");
  set_parameter(booster, "seed", std::to_string(seed % std::numeric_limits<std::int32_t>::max()));
  set_parameter(booster, "objective", "binary:logistic");
  set_parameter(booster, "base_score", "0.5");
  set_parameter(booster, "disable_default_eval_metric", "1");
  set_parameter(booster, "tree_method", "hist");
  set_parameter(booster, "grow_policy", "lossguide");
  set_parameter(booster, "max_depth", "0");
  set_parameter(booster, "max_leaves", std::to_string(settings.max_leaves));
  set_parameter(booster, "max_bin", std::to_string(settings.max_bins));
  set_parameter(booster, "learning_rate", fmt::format("{}", settings.learning_rate));
  set_parameter(booster, "reg_lambda", fmt::format("{}", settings.l2));
  set_parameter(booster, "min_child_weight", fmt::format("{}", min_child_weight(settings)));
  if (settings.feature_fraction < 1) {
    set_parameter(booster, "colsample_bytree", fmt::format("{}", settings.feature_fraction));
    set_parameter(booster, "seed_per_iteration", "1");  // whatever else this thread draws between two trees
  }
}

/// Log odds of all rows of the matrix that the booster grows trees on. XGBoost knows in which leaf each row ended, so
/// no tree is traversed.
std::span<const float> margins(BoosterHandle booster, DMatrixHandle matrix) {
  const bst_ulong* shape = nullptr;
  bst_ulong dimension = 0;
  const float* result = nullptr;
  check(XGBoosterPredictFromDMatrix(booster, matrix,
                                    R"({"type": 1, "training": false, "iteration_begin": 0, "iteration_end": 0,)"
                                    R"( "strict_shape": false})",
                                    &shape, &dimension, &result),
        "predict");
  return {result, dimension == 0 ? 0 : shape[0]};
}

// ---- boosting ----

void require_finite_loss(double loss, std::size_t iteration) {
  if (!std::isfinite(loss)) {
    throw base::NumericError(
        fmt::format("the validation loss of the trees is {} at iteration {}; lower learning_rate", loss, iteration));
  }
}

/// The first tree is grown on the largest gradients: where it finds no split, no later one does, and all scores are
/// equal.
void require_split(std::span<const float> log_odds, const TreeSettings& settings) {
  if (std::adjacent_find(log_odds.begin(), log_odds.end(), std::not_equal_to<>()) == log_odds.end()) {
    throw base::InputError(
        fmt::format("the first tree finds no split of {} training events, so all scores would be equal: every leaf "
                    "must hold [trees] "
                    "min_leaf_events = {} of them, and features must differ between events; lower min_leaf_events, "
                    "give more events "
                    "or other features",
                    log_odds.size(), settings.min_leaf_events));
  }
}

void grow_tree(BoosterHandle booster, DMatrixHandle matrix, BoostingLoss& loss) {
  const std::span<float> gradient = loss.gradient();
  check(XGBoosterBoostOneIter(booster, matrix, gradient.data(), loss.curvature().data(), gradient.size()),
        "grow a tree");
}

/// Boosts until the validation loss stops improving; returns the number of iterations to keep.
std::size_t boost(BoosterHandle booster, DMatrixHandle matrix, BoostingLoss& loss, const TreeSettings& settings,
                  const base::Monitor& monitor, LossCurves& losses) {
  const auto max_iterations = static_cast<std::size_t>(settings.max_iterations);
  const auto patience = static_cast<std::size_t>(settings.patience);
  loss.evaluate(margins(booster, matrix));
  std::size_t best = 1;
  for (std::size_t iteration = 1; iteration <= max_iterations && iteration - best <= patience; ++iteration) {
    monitor.check_stop();
    grow_tree(booster, matrix, loss);
    const std::span<const float> log_odds = margins(booster, matrix);
    if (iteration == 1) {
      require_split(log_odds, settings);
    }
    const BoostingLoss::Means means = loss.evaluate(log_odds);
    losses.train.push_back(means.train);
    losses.validation.push_back(means.validation);
    require_finite_loss(means.validation, iteration);
    if (means.validation < losses.validation[best - 1]) {
      best = iteration;
    }
  }
  return best;
}

// ---- prediction ----

void predict_block(BoosterHandle booster, base::MatrixView x, std::span<float> probabilities) {
  const bst_ulong* shape = nullptr;
  bst_ulong dimension = 0;
  const float* result = nullptr;
  check(XGBoosterPredictFromDense(booster, array_interface(x).c_str(),
                                  R"({"type": 0, "training": false, "iteration_begin": 0, "iteration_end": 0,)"
                                  R"( "strict_shape": false, "missing": NaN, "cache_id": 0})",
                                  nullptr, &shape, &dimension, &result),
        "predict");
  assert(dimension > 0 && shape[0] == x.rows);
  std::transform(result, result + x.rows, probabilities.begin(),
                 [](float p) { return std::clamp(p, kProbabilityMargin, 1.0F - kProbabilityMargin); });
}

std::string model_bytes(BoosterHandle booster) {
  bst_ulong length = 0;
  const char* bytes = nullptr;
  check(XGBoosterSaveModelToBuffer(booster, R"({"format": "ubj"})", &length, &bytes), "save the trees");
  return {bytes, length};
}

}  // namespace

void describe(TreeSettings& settings, base::OptionVisitor& visitor) {
  visitor.visit({"max_iterations", "largest number of boosting iterations, one tree each (CONRAD: 200)", 1, 100000},
                settings.max_iterations);
  visitor.visit({"max_leaves", "largest number of leaves of a tree (CONRAD: 61)", 2, 65536}, settings.max_leaves);
  visitor.visit({"learning_rate", "factor on each tree's contribution (CONRAD: 0.1)", 1e-6, 1}, settings.learning_rate);
  visitor.visit({"min_leaf_events", "smallest number of events, of mean weight, in a leaf (scikit-learn: 20)", 0, 1e9},
                settings.min_leaf_events);
  visitor.visit({"l2", "L2 penalty on leaf values (scikit-learn: 0)", 0, 1e9}, settings.l2);
  visitor.visit({"max_bins", "number of histogram bins per feature (scikit-learn: 255)", 2, 65535}, settings.max_bins);
  visitor.visit(
      {"validation_fraction", "part of the training events kept for early stopping (CONRAD: 0.25)", 0.01, 0.9},
      settings.validation_fraction);
  visitor.visit(
      {"patience", "iterations without a better validation loss before stopping (scikit-learn: 10)", 1, 100000},
      settings.patience);
  visitor.visit(
      {"feature_fraction",
       "part of the features that each tree sees, drawn anew for each (attribute bagging): below 1 where many "
       "features may be of no use",
       0.01, 1},
      settings.feature_fraction);
}

void QuantisedSample::MatrixDeleter::operator()(void* matrix) const { XGDMatrixFree(matrix); }

QuantisedSample::QuantisedSample(const LabelledEvents& events, std::int64_t max_bins)
    : n_features_(events.x.cols()), max_bins_(max_bins), label_(events.label), weight_(events.weight) {
  require_training_events(events.x, label_, weight_);
  if (label_.empty()) {
    throw base::InputError("the classifier got 0 data and 0 reference events; loosen the selection");
  }
  DMatrixHandle proxy = nullptr;
  check(XGProxyDMatrixCreate(&proxy), "start");
  const std::unique_ptr<void, MatrixDeleter> owner(proxy);
  const std::vector<float> balanced = balanced_weights(label_, weight_);
  OneBatch batch{proxy, array_interface(events.x), balanced};
  DMatrixHandle handle = nullptr;
  const int status = XGQuantileDMatrixCreateFromCallback(
      &batch, proxy, nullptr, restart, give,
      fmt::format(R"({{"missing": NaN, "nthread": 1, "max_bin": {}}})", max_bins).c_str(), &handle);
  matrix_.reset(handle);
  check(batch.status, "take the training events");
  check(status, "bin the training events");
}

void BoostedTrees::BoosterDeleter::operator()(void* booster) const { XGBoosterFree(booster); }

BoostedTrees::BoostedTrees(Booster booster, std::size_t n_features, std::size_t n_iterations, LossCurves losses)
    : booster_(std::move(booster)), n_features_(n_features), n_iterations_(n_iterations), losses_(std::move(losses)) {}

BoostedTrees BoostedTrees::fit(const QuantisedSample& sample, const TreeSettings& settings,
                               const base::RandomStream& stream, const base::Monitor& monitor) {
  if (sample.max_bins_ != settings.max_bins) {
    throw base::InputError(fmt::format("the sample has {} bins per feature but max_bins is {}; quantise it again",
                                       sample.max_bins_, settings.max_bins));
  }
  BoostingLoss loss(sample.label(),
                    draw_weighted_split(sample.label(), sample.weight(), settings.validation_fraction, stream));
  const DMatrixHandle matrix = sample.matrix_.get();
  BoosterHandle handle = nullptr;
  check(XGBoosterCreate(&matrix, 1, &handle), "start");
  const Booster all(handle);
  set_parameters(handle, settings, stream.bits_at(0));
  LossCurves losses;
  const std::size_t best = boost(handle, matrix, loss, settings, monitor, losses);

  BoosterHandle kept = nullptr;
  check(XGBoosterSlice(handle, 0, static_cast<int>(best), 1, &kept), "keep the best iteration");
  return {Booster(kept), sample.n_features(), best, std::move(losses)};
}

std::vector<float> BoostedTrees::predict(base::MatrixView x) const {
  if (x.cols != n_features_) {
    throw base::InputError(fmt::format(
        "the trees were fitted on {} features but are asked about {}; give the same features", n_features_, x.cols));
  }
  require_finite(x);
  std::vector<float> probabilities(x.rows);
  for (std::size_t first = 0; first < x.rows; first += kPredictBlock) {
    const std::size_t n_rows = std::min(kPredictBlock, x.rows - first);
    predict_block(booster_.get(), x.block(first, n_rows), std::span(probabilities).subspan(first, n_rows));
  }
  return probabilities;
}

base::Json BoostedTrees::to_json() const {
  return {{"model", base::pack_bytes(model_bytes(booster_.get()))},
          {"n_features", n_features_},
          {"n_iterations", n_iterations_},
          {"loss_train", losses_.train},
          {"loss_validation", losses_.validation}};
}

BoostedTrees BoostedTrees::from_json(const base::Json& json) {
  BoosterHandle handle = nullptr;
  check(XGBoosterCreate(nullptr, 0, &handle), "start");
  Booster booster(handle);
  set_parameter(handle, "verbosity", "0");
  const std::string bytes = base::unpack_bytes(json.at("model"));
  check(XGBoosterLoadModelFromBuffer(handle, bytes.data(), bytes.size()), "load the trees");
  set_parameter(handle, "nthread", "1");
  bst_ulong n_features = 0;
  check(XGBoosterGetNumFeature(handle, &n_features), "count the features");
  if (n_features != json.at("n_features").get<std::size_t>()) {
    throw base::InputError(
        fmt::format("trees of {} features are said to have {}: their file is damaged; train them again", n_features,
                    json.at("n_features").dump()));
  }
  return {std::move(booster), n_features, json.at("n_iterations").get<std::size_t>(),
          LossCurves{json.at("loss_train").get<std::vector<double>>(),
                     json.at("loss_validation").get<std::vector<double>>()}};
}

}  // namespace eddy::classify
