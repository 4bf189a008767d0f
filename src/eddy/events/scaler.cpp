#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/base/options.hpp>
#include <eddy/base/parallel.hpp>
#include <eddy/events/scaler.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <utility>

namespace eddy::events {
namespace {

constexpr std::array<std::pair<ScalerKind, std::string_view>, 5> kNames = {{{ScalerKind::kStandard, "standard"},
                                                                            {ScalerKind::kMinMax, "minmax"},
                                                                            {ScalerKind::kLogit, "logit"},
                                                                            {ScalerKind::kLog, "log"},
                                                                            {ScalerKind::kQuantile, "quantile"}}};

constexpr double kMinMaxEdge = 2.5;    // features in (-2.5, 2.5), as arXiv:2311.12924 has them
constexpr double kLogitMargin = 1e-3;  // puts the extremes at logit +-6.9, about 4 sigma of a flat feature
constexpr double kLogMargin = 1e-2;    // smallest argument of the log, in units of mean - minimum
constexpr std::size_t kRowBlock = 8192;

void require_usable(const std::string& feature, std::span<const float> values) {
  if (values.empty()) {
    throw base::InputError(
        fmt::format("feature '{}' cannot be scaled: the sample to fit on has 0 events; loosen the selection", feature));
  }
  const auto bad = std::find_if(values.begin(), values.end(), [](float x) { return !std::isfinite(x); });
  if (bad != values.end()) {
    throw base::InputError(fmt::format("feature '{}' is {} in row {}; select events where it is finite", feature, *bad,
                                       bad - values.begin()));
  }
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  if (*low == *high) {
    throw base::InputError(
        fmt::format("feature '{}' has no spread: it is {} for all {} events; remove it from [features]", feature, *low,
                    values.size()));
  }
}

struct Moments {
  double mean = 0;
  double sigma = 0;
};

/// Values and what each counts; without weights, all the same.
struct Sample {
  std::span<const float> values;
  std::span<const float> weights;
  [[nodiscard]] double weight(std::size_t i) const { return weights.empty() ? 1.0 : weights[i]; }
};

/// Mean and standard deviation of `map(x)`, two passes in double.
template <class Map>
Moments moments_of(const Sample& sample, Map map) {
  double total = 0;
  double sum = 0;
  for (std::size_t i = 0; i < sample.values.size(); ++i) {
    total += sample.weight(i);
    sum += sample.weight(i) * map(sample.values[i]);
  }
  const double mean = sum / total;
  double sum_squares = 0;
  for (std::size_t i = 0; i < sample.values.size(); ++i) {
    const double distance = map(sample.values[i]) - mean;
    sum_squares += sample.weight(i) * (distance * distance);
  }
  return {mean, std::sqrt(sum_squares / total)};
}

/// The smallest shift that keeps x + offset above a small part of the spread, 0 for clearly positive samples.
double log_offset(const Sample& sample, double low) {
  const double mean = moments_of(sample, [](float x) { return static_cast<double>(x); }).mean;
  return std::max(0.0, kLogMargin * (mean - low) - low);
}

double logit_probability(double x, double low, double high) {
  return kLogitMargin + (1.0 - 2.0 * kLogitMargin) * ((x - low) / (high - low));
}

double logit(double p) { return std::log(p) - std::log1p(-p); }

}  // namespace

ScalerKind parse_scaler_kind(std::string_view name) {
  std::vector<std::string> known;
  for (const auto& [kind, text] : kNames) {
    if (text == name) {
      return kind;
    }
    known.emplace_back(text);
  }
  const std::string nearest = base::nearest_name(name, known);
  throw base::InputError(fmt::format("there is no scaler '{}'; use standard, minmax, logit, log or quantile{}", name,
                                     nearest.empty() ? "" : fmt::format(" (did you mean '{}'?)", nearest)));
}

std::string_view to_string(ScalerKind kind) {
  const auto found = std::find_if(kNames.begin(), kNames.end(), [&](const auto& entry) { return entry.first == kind; });
  assert(found != kNames.end());
  return found->second;
}

FeatureScaler FeatureScaler::fit(ScalerKind kind, std::string feature, std::span<const float> values,
                                 std::span<const float> weights) {
  require_usable(feature, values);
  FeatureScaler scaler;
  scaler.kind_ = kind;
  scaler.feature_ = std::move(feature);
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  scaler.low_ = *low;
  scaler.high_ = *high;
  if (kind == ScalerKind::kQuantile) {
    scaler.quantile_ = QuantileMap::fit(values);
    return scaler;
  }
  if (kind == ScalerKind::kMinMax) {
    scaler.shift_ = 0.5 * (static_cast<double>(*low) + *high);
    scaler.scale_ = (static_cast<double>(*high) - *low) / (2.0 * kMinMaxEdge);
    return scaler;
  }
  if (kind == ScalerKind::kLog) {
    scaler.offset_ = log_offset({values, weights}, *low);
  }
  const Moments moments = moments_of({values, weights}, [&](float x) { return scaler.stretch(x); });
  if (!(moments.sigma > 0) || !std::isfinite(moments.sigma)) {
    throw base::InputError(fmt::format(
        "feature '{}' has no spread among the events that have a weight; remove it from [features]", scaler.feature_));
  }
  scaler.shift_ = moments.mean;
  scaler.scale_ = moments.sigma;
  return scaler;
}

double FeatureScaler::stretch(double x) const {
  switch (kind_) {
    case ScalerKind::kLogit:
      return logit(logit_probability(x, low_, high_));
    case ScalerKind::kLog:
      return std::log(x + offset_);
    default:
      return x;
  }
}

double FeatureScaler::unstretch(double v) const {
  switch (kind_) {
    case ScalerKind::kLogit: {
      const double p = 1.0 / (1.0 + std::exp(-v));
      return low_ + (static_cast<double>(high_) - low_) * ((p - kLogitMargin) / (1.0 - 2.0 * kLogitMargin));
    }
    case ScalerKind::kLog:
      return std::exp(v) - offset_;
    default:
      return v;
  }
}

double FeatureScaler::log_stretch_slope(double x) const {
  switch (kind_) {
    case ScalerKind::kLogit: {
      const double p = logit_probability(x, low_, high_);
      return std::log((1.0 - 2.0 * kLogitMargin) / (static_cast<double>(high_) - low_)) - std::log(p) - std::log1p(-p);
    }
    case ScalerKind::kLog:
      return -std::log(x + offset_);
    default:
      return 0.0;
  }
}

float FeatureScaler::forward(float x) const {
  assert(!std::isnan(x));
  const float clipped = std::clamp(x, low_, high_);
  if (kind_ == ScalerKind::kQuantile) {
    return quantile_.forward(clipped);
  }
  return static_cast<float>((stretch(clipped) - shift_) / scale_);
}

float FeatureScaler::inverse(float u) const {
  assert(!std::isnan(u));
  if (kind_ == ScalerKind::kQuantile) {
    return quantile_.inverse(u);
  }
  return static_cast<float>(std::clamp<double>(unstretch(u * scale_ + shift_), low_, high_));
}

double FeatureScaler::log_jacobian(float x) const {
  assert(!std::isnan(x));
  const float clipped = std::clamp(x, low_, high_);
  if (kind_ == ScalerKind::kQuantile) {
    return quantile_.log_slope(clipped);
  }
  return log_stretch_slope(clipped) - std::log(scale_);
}

base::Json FeatureScaler::to_json() const {
  return {{"kind", to_string(kind_)}, {"feature", feature_}, {"low", low_},       {"high", high_},
          {"shift", shift_},          {"scale", scale_},     {"offset", offset_}, {"quantile", quantile_.to_json()}};
}

FeatureScaler FeatureScaler::from_json(const base::Json& json) {
  FeatureScaler scaler;
  scaler.kind_ = parse_scaler_kind(json.at("kind").get<std::string>());
  scaler.feature_ = json.at("feature").get<std::string>();
  scaler.low_ = json.at("low").get<float>();
  scaler.high_ = json.at("high").get<float>();
  scaler.shift_ = json.at("shift").get<double>();
  scaler.scale_ = json.at("scale").get<double>();
  scaler.offset_ = json.at("offset").get<double>();
  scaler.quantile_ = QuantileMap::from_json(json.at("quantile"));
  const bool has_range = scaler.low_ <= scaler.high_ && std::isfinite(scaler.low_) && std::isfinite(scaler.high_);
  const bool has_scale = std::isfinite(scaler.scale_) && scaler.scale_ > 0 && std::isfinite(scaler.shift_);
  if (!has_range || !has_scale || (scaler.kind_ == ScalerKind::kQuantile && scaler.quantile_.empty())) {
    throw base::InputError(fmt::format(
        "the scaler of '{}' has the range {} to {}, the scale {} and {} quantiles: its file is damaged; train "
        "the model again",
        scaler.feature_, scaler.low_, scaler.high_, scaler.scale_, scaler.quantile_.empty() ? "no" : "some"));
  }
  return scaler;
}

Scaler Scaler::fit(std::span<const ScalerKind> kinds, std::span<const std::string> features, base::MatrixView sample,
                   std::span<const float> weights) {
  assert(kinds.size() == sample.cols && features.size() == sample.cols);
  Scaler scaler;
  scaler.features_.resize(sample.cols);
  base::parallel_tasks(sample.cols, [&](std::size_t c) {
    std::vector<float> values(sample.rows);
    for (std::size_t r = 0; r < sample.rows; ++r) {
      values[r] = sample(r, c);
    }
    scaler.features_[c] = FeatureScaler::fit(kinds[c], features[c], values, weights);
  });
  return scaler;
}

void Scaler::require_features(std::size_t n) const {
  if (features_.size() != n) {
    throw base::InputError(fmt::format("a model of {} inputs has scalers of {}: its file is damaged; train it again", n,
                                       features_.size()));
  }
}

base::Matrix Scaler::forward(base::MatrixView x) const {
  assert(x.cols == features_.size());
  base::Matrix u(x.rows, x.cols);
  base::parallel_blocks(x.rows, kRowBlock, [&](std::size_t first, std::size_t last) {
    for (std::size_t r = first; r < last; ++r) {
      for (std::size_t c = 0; c < x.cols; ++c) {
        u(r, c) = features_[c].forward(x(r, c));
      }
    }
  });
  return u;
}

base::Matrix Scaler::inverse(base::MatrixView u) const {
  assert(u.cols == features_.size());
  base::Matrix x(u.rows, u.cols);
  base::parallel_blocks(u.rows, kRowBlock, [&](std::size_t first, std::size_t last) {
    for (std::size_t r = first; r < last; ++r) {
      for (std::size_t c = 0; c < u.cols; ++c) {
        x(r, c) = features_[c].inverse(u(r, c));
      }
    }
  });
  return x;
}

std::vector<double> Scaler::log_jacobian(base::MatrixView x) const {
  assert(x.cols == features_.size());
  std::vector<double> result(x.rows);
  base::parallel_blocks(x.rows, kRowBlock, [&](std::size_t first, std::size_t last) {
    for (std::size_t r = first; r < last; ++r) {
      for (std::size_t c = 0; c < x.cols; ++c) {
        result[r] += features_[c].log_jacobian(x(r, c));
      }
    }
  });
  return result;
}

std::vector<std::size_t> Scaler::count_clipped(base::MatrixView x) const {
  assert(x.cols == features_.size());
  std::vector<std::size_t> counts(x.cols, 0);
  for (std::size_t r = 0; r < x.rows; ++r) {
    for (std::size_t c = 0; c < x.cols; ++c) {
      counts[c] += features_[c].clips(x(r, c)) ? 1 : 0;
    }
  }
  return counts;
}

base::Json Scaler::to_json() const {
  base::Json json = base::Json::array();
  for (const FeatureScaler& feature : features_) {
    json.push_back(feature.to_json());
  }
  return json;
}

Scaler Scaler::from_json(const base::Json& json) {
  Scaler scaler;
  for (const base::Json& feature : json) {
    scaler.features_.push_back(FeatureScaler::from_json(feature));
  }
  return scaler;
}

}  // namespace eddy::events
