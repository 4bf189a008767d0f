#include <eddy/base/error.hpp>
#include <eddy/stats/abcd_limit.hpp>
#include <eddy/stats/abcd_toys.hpp>
#include <eddy/stats/standard_normal.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace eddy::stats {
namespace {

constexpr double kStatisticTie = 1e-5;  // values of q closer than this belong to the same counts
constexpr std::size_t kGrid =
    24;  // signals tested below the largest limit: neighbouring CLs differ by a factor of about 1.5

/// q of the Asimov data of background only: they are fitted perfectly without signal.
double asimov_q(const AbcdProfile& null, const AbcdModel& model, double signal) {
  AbcdModel asimov = model;
  asimov.closure *= std::exp(model.closure_error * null.nuisances.pull);
  return 2 * profile_at(null.expected, asimov, signal).half_deviance;
}

double q_from(const AbcdCounts& counts, const AbcdModel& model, double signal, const AbcdBestFit& best) {
  return best.signal >= signal
             ? 0
             : 2 * std::max(0.0, profile_at(counts, model, signal).half_deviance - best.half_deviance);
}

/// Pseudo-experiments of one tested signal, in falling order of q, with weights for both hypotheses.
struct WeightedToy {
  double q = 0;
  double with_signal = 0;
  double background_only = 0;
};

std::vector<WeightedToy> weighted_toys(const AbcdToyMixture& mixture, const AbcdModel& model, double signal,
                                       std::size_t n_toys, const base::Monitor& monitor) {
  std::vector<WeightedToy> toys(n_toys);
  fit_toys(
      n_toys,
      [&](std::size_t i) {
        const AbcdToy toy = mixture.draw(i);
        toys[i] = {q_tilde(toy.counts, model_of(toy, model), signal), mixture.weight(toy, 0), mixture.weight(toy, 1)};
      },
      monitor);
  std::ranges::stable_sort(toys, std::ranges::greater{}, &WeightedToy::q);
  return toys;
}

/// CLs+b / CLb of the toys with q >= q_observed.
double cls_at(const std::vector<WeightedToy>& toys, double q_observed) {
  double with_signal = 0;
  double background_only = 0;
  for (const WeightedToy& toy : toys) {
    if (toy.q < q_observed - kStatisticTie) {
      break;
    }
    with_signal += toy.with_signal;
    background_only += toy.background_only;
  }
  return background_only > 0 ? std::min(1.0, with_signal / background_only) : 1;
}

/// q that background alone reaches with the probability Phi(band): a limit `band` sigma above the median.
double q_of_band(const std::vector<WeightedToy>& toys, double band) {
  double total = 0;  // n on average; the sum itself makes probability 1 attainable
  for (const WeightedToy& toy : toys) {
    total += toy.background_only;
  }
  const double wanted = upper_tail(-band) * total;
  double sum = 0;
  for (const WeightedToy& toy : toys) {
    sum += toy.background_only;
    if (sum >= wanted) {
      return toy.q;
    }
  }
  return toys.back().q;
}

/// CLs of one kind (data or a band) over the grid; it is 1 at signal 0.
struct Curve {
  std::vector<double> signal{0};
  std::vector<double> cls{1};

  void add(double s, double value) {
    signal.push_back(s);
    cls.push_back(value);
  }
  /// The last crossing, so that noise makes a limit weaker rather than stronger.
  [[nodiscard]] double crossing(double level) const {
    std::size_t i = cls.size() - 1;
    while (i > 0 && cls[i - 1] < level) {
      --i;
    }
    const double floor = 1e-12;  // CLs of 0 has no logarithm
    const double from = std::log(cls[i - 1]);
    const double to = std::log(std::max(cls[i], floor));
    return signal[i - 1] + (signal[i] - signal[i - 1]) * (from - std::log(level)) / (from - to);
  }
};

double largest(const AbcdLimit& values) {
  return std::max(values.observed, *std::ranges::max_element(values.expected));
}

}  // namespace

double q_tilde(const AbcdCounts& counts, const AbcdModel& model, double signal) {
  return q_from(counts, model, signal, bounded_best_fit(counts, model));
}

AbcdLimit asymptotic_cls(const AbcdCounts& counts, const AbcdModel& model, const AbcdProfile& null, double signal) {
  AbcdLimit cls{1, {1, 1, 1, 1, 1}};
  const double q_asimov = signal > 0 ? asimov_q(null, model, signal) : 0;
  if (q_asimov <= 0) {
    return cls;
  }
  cls.observed = asymptotic_cls(q_tilde(counts, model, signal), q_asimov);
  for (std::size_t i = 0; i < kBands.size(); ++i) {
    cls.expected[i] = expected_cls(q_asimov, kBands[i]);
  }
  return cls;
}

AbcdLimit asymptotic_limit(const AbcdCounts& counts, const AbcdModel& model, const AbcdProfile& null,
                           double confidence_level) {
  const AbcdBestFit best = bounded_best_fit(counts, model);
  return asymptotic_limit([&](double s) { return q_from(counts, model, s, best); },
                          [&](double s) { return asimov_q(null, model, s); }, 1.0, confidence_level,
                          [&](double searched_to) {
                            return fmt::format(
                                "the CLs limit of {} was not found below a signal of {}: check the leakage fractions "
                                "and the closure uncertainty",
                                describe(counts), searched_to);
                          });
}

AbcdLimit toy_cls(const AbcdCounts& counts, const AbcdModel& model, const AbcdProfile& null, double signal,
                  const base::RandomStream& stream, std::size_t n_toys, const base::Monitor& monitor) {
  const std::array sources{source_of(profile_at(counts, model, signal), model), source_of(null, model),
                           AbcdToySource{counts, std::log(model.closure)}};
  const AbcdToyMixture mixture(sources, model.closure_error, stream);
  const std::vector<WeightedToy> toys = weighted_toys(mixture, model, signal, n_toys, monitor);
  AbcdLimit cls;
  cls.observed = cls_at(toys, q_tilde(counts, model, signal));
  for (std::size_t i = 0; i < kBands.size(); ++i) {
    cls.expected[i] = cls_at(toys, q_of_band(toys, kBands[i]));
  }
  return cls;
}

AbcdLimit toy_limit(const AbcdCounts& counts, const AbcdModel& model, const AbcdProfile& null, double confidence_level,
                    const base::RandomStream& stream, std::size_t n_toys, const base::Monitor& monitor) {
  const double level = 1 - confidence_level;
  const double step = 1.2 * largest(asymptotic_limit(counts, model, null, confidence_level)) / kGrid;
  Curve observed;
  std::array<Curve, 5> expected;
  double worst = 1;
  for (std::size_t i = 1; i <= kGrid || worst >= level; ++i) {
    if (i > 20 * kGrid) {
      throw base::NumericError(fmt::format(
          "the CLs limit of {} was not found below a signal of {} with {} pseudo-experiments: raise their number",
          describe(counts), step * static_cast<double>(i), n_toys));
    }
    const double signal = step * static_cast<double>(i);
    const AbcdLimit cls = toy_cls(counts, model, null, signal, stream, n_toys, monitor);
    observed.add(signal, cls.observed);
    for (std::size_t j = 0; j < expected.size(); ++j) {
      expected[j].add(signal, cls.expected[j]);
    }
    worst = largest(cls);
  }
  AbcdLimit limit;
  limit.observed = observed.crossing(level);
  std::ranges::transform(expected, limit.expected.begin(), [&](const Curve& curve) { return curve.crossing(level); });
  return limit;
}

}  // namespace eddy::stats
