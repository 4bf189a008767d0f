#include <report/synthetic_output.hpp>

#include <eddy/base/random.hpp>
#include <eddy/classify/roc.hpp>
#include <eddy/search/anomaly.hpp>
#include <eddy/search/detector.hpp>
#include <eddy/search/evidence/abcd.hpp>
#include <eddy/stats/abcd.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>

namespace eddy::report_test {
namespace {

constexpr std::size_t kFeatures = 3;
constexpr float kContextCut = 1000;
constexpr base::Seed kSeed{7};

using Features = std::array<float, kFeatures>;

/// Jet mass falling, ratios of N-subjettiness as quarks and gluons have them; signal: a three-prong jet of 300 GeV.
Features draw_features(base::RandomStream& stream, bool is_signal) {
  const double mass = is_signal ? 300 + 25 * stream.normal() : 40 + 70 * -std::log(stream.uniform());
  const double tau21 = is_signal ? 0.55 + 0.12 * stream.normal() : 0.62 + 0.16 * stream.normal();
  const double tau32 = is_signal ? 0.50 + 0.10 * stream.normal() : 0.74 + 0.12 * stream.normal();
  return {static_cast<float>(std::max(5.0, mass)), static_cast<float>(std::clamp(tau21, 0.02, 1.0)),
          static_cast<float>(std::clamp(tau32, 0.02, 1.0))};
}

float draw_context(base::RandomStream& stream, bool is_signal) {
  const double scale = is_signal ? 420 : 145;
  return static_cast<float>(700 + scale * -std::log(stream.uniform()));
}

void append(search::ScoredSample& sample, base::RandomStream& stream, std::size_t row, bool is_signal) {
  const Features x = draw_features(stream, is_signal);
  for (std::size_t j = 0; j < kFeatures; ++j) {
    sample.x(row, j) = x[j];
    sample.latent(row, j) = static_cast<float>(stream.normal() + (is_signal ? 1.2 : 0.0));
  }
  sample.context(row, 0) = draw_context(stream, is_signal);
  sample.in_signal_region.push_back(sample.context(row, 0) > kContextCut ? 1 : 0);
  const double logit = 0.6 * stream.normal() + (is_signal ? 1.5 : 0.0);
  sample.score.push_back(static_cast<float>(1 / (1 + std::exp(-logit))));
  sample.truth.push_back(is_signal ? 1 : 0);
}

search::ScoredSample make_sample(const std::string& name, std::size_t n_background, std::size_t n_signal) {
  base::RandomStream stream(kSeed, name);
  search::ScoredSample sample;
  sample.name = name;
  sample.x = base::Matrix(n_background + n_signal, kFeatures);
  sample.context = base::Matrix(n_background + n_signal, 1);
  sample.latent = base::Matrix(n_background + n_signal, kFeatures);
  for (std::size_t row = 0; row < n_background + n_signal; ++row) {
    append(sample, stream, row, row >= n_background);
    sample.index.push_back(row);
  }
  return sample;
}

/// Fraction of `reference` (sorted, falling) that scores at least as high; never zero.
float efficiency_at(const std::vector<float>& reference, float score) {
  const auto above = std::upper_bound(reference.begin(), reference.end(), score, std::greater<>()) - reference.begin();
  const auto n = static_cast<double>(std::max<std::size_t>(reference.size(), 1));
  return static_cast<float>(std::clamp(static_cast<double>(above) / n, 1 / (n + 1), 1.0));
}

void set_efficiencies(search::ScoredSample& sample, const std::vector<float>& reference) {
  for (const float score : sample.score) {
    sample.background_efficiency.push_back(efficiency_at(reference, score));
  }
}

stats::AbcdCounts count_regions(const search::ScoredSample& sample, double efficiency, bool background_only) {
  stats::AbcdCounts counts;
  for (std::size_t i = 0; i < sample.size(); ++i) {
    if (background_only && sample.truth[i] == 1) {
      continue;
    }
    const bool passes = sample.background_efficiency[i] <= efficiency;
    const bool above = sample.in_signal_region[i] == 1;
    ++(above ? (passes ? counts.a : counts.b) : (passes ? counts.c : counts.d));
  }
  return counts;
}

search::WorkingPoint make_working_point(const search::ScoredSample& data, double efficiency, bool with_labels) {
  search::WorkingPoint point;
  point.efficiency = efficiency;
  point.thresholds = {0.81 - std::log10(efficiency) / 30, 0.815 - std::log10(efficiency) / 30};
  search::Abcd abcd{
      .counts = count_regions(data, efficiency, false),
      .model = {.closure = 1.0, .closure_error = 0.03, .leakage_b = 0.4, .leakage_c = 0.5, .leakage_d = 0.2}};
  abcd.prediction = stats::predict_abcd(abcd.counts);
  abcd.s_over_sqrt_b = stats::s_over_sqrt_b(abcd.counts.a, abcd.prediction.predicted);
  const stats::AbcdFitOptions quick{.n_toys = 2000, .n_limit_toys = 200};
  abcd.fit = stats::fit_abcd(abcd.counts, abcd.model, base::RandomStream(kSeed, "fit"), quick);
  search::set_numbers(point, abcd);
  if (with_labels) {
    point.true_background = count_regions(data, efficiency, true).a;
  }
  return point;
}

search::ClosurePoint make_closure_point(const search::ScoredSample& sample, double efficiency) {
  const stats::AbcdCounts counts = count_regions(sample, efficiency, true);
  const stats::AbcdPrediction prediction = stats::predict_abcd(counts);
  const double observed = std::max(counts.a, 1.0);
  return {.efficiency = efficiency,
          .predicted = prediction.predicted,
          .observed = counts.a,
          .ratio = prediction.predicted / observed,
          .ratio_error = prediction.error / observed,
          .observed_error = 1 / std::sqrt(observed)};
}

search::ClosureCurve make_closure(const std::string& name, const search::ScoredSample& sample) {
  search::ClosureCurve curve{name, {}};
  for (int i = 0; i <= 16; ++i) {
    curve.points.push_back(make_closure_point(sample, std::pow(10.0, -2.5 + 0.15 * i)));
  }
  return curve;
}

/// A benchmark: the same events with scores that separate by `shift` standard deviations.
search::Evaluation make_evaluation(const std::string& name, double shift) {
  base::RandomStream stream(kSeed, name);
  std::vector<float> background(30000);
  std::vector<float> signal(3000);
  std::generate(background.begin(), background.end(), [&] { return static_cast<float>(stream.normal()); });
  std::generate(signal.begin(), signal.end(), [&] { return static_cast<float>(1.3 * stream.normal() + shift); });
  const std::vector<classify::RocPoint> curve = classify::roc_curve(background, signal);
  return {.name = name,
          .auc = classify::auc(background, signal),
          .sic = classify::summarise_sic(curve),
          .curve = classify::thin_curve(curve)};
}

search::TrainingCurve make_training(const std::string& name, double level, double noise) {
  base::RandomStream stream(kSeed, name);
  search::TrainingCurve curve{name, {}, {}, 0};
  for (int epoch = 0; epoch < 30; ++epoch) {
    const double loss = level + 1.5 * std::exp(-0.4 * epoch) - 0.002 * epoch;
    curve.train.push_back(loss + noise * stream.normal());
    curve.validation.push_back(loss + 0.01 + noise * stream.normal());
  }
  const auto best = std::min_element(curve.validation.begin(), curve.validation.end());
  curve.best_epoch = static_cast<std::size_t>(best - curve.validation.begin());
  return curve;
}

search::InputRecord make_input(const std::string& role, const std::string& file, const search::ScoredSample& sample) {
  const auto n_signal_region = static_cast<std::size_t>(
      std::count(sample.in_signal_region.begin(), sample.in_signal_region.end(), std::uint8_t{1}));
  const std::size_t n = sample.size();
  return {.role = role,
          .file = file,
          .sha256 = std::string(64, role.front() == 'd' ? 'a' : 'b'),
          .n_read = n + 1200,
          .n_selected = n,
          .n_signal_region = n_signal_region,
          .n_control_region = n - n_signal_region,
          .n_dropped_nonfinite = 0,
          .n_clipped = {3, 0, 12}};
}

void add_labelled_results(search::Finding& output) {
  output.closure.push_back(make_closure("background in data (truth)", output.data));
  output.evaluations = {make_evaluation("CONRAD", 1.5), make_evaluation("supervised", 2.2),
                        make_evaluation("idealized (x)", 1.8), make_evaluation("idealized (z)", 1.2)};
}

/// Template of the signal region: thresholds are those of the whole template, of which it is a random part.
search::ShownBackground shown_template(const search::ScoredSample& sample) {
  const search::ScoredSample inside = take_events(sample, region_rows(sample, true));
  search::BackgroundEvents events{.columns = search::join_columns(inside.x, inside.context),
                                  .weight = std::vector<float>(inside.size(), 1.0F),
                                  .source = {},
                                  .background_efficiency = inside.background_efficiency};
  for (std::size_t i = 0; i < inside.size(); ++i) {
    events.source.push_back(i);
  }
  return {.name = "template", .parts = {std::move(events)}};
}

}  // namespace

search::Finding synthetic_output(const SyntheticOptions& options) {
  search::Finding output;
  output.method = "conrad";
  output.family = "conrad";
  output.name = "monojet";
  output.seed = 7;
  output.features = {{"m_j1", "GeV"}, {"tau21", ""}, {"tau32", ""}};
  output.context = {"met", "GeV"};
  output.contexts = {output.context};
  output.context_cut = kContextCut;
  output.signal_region = "met > 1000";
  output.selection = "met > 700 && pt_j1 > 500";
  output.classifier_space = "x_prime";
  output.reference = "control_region";
  output.data = make_sample("data", options.n_data, options.n_injected);
  output.template_sample = make_sample("template", options.n_template, 0);
  output.signal = make_sample("signal", 0, options.with_labels ? options.n_signal : 0);
  std::vector<float> reference = output.template_sample.score;
  std::sort(reference.begin(), reference.end(), std::greater<>());
  for (search::ScoredSample* sample : {&output.data, &output.template_sample, &output.signal}) {
    set_efficiencies(*sample, reference);
  }
  for (const double efficiency : {0.1, 0.01}) {
    output.working_points.push_back(make_working_point(output.data, efficiency, options.with_labels));
  }
  output.closure = {make_closure("held-out template", output.template_sample)};
  if (options.with_labels) {
    add_labelled_results(output);
    output.n_injected = options.n_injected;
    output.injected_s_over_sqrt_b = 1.9;
  } else {
    output.data.truth.clear();
    output.template_sample.truth.clear();
  }
  output.inputs = {make_input("data", "data/monojet.h5:data", output.data),
                   make_input("template", "data/monojet.h5:template", output.template_sample)};
  for (int i = 0; i < 5; ++i) {
    output.training.push_back(make_training("flow " + std::to_string(i + 1), 2.1 + 0.01 * i, 0.004));
  }
  output.gate = search::LatentGate{.auc = 0.5031, .auc_error = 0.0022, .limit = 0.507, .passed = true};
  if (options.with_warnings) {
    output.warnings = {"15 values of m_j1 lie outside the range seen in training and were moved to its edge",
                       "the closure uncertainty of 3 % is set by the statistics of the template"};
  }
  search::judge(output);
  output.anomaly = search::describe_anomaly(output, shown_template(output.template_sample), 20);
  return output;
}

}  // namespace eddy::report_test
