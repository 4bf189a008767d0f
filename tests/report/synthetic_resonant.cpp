#include <report/synthetic_resonant.hpp>

#include <eddy/base/random.hpp>
#include <eddy/classify/roc.hpp>
#include <eddy/search/anomaly.hpp>
#include <eddy/search/argos.hpp>
#include <eddy/search/config.hpp>
#include <eddy/search/evidence/bump.hpp>
#include <eddy/search/resonant/shown_sidebands.hpp>
#include <eddy/search/resonant/weighted_spectrum.hpp>
#include <eddy/stats/intervals.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>

namespace eddy::report_test {
namespace {

constexpr base::Seed kSeed{11};
constexpr std::size_t kFeatures = 4;
constexpr double kLowestMass = 2.6;
constexpr double kHighestMass = 5.6;
constexpr stats::MassWindow kWindow{3.3, 3.7};
constexpr stats::GaussianSignal kSignal{3.5, 0.1};

double draw_mass(base::RandomStream& stream, bool is_signal) {
  double mass = 0;
  while (mass < kLowestMass || mass >= kHighestMass) {
    mass = is_signal ? kSignal.mean + kSignal.width * stream.normal()
                     : kLowestMass * std::pow(stream.uniform(), -1.0 / 8);  // m^-9
  }
  return mass;
}

void append(search::ScoredSample& sample, base::RandomStream& stream, std::size_t row, bool is_signal) {
  const double mass = draw_mass(stream, is_signal);
  const double shift = is_signal ? 1.2 : 0.0;
  for (std::size_t j = 0; j < kFeatures; ++j) {
    sample.latent(row, j) = static_cast<float>(stream.normal() + shift);
  }
  sample.x(row, 0) = static_cast<float>(is_signal ? 0.1 + 0.01 * stream.normal() : -0.06 * std::log(stream.uniform()));
  sample.x(row, 1) =
      static_cast<float>(is_signal ? 0.4 + 0.02 * stream.normal() : -0.1 * std::log(stream.uniform()) + 0.05 * mass);
  sample.x(row, 2) = static_cast<float>(std::clamp(0.55 - 0.15 * shift + 0.18 * stream.normal(), 0.0, 1.0));
  sample.x(row, 3) = static_cast<float>(std::clamp(0.55 - 0.15 * shift + 0.18 * stream.normal(), 0.0, 1.0));
  sample.context(row, 0) = static_cast<float>(mass);
  sample.in_signal_region.push_back(mass >= kWindow.low && mass < kWindow.high ? 1 : 0);
  const double logit = 0.7 * stream.normal() + 1.4 * shift;
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

std::vector<float> signal_region_scores(const search::ScoredSample& data) {
  std::vector<float> scores;
  for (std::size_t i = 0; i < data.score.size(); ++i) {
    if (data.in_signal_region[i] == 1) {
      scores.push_back(data.score[i]);
    }
  }
  std::sort(scores.begin(), scores.end(), std::greater<>());
  return scores;
}

void set_efficiencies(search::ScoredSample& sample, const std::vector<float>& reference) {
  for (const float score : sample.score) {
    const auto above = std::upper_bound(reference.begin(), reference.end(), score, std::greater<>());
    const auto n = static_cast<double>(reference.size());
    const auto n_above = static_cast<double>(above - reference.begin());
    sample.background_efficiency.push_back(static_cast<float>(std::clamp(n_above / n, 1 / (n + 1), 1.0)));
  }
}

stats::MassHistogram histogram_of(const std::vector<double>& masses, std::size_t n_bins) {
  std::vector<double> edges;
  for (std::size_t i = 0; i <= n_bins; ++i) {
    edges.push_back(kLowestMass + (kHighestMass - kLowestMass) * static_cast<double>(i) / static_cast<double>(n_bins));
  }
  return stats::fill_histogram(std::move(edges), masses);
}

/// Bins of the tail are merged until each holds ten events, so that all toys converge.
stats::MassHistogram without_sparse_bins(const stats::MassHistogram& fine) {
  stats::MassHistogram merged{{fine.edges.front()}, {}};
  double sum = 0;
  for (std::size_t bin = 0; bin < fine.n_bins(); ++bin) {
    sum += fine.counts[bin];
    if (sum >= 10) {
      merged.edges.push_back(fine.edges[bin + 1]);
      merged.counts.push_back(sum);
      sum = 0;
    }
  }
  merged.edges.back() = fine.edges.back();
  merged.counts.back() += sum;
  return merged;
}

stats::MassScan scan_between(const stats::MassHistogram& spectrum, const stats::BackgroundShape& shape, double low,
                             double high, std::size_t n_masses, std::size_t n_toys) {
  std::vector<stats::GaussianSignal> signals;
  for (std::size_t i = 0; i < n_masses; ++i) {
    const double mass = low + (high - low) * static_cast<double>(i) / static_cast<double>(n_masses - 1);
    signals.push_back({mass, kSignal.width});
  }
  stats::ScanOptions options;
  options.n_toys = n_toys;
  return stats::scan_masses(spectrum, shape, signals, base::RandomStream(kSeed, "scan"), options);
}

search::BumpHunt hunt(const std::vector<double>& masses, std::size_t n_toys) {
  search::BumpHunt found;
  found.spectrum = without_sparse_bins(histogram_of(masses, 30));
  found.signal_bins = stats::bins_of(found.spectrum, kWindow);
  const stats::OrderChoice choice =
      stats::choose_order(found.spectrum, stats::DijetShape{.sqrt_s = 13, .n_parameters = 3}, kWindow);
  found.shape = stats::describe(choice.shape);
  found.background_shape = choice.shape;
  found.order_steps = choice.steps;
  found.prediction = stats::predict_from_sidebands(found.spectrum, choice.shape, kWindow);
  for (std::size_t bin = found.signal_bins.first; bin < found.signal_bins.last; ++bin) {
    found.observed += found.spectrum.counts[bin];
  }
  const double error = std::hypot(std::sqrt(found.prediction->total), found.prediction->total_error);
  found.counting_z = (found.observed - found.prediction->total) / error;
  found.counting_p_value = stats::to_p_value({found.counting_z}).value;
  found.signal_shape = kSignal;
  found.signal_template = stats::signal_template(kSignal, found.spectrum);
  found.signal = stats::fit_signal(found.spectrum, choice.shape, found.signal_template);
  found.scan = scan_between(found.spectrum, choice.shape, 2.8, 5.0, 45, n_toys);
  found.scan_signal_region = scan_between(found.spectrum, choice.shape, 3.3, 3.7, 9, n_toys);
  return found;
}

template <class Passes>
std::vector<double> masses_of(const search::ScoredSample& data, Passes passes) {
  std::vector<double> masses;
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (passes(i)) {
      masses.push_back(data.context(i, 0));
    }
  }
  return masses;
}

double labelled(const search::ScoredSample& data, double efficiency, std::uint8_t truth) {
  const auto n =
      masses_of(data, [&](std::size_t i) {
        return data.in_signal_region[i] == 1 && data.truth[i] == truth && data.background_efficiency[i] <= efficiency;
      }).size();
  return static_cast<double>(n);
}

search::WorkingPoint working_point(const search::ScoredSample& data, double efficiency,
                                   const ResonantOptions& options) {
  search::WorkingPoint point;
  point.efficiency = efficiency;
  search::set_numbers(point,
                      hunt(masses_of(data, [&](std::size_t i) { return data.background_efficiency[i] <= efficiency; }),
                           options.n_toys));
  if (efficiency < 1) {
    point.thresholds = {0.7 - std::log10(efficiency) / 20, 0.71 - std::log10(efficiency) / 20};
  }
  if (options.with_labels) {
    point.true_background = labelled(data, efficiency, 0);
    point.true_signal = labelled(data, efficiency, 1);
  }
  return point;
}

search::Evaluation make_evaluation(const std::string& name, double shift) {
  base::RandomStream stream(kSeed, name);
  std::vector<float> background(20000);
  std::vector<float> signal(2000);
  std::generate(background.begin(), background.end(), [&] { return static_cast<float>(stream.normal()); });
  std::generate(signal.begin(), signal.end(), [&] { return static_cast<float>(1.2 * stream.normal() + shift); });
  const std::vector<classify::RocPoint> curve = classify::roc_curve(background, signal);
  search::Evaluation evaluation{.name = name,
                                .auc = classify::auc(background, signal),
                                .sic = classify::summarise_sic(curve),
                                .curve = classify::thin_curve(curve)};
  for (int i = 0; i < 10; ++i) {
    classify::SicSummary alone = evaluation.sic;
    alone.max *= 0.92 + 0.04 * stream.normal();
    evaluation.retrainings.push_back({evaluation.auc - 0.01, alone});
  }
  for (const auto& point : evaluation.curve) {
    if (point.n_background >= classify::kMinBackgroundForSic) {
      const double sic = classify::significance_improvement(point);
      evaluation.band.push_back({point.efficiency_background, 0.93 * sic, 0.86 * sic, 0.99 * sic});
    }
  }
  return evaluation;
}

/// chi2/ndof at 21 efficiencies: 1 - e for a cut that does not sculpt, growing with `strength` for one that does.
std::vector<search::MedianBand> sculpting_points(double strength, double spread) {
  std::vector<search::MedianBand> points;
  for (int i = 0; i <= 20; ++i) {
    const double efficiency = std::pow(10.0, -0.1 * i);
    const double median = (1 - efficiency) * (1 + strength * std::sqrt(efficiency));
    points.push_back({efficiency, median, median * (1 - spread), median * (1 + spread)});
  }
  return points;
}

search::Sculpting make_sculpting(std::size_t n_events) {
  return {.events = "background in data (truth)",
          .n_events = n_events,
          .n_bins = 300,
          .curves = {{"LaCATHODE", sculpting_points(0.05, 0.05)}, {"idealized (x)", sculpting_points(30, 0.2)}},
          .random_subsets = sculpting_points(0, 0.08)};
}

std::vector<search::Spectrum> make_spectra(const search::ScoredSample& data) {
  base::RandomStream stream(kSeed, "spectra");
  std::vector<search::Spectrum> spectra = {
      {"all", 1, histogram_of(masses_of(data, [](std::size_t) { return true; }), 300)}};
  for (const double efficiency : {0.1, 0.01}) {
    const auto passes = [&](std::size_t i) {
      return data.truth[i] == 0 && data.background_efficiency[i] <= efficiency;
    };
    const auto sculpted = [&](std::size_t i) {
      return stream.uniform() < efficiency * std::exp(-0.5 * std::pow((data.context(i, 0) - 3.5) / 0.6, 2));
    };
    spectra.push_back({"LaCATHODE", efficiency, histogram_of(masses_of(data, passes), 300)});
    spectra.push_back({"idealized (x)", efficiency, histogram_of(masses_of(data, sculpted), 300)});
  }
  return spectra;
}

search::TrainingCurve make_training(const std::string& name, double level) {
  base::RandomStream stream(kSeed, name);
  search::TrainingCurve curve{name, {}, {}, 20};
  for (int epoch = 0; epoch < 30; ++epoch) {
    const double loss = level + 1.5 * std::exp(-0.4 * epoch) - 0.002 * epoch;
    curve.train.push_back(loss + 0.003 * stream.normal());
    curve.validation.push_back(loss + 0.01 + 0.003 * stream.normal());
  }
  return curve;
}

search::InputRecord make_input(const std::string& role, const search::ScoredSample& sample) {
  const auto n_signal_region = static_cast<std::size_t>(
      std::count(sample.in_signal_region.begin(), sample.in_signal_region.end(), std::uint8_t{1}));
  const std::size_t n = sample.size();
  return {.role = role,
          .file = "data/dijet.h5",
          .sha256 = std::string(64, 'c'),
          .n_read = n + 500,
          .n_selected = n,
          .n_signal_region = n_signal_region,
          .n_control_region = n - n_signal_region,
          .n_dropped_nonfinite = 0,
          .n_clipped = {0, 2, 0, 1}};
}

/// All events weighted by the likelihood ratios of their scores, in the bins of the hunt without a cut.
search::WeightedSpectrum make_weighted_spectrum(const search::Finding& output) {
  search::SearchConfig config;
  config.search.method = "lacathode";
  config.classifier.space = "z";
  search::BumpHunt all = *search::evidence_of<search::BumpHunt>(output);
  all.signal_template = stats::signal_template(kSignal, all.spectrum);
  return search::fit_weighted_spectrum(config, output.data, all, kWindow);
}

void add_bump_hunt(search::Finding& output, const ResonantOptions& options) {
  for (const double efficiency : {1.0, 0.1, 0.03}) {
    output.working_points.push_back(working_point(output.data, efficiency, options));
  }
  std::vector<float> of_template(40000);
  std::iota(of_template.begin(), of_template.end(), 0.0F);
  output.argos = search::argos_of(output.data.background_efficiency, output.data.in_signal_region,
                                  std::vector{search::ScoreCalibration(of_template)},
                                  {"samples of the sideband density", 40000}, kSeed);
  output.weighted_spectrum = make_weighted_spectrum(output);
  output.sculpting = make_sculpting(output.data.size());
  output.spectra = make_spectra(output.data);
}

void add_labelled_results(search::Finding& output, const ResonantOptions& options) {
  output.evaluations = {make_evaluation("LaCATHODE", 1.6), make_evaluation("supervised", 2.3),
                        make_evaluation("idealized (x)", 1.9), make_evaluation("idealized (z)", 1.7)};
  output.n_injected = options.n_injected;
  output.injected_s_over_sqrt_b = 2.2;
}

}  // namespace

search::Finding synthetic_resonant(const ResonantOptions& options) {
  search::Finding output;
  output.method = "lacathode";
  output.family = "resonant";
  output.evidence = search::EvidenceKind::kBump;
  output.name = "dijet";
  output.seed = 11;
  output.features = {{"m_j1", "TeV"}, {"dm", "TeV"}, {"tau21_j1", ""}, {"tau21_j2", ""}};
  output.context = {"m_jj", "TeV"};
  output.contexts = {output.context};
  output.signal_region = "m_jj > 3.3 && m_jj < 3.7";
  output.selection = "m_jj > 2.6 && m_jj < 5.6";
  output.signal_window = kWindow;
  output.classifier_space = "z";
  output.reference = "normal";
  output.n_folds = 2;
  output.n_retrainings = 10;
  output.data = make_sample("data", options.n_background, options.n_injected);
  output.signal = make_sample("signal", 0, options.with_labels ? 2000 : 0);
  output.n_scored = output.data.size();
  const std::vector<float> reference = signal_region_scores(output.data);
  set_efficiencies(output.data, reference);
  set_efficiencies(output.signal, reference);
  if (options.with_sidebands) {
    add_bump_hunt(output, options);
  }
  if (options.with_labels) {
    add_labelled_results(output, options);
  } else {
    output.data.truth.clear();
  }
  output.inputs = {make_input("data", output.data)};
  output.training = {make_training("flow 1", 2.1), make_training("flow 2", 2.12), make_training("classifier 1", 0.69)};
  output.gate = search::LatentGate{.auc = 0.503, .auc_error = 0.002, .limit = 0.507, .passed = true};
  search::judge(output);
  output.anomaly = search::describe_anomaly(output, search::shown_sidebands(output.data, kWindow), 20);
  return output;
}

void fail_fits(search::WorkingPoint& point) {
  auto hunt = std::get<search::BumpHunt>(point.evidence);
  hunt.shape.clear();
  hunt.order_steps.clear();
  hunt.prediction.reset();
  hunt.signal.reset();
  hunt.scan.reset();
  hunt.scan_signal_region.reset();
  hunt.counting_p_value = 1;
  hunt.counting_z = 0;
  hunt.failures = {"the background fit did not converge"};
  search::WorkingPoint failed{
      .efficiency = point.efficiency, .realised_efficiency = point.realised_efficiency, .thresholds = point.thresholds};
  failed.true_background = point.true_background;
  failed.true_signal = point.true_signal;
  search::set_numbers(failed, hunt);
  point = failed;
}

}  // namespace eddy::report_test
