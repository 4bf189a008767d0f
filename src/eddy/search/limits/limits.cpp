#include <eddy/base/error.hpp>
#include <eddy/search/families.hpp>
#include <eddy/search/limits/cut_limit.hpp>
#include <eddy/search/limits/limits.hpp>
#include <eddy/search/limits/passing_signal.hpp>
#include <eddy/search/limits/signal_search.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <limits>
#include <numeric>

namespace eddy::search {
namespace {

void require_settings(const LimitSettings& settings, double largest) {
  if (settings.n_repetitions < 2) {
    throw base::InputError(
        fmt::format("{} search with signal at each strength says nothing of how much efficiencies "
                    "scatter; give --repetitions 2 or more",
                    settings.n_repetitions));
  }
  if (!(largest >= 1)) {
    throw base::InputError(
        "of half of the signal events, the others being kept to measure efficiencies, none can be injected into the "
        "signal region: few of the weights lie there; check the selection and the units of --signal, or give more "
        "events");
  }
  for (const double strength : settings.strengths) {
    if (!(strength >= 1 && strength <= largest)) {
      throw base::InputError(
          fmt::format("--injections {} cannot be: of half of the signal events, the others being kept to measure "
                      "efficiencies, 1 to "
                      "{:.4g} in the signal region can be injected; give less, or a file with more events",
                      strength, largest));
    }
  }
}

std::vector<double> sorted_strengths(std::vector<double> strengths) {
  std::ranges::sort(strengths);
  const auto [first, last] = std::ranges::unique(strengths);
  strengths.erase(first, last);
  return strengths;
}

/// Whether the cut that would be quoted has all its limits.
bool is_complete(const LimitResult& result) {
  if (!result.best) {
    return false;
  }
  const CutLimit& cut = result.cuts[*result.best];
  return cut.observed && cut.expected.back();
}

std::optional<std::size_t> best_expected(const std::vector<CutLimit>& cuts) {
  constexpr std::size_t kMedian = 2;
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < cuts.size(); ++i) {
    const std::optional<double>& median = cuts[i].expected[kMedian];
    if (median && (!best || *median < *cuts[*best].expected[kMedian])) {
      best = i;
    }
  }
  return best;
}

std::string place_of(double efficiency) {
  return std::isnan(efficiency) ? "in the categories" : fmt::format("behind the cut at efficiency {}", efficiency);
}

/// An excess at the best cut may be signal, which the injected one then has for company.
void warn_of_excess(const std::vector<WorkingPoint>& points, LimitResult& result) {
  constexpr double kMild = 2;
  if (result.in_nulls || !result.best) {
    return;
  }
  const WorkingPoint& point = points[*result.best];
  if (point.z >= kMild) {
    result.warnings.push_back(fmt::format(
        "the data have an excess of Z = {:.1f} {}: if it is signal, what was injected had "
        "company, efficiencies are those of more signal than was injected, and neither limit nor interval can be "
        "quoted; "
        "use --into nulls",
        point.z, place_of(point.efficiency)));
  }
}

void warn_of_failures(LimitResult& result) {
  const auto failed = [](const Injection& injection) { return !injection.failure.empty(); };
  const auto first = std::ranges::find_if(result.injections, failed);
  if (first != result.injections.end()) {
    result.warnings.push_back(fmt::format("{} of {} searches with signal failed, the first with: {}",
                                          std::ranges::count_if(result.injections, failed), result.injections.size(),
                                          first->failure));
  }
}

/// A fit that finds much less, or more, than there is: corrected, and to be known.
void warn_of_response(LimitResult& result) {
  constexpr double kMuch = 0.1;
  constexpr double kSigmas = 2.5;
  for (const CutLimit& cut : result.cuts) {
    const double off = std::abs(cut.response.slope - 1);
    if (cut.response.is_measured && off > std::max(kMuch, kSigmas * cut.response.slope_error)) {
      result.warnings.push_back(fmt::format(
          "{} the fit finds {:.0f} % of the signal that passes ({:.2f} ± {:.2f}), which limits correct: {}",
          place_of(cut.efficiency), 100 * cut.response.slope, cut.response.slope, cut.response.slope_error,
          std::isnan(cut.efficiency)
              ? "the polynomials of the background follow a part of it ([quak] order, fit_range), or it has few events "
                "that "
                "say how it is spread over masses and categories"
              : "signal leaks into the events that predict the background ([statistics] leakage_b, leakage_c, "
                "leakage_d), or has another shape than [bump_hunt] says"));
    }
  }
}

/// A fit that finds signal, or less than none, where there is nothing: limits are off by about as much.
void warn_of_offset(const std::vector<std::vector<std::optional<stats::PassingSignal>>>& nulls, LimitResult& result) {
  constexpr std::size_t kFewest = 10;
  constexpr double kMuch = 0.5;  // of the error of one search
  constexpr double kSigmas = 3;
  for (std::size_t cut = 0; cut < result.cuts.size(); ++cut) {
    std::vector<double> fitted;
    double error = 0;
    for (const auto& of_cuts : nulls) {
      if (cut < of_cuts.size() && of_cuts[cut]) {
        fitted.push_back(of_cuts[cut]->fitted);
        error += of_cuts[cut]->error;
      }
    }
    if (fitted.size() < kFewest) {
      continue;
    }
    const auto n = static_cast<double>(fitted.size());
    const double mean = std::accumulate(fitted.begin(), fitted.end(), 0.0) / n;
    double squares = 0;
    for (const double value : fitted) {
      squares += (value - mean) * (value - mean);
    }
    const double mean_error = std::sqrt(squares / (n * (n - 1)));
    if (std::abs(mean) > std::max(kMuch * error / n, kSigmas * mean_error)) {
      const double efficiency = result.cuts[cut].efficiency;
      result.warnings.push_back(fmt::format(
          "{}, without signal the fit finds {:.1f} ± {:.1f} events in {} null experiments: limits are too {} by about "
          "as much; {}",
          place_of(efficiency), mean, mean_error, fitted.size(), mean < 0 ? "strong" : "weak",
          std::isnan(efficiency) ? "raise [quak] order, or narrow fit_range" : "look at closure and validation"));
    }
  }
}

/// What the limits of all cuts are made from.
struct Sources {
  const Search& search;  ///< with what signal is added to
  const Finding& finding;
  const std::vector<WorkingPoint>& points;  ///< of the finding, with what they say of the signal
  const LimitSignal& signal;
  const LimitSettings& settings;
  const SignalRun* run = nullptr;
  std::optional<NullGenerator> nulls = {};
  std::vector<std::vector<std::optional<stats::PassingSignal>>> null_signals = {};
};

/// Processes that share the store go on to the next strength where others are at one.
void add_strengths(const Sources& sources, const std::vector<double>& strengths, LimitResult& result) {
  const Search& search = sources.search;
  std::vector<std::vector<Injection>> injections(strengths.size());
  base::for_each_task(
      strengths.size(), search.store, base::AtOnce::kOne, [&](std::size_t i, const base::TaskStore& store) {
        const Search shared{search.inputs, search.config, store, search.monitor};
        const InjectionBase base{shared, sources.signal, sources.finding,
                                 sources.settings.in_nulls ? &sources.nulls.value() : nullptr, sources.run};
        injections[i] = inject(base, strengths[i], sources.settings.n_repetitions);
      });
  for (std::vector<Injection>& of_strength : injections) {
    std::ranges::move(of_strength, std::back_inserter(result.injections));
  }
}

void solve_cuts(const Sources& sources, LimitResult& result) {
  result.cuts.clear();
  for (std::size_t cut = 0; cut < sources.points.size(); ++cut) {
    std::vector<std::optional<stats::PassingSignal>> nulls;
    for (const auto& of_cuts : sources.null_signals) {
      if (cut < of_cuts.size() && of_cuts[cut]) {
        nulls.push_back(of_cuts[cut]);
      }
    }
    result.cuts.push_back(limit_at_cut(sources.points[cut], cut, result.injections, nulls));
  }
  result.best = best_expected(result.cuts);
}

/// What null experiments say of the signal where each search is made with it: those with a strength of 0.
std::vector<std::vector<std::optional<stats::PassingSignal>>> signals_sought_in_nulls(const Sources& sources) {
  const InjectionBase base{sources.search, sources.signal, sources.finding, &sources.nulls.value(), sources.run};
  std::vector<std::vector<std::optional<stats::PassingSignal>>> signals;
  for (const Injection& experiment :
       inject(base, 0, static_cast<std::size_t>(sources.search.config.calibration.experiments))) {
    std::vector<std::optional<stats::PassingSignal>>& of_cuts = signals.emplace_back();
    std::ranges::transform(experiment.cuts, std::back_inserter(of_cuts), &InjectedCut::signal);
  }
  return signals;
}

void make_nulls(Sources& sources) {
  const Search& search = sources.search;
  const bool has_experiments = search.config.calibration.experiments > 0;
  if ((sources.settings.in_nulls || has_experiments) && has_null_experiments(search.config)) {
    sources.nulls = rules_of(search.config).nulls(search, sources.finding);
  }
  if (has_experiments && sources.nulls) {
    sources.null_signals = sources.run != nullptr ? signals_sought_in_nulls(sources)
                                                  : signals_of_nulls(search, *sources.nulls, sources.finding);
  }
}

LimitResult limits_of(const Sources& sources) {
  constexpr int kMostFurther = 3;
  const LimitSettings& settings = sources.settings;
  const double largest = std::floor(largest_strength(sources.signal));
  LimitResult result{.signal_file = sources.signal.record.file,
                     .signal_sha256 = sources.signal.record.sha256,
                     .base = settings.in_nulls ? sources.nulls->source : "the data of the search",
                     .in_nulls = settings.in_nulls,
                     .in_region = sources.signal.in_region,
                     .n_repetitions = settings.n_repetitions};
  const bool is_chosen = settings.strengths.empty();
  const auto n_data = static_cast<double>(std::ranges::count(sources.search.inputs.data.in_signal_region, 1));
  std::vector<double> strengths = is_chosen ? strengths_for(sources.points, n_data, largest, settings.n_strengths)
                                            : sorted_strengths(settings.strengths);
  std::vector<double> first = strengths;
  first.insert(first.begin(), 0);
  add_strengths(sources, first, result);
  solve_cuts(sources, result);
  for (int i = 0; is_chosen && i < kMostFurther && !is_complete(result) && 2 * strengths.back() <= largest; ++i) {
    strengths.push_back(2 * strengths.back());
    add_strengths(sources, {strengths.back()}, result);
    solve_cuts(sources, result);
  }
  warn_of_failures(result);
  warn_of_excess(sources.points, result);
  warn_of_response(result);
  warn_of_offset(sources.null_signals, result);
  return result;
}

}  // namespace

