#include <report/synthetic_extrapolation.hpp>

#include <eddy/base/random.hpp>
#include <eddy/classify/roc.hpp>
#include <eddy/search/anomaly.hpp>
#include <eddy/search/evidence/template_count.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

namespace eddy::report_test {
namespace {

constexpr base::Seed kSeed{13};
constexpr std::size_t kFeatures = 2;  // mjj, tau21
constexpr std::size_t kColumns = kFeatures + 2;
constexpr std::size_t kModels = 2;
constexpr double kDataSlope = 200;  // GeV, of ht above 300 GeV
constexpr double kSimulationSlope = 220;
constexpr double kHtCut = 600;
constexpr double kMetCut = 75;

enum class Kind { kData, kSimulation, kSignal };

/// One event: mjj, tau21, ht, met.
std::array<double, kColumns> draw(base::RandomStream& stream, Kind kind) {
  const double slope = kind == Kind::kSimulation ? kSimulationSlope : kDataSlope;
  const double ht = 300 + (kind == Kind::kSignal ? 400 + 150 * stream.uniform() : -slope * std::log(stream.uniform()));
  const double met = kind == Kind::kSignal ? 100 + 60 * stream.uniform() : -60 * std::log(stream.uniform());
  const double mean = kind == Kind::kSimulation ? 0.55 : kind == Kind::kSignal ? 0.3 : 0.6;
  return {-400 * std::log(stream.uniform()), std::clamp(mean + 0.15 * stream.normal(), 0.0, 1.0), ht, met};
}

bool in_signal_region(const std::array<double, kColumns>& event) { return event[2] > kHtCut && event[3] > kMetCut; }

/// p_data / p_sim of the context, times data events per simulated event.
double weight_of(const std::array<double, kColumns>& event, const ExtrapolationOptions& options) {
  const double x = event[2] - 300;
  return static_cast<double>(options.n_background) / static_cast<double>(options.n_simulation) * kSimulationSlope /
         kDataSlope * std::exp(-x / kDataSlope + x / kSimulationSlope);
}

using EventList = std::vector<std::array<double, kColumns>>;

EventList draw_events(const std::string& name, Kind kind, std::size_t n) {
  base::RandomStream stream(kSeed, name);
  EventList events(n);
  std::ranges::generate(events, [&] { return draw(stream, kind); });
  return events;
}

EventList of_region(EventList events, bool signal_region) {
  std::erase_if(events, [&](const auto& event) { return in_signal_region(event) != signal_region; });
  return events;
}

base::Matrix matrix_of(const EventList& events, std::size_t first, std::size_t last) {
  base::Matrix matrix(events.size(), last - first);
  for (std::size_t i = 0; i < events.size(); ++i) {
    for (std::size_t c = first; c < last; ++c) {
      matrix(i, c - first) = static_cast<float>(events[i][c]);
    }
  }
  return matrix;
}

/// Data with scores that separate signal; efficiencies as if the constructed background scored like true background.
search::ScoredSample make_data(const EventList& background, const EventList& signal,
                               const ExtrapolationOptions& options) {
  base::RandomStream stream(kSeed, "scores");
  search::ScoredSample data;
  data.name = "data";
  EventList events = background;
  events.insert(events.end(), signal.begin(), signal.end());
  data.x = matrix_of(events, 0, kFeatures);
  data.context = matrix_of(events, kFeatures, kColumns);
  for (std::size_t i = 0; i < events.size(); ++i) {
    const bool is_signal = i >= background.size();
    const double u = is_signal ? std::pow(stream.uniform(), 6) : stream.uniform();
    data.index.push_back(i);
    data.in_signal_region.push_back(in_signal_region(events[i]) ? 1 : 0);
    if (options.stage == "sr") {
      data.background_efficiency.push_back(static_cast<float>(std::max(u, 1e-3)));
      data.score.push_back(static_cast<float>(1 - u));
    }
    if (options.with_labels) {
      data.truth.push_back(is_signal ? 1 : 0);
    }
  }
  return data;
}

/// The constructed background: each model has the simulated events of the region with features as data have them.
search::RegionComparison compare_region(const ExtrapolationOptions& options, const EventList& background,
                                        const EventList& simulation, bool signal_region) {
  base::RandomStream stream(kSeed, signal_region ? "constructed sr" : "constructed cr");
  const EventList simulated = of_region(simulation, signal_region);
  search::RegionComparison region{
      .region = signal_region ? "signal region" : "control region",
      .true_name = signal_region && options.with_labels ? "background in data (truth)" : "data"};
  region.truth = matrix_of(of_region(background, signal_region), 0, kColumns);
  region.simulation = matrix_of(simulated, 0, kColumns);
  const std::size_t n_models = signal_region ? kModels : 1;
  EventList constructed;
  for (std::size_t m = 0; m < n_models; ++m) {
    for (std::size_t i = 0; i < simulated.size(); ++i) {
      auto event = simulated[i];
      event[1] = std::clamp(0.6 + 0.15 * stream.normal(), 0.0, 1.0);
      constructed.push_back(event);
      region.weight.push_back(static_cast<float>(weight_of(event, options) / static_cast<double>(n_models)));
      region.source.push_back(i);
    }
  }
  region.constructed = matrix_of(constructed, 0, kColumns);
  return region;
}

search::WeightSummary summary_of(const search::RegionComparison& region) {
  double sum = 0;
  double squares = 0;
  double largest = 0;
  for (const double w : region.weight) {
    sum += w;
    squares += w * w;
    largest = std::max(largest, w);
  }
  const auto n = static_cast<double>(region.weight.size());
  return {.region = region.region,
          .kind = "w(m)",
          .n = region.weight.size(),
          .mean = sum / n,
          .largest = largest / (sum / n),
          .effective = sum * sum / squares,
          .n_clipped = 3,
          .n_at_edge = 11};
}

/// AUCs that scatter around `mean`, and a SIC near the random line.
search::ClosureTest closure_test(const std::string& region, const std::string& name, double mean) {
  base::RandomStream stream(kSeed, region + name);
  search::ClosureTest test{.region = region, .name = name, .n_true = 5000, .n_constructed = 9000, .auc = {}, .sic = {}};
  for (int run = 0; run < 10; ++run) {
    test.auc.push_back(mean + 0.004 * stream.normal());
  }
  for (int i = 0; i <= 20; ++i) {
    const double efficiency = std::pow(10.0, -0.1 * i);
    const double sic = std::sqrt(efficiency) * (1 + 4 * (mean - 0.5) * (1 - efficiency));
    test.sic.push_back({efficiency, sic, 0.9 * sic, 1.1 * sic});
  }
  return test;
}

double count(const search::ScoredSample& data, bool in_region, double efficiency, int truth) {
  double n = 0;
  for (std::size_t i = 0; i < data.size(); ++i) {
    const bool counts = (data.in_signal_region[i] == 1) == in_region && data.background_efficiency[i] <= efficiency;
    n += counts && (truth < 0 || data.truth[i] == truth) ? 1 : 0;
  }
  return n;
}

search::Abcd abcd_at(const search::ScoredSample& data, double efficiency) {
  search::Abcd abcd{.model = {.closure = 1, .closure_error = 0.03}};
  abcd.counts.a = count(data, true, efficiency, -1);
  abcd.counts.b = count(data, true, 1, -1) - abcd.counts.a;
  abcd.counts.c = count(data, false, efficiency, -1);
  abcd.counts.d = count(data, false, 1, -1) - abcd.counts.c;
  abcd.prediction = stats::predict_abcd(abcd.counts);
  abcd.s_over_sqrt_b = stats::s_over_sqrt_b(abcd.counts.a, abcd.prediction.predicted);
  const stats::AbcdFitOptions quick{.n_toys = 1000, .n_limit_toys = 200};
  abcd.fit = stats::fit_abcd(abcd.counts, abcd.model, base::RandomStream(kSeed, "fit"), quick);
  return abcd;
}

search::WorkingPoint working_point(const search::Finding& output, double n_expected, double efficiency,
                                   bool with_labels) {
  search::WorkingPoint point{.efficiency = efficiency, .thresholds = {1 - efficiency, 1 - 1.1 * efficiency}};
  point.observed = count(output.data, true, efficiency, -1);
  search::TemplatePrediction prediction{.predicted = n_expected * efficiency,
                                        .statistical_error = 2,
                                        .model_error = 1.5,
                                        .closure = 1.02,
                                        .closure_error = 0.02,
                                        .extrapolation_error = 0.05};
  prediction.error = std::hypot(2.5, prediction.predicted * std::hypot(0.02, 0.05));
  search::set_numbers(point, search::TemplateCount{prediction, abcd_at(output.data, efficiency)});
  if (with_labels) {
    point.true_background = count(output.data, true, efficiency, 0);
    point.true_signal = count(output.data, true, efficiency, 1);
  }
  return point;
}

search::ClosureCurve closure_curve(const std::string& name, const search::ScoredSample& data, bool in_region) {
  search::ClosureCurve curve{name, {}};
  const double n = count(data, in_region, 1, 0);
  for (int i = 0; i <= 16; ++i) {
    const double efficiency = std::pow(10.0, -0.125 * i);
    const double observed = count(data, in_region, efficiency, 0);
    curve.points.push_back({.efficiency = efficiency,
                            .predicted = n * efficiency,
                            .observed = observed,
                            .ratio = n * efficiency / observed,
                            .ratio_error = 0.03,
                            .observed_error = 1 / std::sqrt(observed)});
  }
  return curve;
}

search::Evaluation make_evaluation(const std::string& name, double shift) {
  base::RandomStream stream(kSeed, name);
  std::vector<float> background(8000);
  std::vector<float> signal(1500);
  std::ranges::generate(background, [&] { return static_cast<float>(stream.normal()); });
  std::ranges::generate(signal, [&] { return static_cast<float>(1.2 * stream.normal() + shift); });
  const std::vector<classify::RocPoint> curve = classify::roc_curve(background, signal);
  return {.name = name,
          .auc = classify::auc(background, signal),
          .sic = classify::summarise_sic(curve),
          .curve = classify::thin_curve(curve)};
}

search::TrainingCurve make_training(const std::string& name, double level) {
  search::TrainingCurve curve{name, {}, {}, 18};
  for (int epoch = 0; epoch < 20; ++epoch) {
    curve.train.push_back(level + std::exp(-0.4 * epoch) - 0.002 * epoch);
    curve.validation.push_back(curve.train.back() + 0.01);
  }
  return curve;
}

search::InputRecord make_input(const std::string& role, std::size_t n, std::size_t n_signal_region) {
  return {.role = role,
          .file = "data/darkqcd.h5",
          .sha256 = std::string(64, 'd'),
          .n_read = n + 200,
          .n_selected = n,
          .n_signal_region = n_signal_region,
          .n_control_region = n - n_signal_region,
          .n_dropped_nonfinite = 0,
          .n_clipped = {0, 1}};
}

void add_signal_region(const ExtrapolationOptions& options, const EventList& background, const EventList& simulation,
                       search::Finding& output) {
  output.regions.push_back(compare_region(options, background, simulation, true));
  output.weights.push_back(summary_of(output.regions.back()));
  output.weights.back().effective /= kModels;
  const std::vector<float>& weight = output.regions.back().weight;
  const double n_expected = std::accumulate(weight.begin(), weight.end(), 0.0);
  for (const double efficiency : {0.1, 0.01}) {
    output.working_points.push_back(working_point(output, n_expected, efficiency, options.with_labels));
  }
  if (options.with_labels) {
    output.closure_tests.push_back(closure_test("signal region", "Morph", 0.508));
    output.closure_tests.push_back(closure_test("signal region", "simulation", 0.56));
    output.closure_tests.push_back(closure_test("signal region", "idealized", 0.5));
    output.closure = {closure_curve("control region (held out)", output.data, false),
                      closure_curve("signal region, background in data (truth)", output.data, true)};
    output.evaluations = {make_evaluation("Morph", 1.5), make_evaluation("supervised", 2.2),
                          make_evaluation("idealized (x)", 1.8)};
  }
}

/// Constructed events that score as true background does: any efficiency as often as any other.
search::ShownBackground shown_background(const search::RegionComparison& region) {
  base::RandomStream stream(kSeed, "scores of constructed events");
  search::BackgroundEvents events{
      .columns = region.constructed, .weight = region.weight, .source = region.source, .background_efficiency = {}};
  for (std::size_t i = 0; i < region.weight.size(); ++i) {
    events.background_efficiency.push_back(static_cast<float>(stream.uniform()));
  }
  return {.name = "constructed background", .parts = {std::move(events)}};
}

}  // namespace

search::Finding synthetic_extrapolation(const ExtrapolationOptions& options) {
  EventList background = draw_events("background", Kind::kData, options.n_background);
  EventList signal = draw_events("signal", Kind::kSignal, options.n_injected);
  const EventList simulation = draw_events("simulation", Kind::kSimulation, options.n_simulation);
  if (options.stage == "cr") {
    background = of_region(background, false);
    signal = of_region(signal, false);
  }
  search::Finding output;
  output.method = "morph";
  output.family = "extrapolation";
  output.evidence = search::EvidenceKind::kTemplateCount;
  output.name = "darkqcd";
  output.seed = 13;
  output.features = {{"mjj", "GeV"}, {"tau21", ""}};
  output.contexts = {{"ht", "GeV"}, {"met", "GeV"}};
  output.context = output.contexts.front();
  output.signal_region = "ht > 600 && met > 75";
  output.n_injected = signal.size();
  output.is_blind = options.stage == "cr";
  output.n_models = kModels;
  output.data = make_data(background, signal, options);
  output.inputs = {make_input("data", background.size() + signal.size(),
                              static_cast<std::size_t>(std::ranges::count(output.data.in_signal_region, 1))),
                   make_input("simulation", simulation.size(), of_region(simulation, true).size())};
  output.regions = {compare_region(options, background, simulation, false)};
  output.weights = {summary_of(output.regions.front())};
  output.closure_tests = {closure_test("control region", "Morph", 0.501),
                          closure_test("control region", "simulation", 0.55),
                          closure_test("control region", "idealized", 0.5)};
  output.training = {make_training("weights 1", 0.6), make_training("base flow 1", 6.7)};
  if (options.stage == "sr") {
    add_signal_region(options, background, simulation, output);
  }
  search::judge(output);
  if (options.stage == "sr") {
    output.anomaly = search::describe_anomaly(output, shown_background(output.regions.back()), 20);
  }
  return output;
}

}  // namespace eddy::report_test