const char* to_string(NoLimit why) {
  constexpr std::array kWords = {"none", "no_fit", "no_response", "no_injection", "not_excluded"};
  return kWords.at(static_cast<std::size_t>(why));
}

bool has_limits(const SearchConfig& config) {
  const bool seeks_nothing = rules_of(config).evidence == EvidenceKind::kCategories && config.features.context.empty();
  return !seeks_nothing && config.classifier.reference != "true_background";
}

std::vector<double> strengths_for(const std::vector<WorkingPoint>& points, double n_data, double largest,
                                  std::size_t n) {
  constexpr double kRoots = 10;
  double low = std::numeric_limits<double>::infinity();
  for (const WorkingPoint& point : points) {
    const std::optional<stats::PassingSignal> median = expected_passing_signal(point, 2);
    low = median ? std::min(low, median->upper_limit) : low;
  }
  low = std::isfinite(low) ? low : 1;
  const double high = std::min(largest, std::max(kRoots * std::sqrt(n_data), 4 * low));
  low = std::clamp(low, 1.0, std::max(1.0, 0.5 * high));
  std::vector<double> strengths;
  for (std::size_t i = 0; i < n; ++i) {
    const double fraction = n > 1 ? static_cast<double>(i) / static_cast<double>(n - 1) : 1;
    strengths.push_back(std::round(low * std::pow(high / low, fraction)));
  }
  return sorted_strengths(strengths);
}

LimitResult find_limits(const Search& search, const Finding& finding, const LimitSignal& signal,
                        const LimitSettings& settings) {
  require_settings(settings, std::floor(largest_strength(signal)));
  const auto seek = rules_of(search.config).seek_signal;
  if (seek == nullptr) {
    Sources sources{search, finding, finding.working_points, signal, settings};
    make_nulls(sources);
    return limits_of(sources);
  }
  const SignalSearch sought = seek(search, finding, signal);
  const Search with_its_inputs{*sought.inputs, search.config, search.store, search.monitor};
  Sources sources{with_its_inputs, finding, sought.points, sought.signal, settings, &sought.run};
  make_nulls(sources);
  LimitResult result = limits_of(sources);
  result.anew = sought.anew;
  return result;
}

}  // namespace eddy::search
