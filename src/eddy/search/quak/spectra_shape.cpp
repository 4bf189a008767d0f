#include <eddy/base/error.hpp>
#include <eddy/search/quak/spectra_shape.hpp>
#include <eddy/stats/abcd_likelihood.hpp>
#include <eddy/stats/bump_fit.hpp>
#include <eddy/stats/bump_order.hpp>

#include <algorithm>
#include <array>
#include <boost/math/special_functions/gamma.hpp>
#include <limits>
#include <optional>

namespace eddy::search {
namespace {

constexpr std::size_t kLowestOrder = 3;  // the paper's
constexpr std::size_t kHighestOrder = 8;
constexpr std::size_t kFewestOfDijet = 3;
constexpr double kDescribed = 0.05;

/// Of order 0: the shape of the fewest parameters.
stats::BackgroundShape first_shape(const QuakSettings& settings) {
  const auto order = static_cast<std::size_t>(settings.order);
  if (settings.shape == "dijet") {
    return stats::DijetShape{settings.sqrt_s, order > 0 ? order : kFewestOfDijet};
  }
  return stats::BernsteinShape{order > 0 ? order : kLowestOrder};
}

/// P(chi2 of n degrees of freedom >= value).
double chi2_tail(double value, std::size_t n) {
  return boost::math::gamma_q(0.5 * static_cast<double>(n), 0.5 * value);
}

/// Of bins joined until five events are expected: with fewer, deviances do not follow a chi-squared distribution.
struct JoinedDeviance {
  double deviance = 0;
  std::size_t n_bins = 0;
};

JoinedDeviance joined_deviance(const stats::MassHistogram& spectrum, const std::vector<double>& mean,
                               const stats::BinRange& left_out) {
  constexpr double kFewestExpected = 5;
  JoinedDeviance joined;
  double observed = 0;
  double expected = 0;
  for (std::size_t i = 0; i < mean.size(); ++i) {
    if (i >= left_out.first && i < left_out.last) {
      continue;
    }
    observed += spectrum.counts[i];
    expected += mean[i];
    if (expected >= kFewestExpected) {
      joined.deviance += 2 * stats::poisson_half_deviance(observed, expected);
      ++joined.n_bins;
      observed = expected = 0;
    }
  }
  return joined;
}

/// Fits of one order to all spectra, beside the window.
struct FitsBeside {
  double deviance = 0;
  std::size_t n_spectra = 0;
  double joined_deviance = 0;
  std::size_t n_dof = 0;  ///< of the joined deviance
  [[nodiscard]] double goodness_of_fit() const {
    return n_dof > 0 ? chi2_tail(joined_deviance, n_dof) : std::numeric_limits<double>::quiet_NaN();
  }
};

FitsBeside fit_beside(const stats::MassWindow& window, const std::vector<stats::MassCategory>& spectra,
                      const stats::CategoryScan& scan, const stats::BackgroundShape& shape) {
  FitsBeside fits;
  for (std::size_t c = 0; c < spectra.size(); ++c) {
    if (!scan.categories[c].null) {
      continue;
    }
    const stats::SidebandPrediction beside = stats::predict_from_sidebands(spectra[c].histogram, shape, window);
    const stats::BinRange& inside = beside.signal_region;
    const std::size_t n_fitted = spectra[c].histogram.n_bins() - (inside.last - inside.first);
    const std::size_t n_parameters = n_fitted - beside.fit.quality.n_dof;
    const JoinedDeviance joined = joined_deviance(spectra[c].histogram, beside.fit.mean, inside);
    fits.deviance += beside.fit.quality.deviance;
    ++fits.n_spectra;
    if (joined.n_bins > n_parameters) {
      fits.joined_deviance += joined.deviance;
      fits.n_dof += joined.n_bins - n_parameters;
    }
  }
  return fits;
}

/// What is known of a shape.
struct TriedShape {
  double goodness_of_fit = std::numeric_limits<double>::quiet_NaN();
  double one_more_is_better = 1;  ///< p-value of the likelihood ratio
};

/// `one_more`: null where no other is to be compared with. Throws InputError where nothing can be fitted; NumericError.
TriedShape try_shape(const stats::BackgroundShape& shape, const stats::BackgroundShape* one_more,
                     const std::vector<stats::MassCategory>& spectra, const std::vector<double>& masses,
                     double relative_width) {
  const stats::CategoryScanOptions options{.shape = shape, .relative_width = relative_width, .n_toys = 0};
  const stats::CategoryScan scan = stats::scan_categories(spectra, masses, base::RandomStream({}, "no toys"), options);
  const stats::MassWindow window = window_of_excess(scan, relative_width);
  TriedShape tried;
  try {
    const FitsBeside fits = fit_beside(window, spectra, scan, shape);
    tried.goodness_of_fit = fits.goodness_of_fit();
    if (one_more != nullptr) {
      const FitsBeside more = fit_beside(window, spectra, scan, *one_more);
      tried.one_more_is_better = chi2_tail(std::max(0.0, fits.deviance - more.deviance), fits.n_spectra);
    }
  } catch (const base::NumericError&) {  // a fit beside the excess does not converge
  } catch (const base::InputError&) {    // hardly any bin is beside it, or fewer than parameters
  }
  return tried;
}

/// Of a shape that bins or events may not allow.
std::optional<TriedShape> try_if_possible(const stats::BackgroundShape& shape, const stats::BackgroundShape* one_more,
                                          const std::vector<stats::MassCategory>& spectra,
                                          const std::vector<double>& masses, double relative_width) {
  try {
    return try_shape(shape, one_more, spectra, masses, relative_width);
  } catch (const base::NumericError&) {
  } catch (const base::InputError&) {
  }
  return std::nullopt;
}

bool is_enough(const TriedShape& tried) {
  return !(tried.goodness_of_fit < kDescribed) && !(tried.one_more_is_better < kDescribed);
}

}  // namespace

void require_shape(const QuakSettings& settings, double low, double high) {
  static_cast<void>(stats::BinnedShape(first_shape(settings), std::array{low, high}));
}

stats::MassWindow window_of_excess(const stats::CategoryScan& scan, double relative_width) {
  constexpr double kWidths = 2.5;
  const double mass = scan.points[scan.best].mass;
  return {mass * (1 - kWidths * relative_width), mass * (1 + kWidths * relative_width)};
}

SpectraShape choose_shape(const std::vector<stats::MassCategory>& spectra, const std::vector<double>& masses,
                          const QuakSettings& settings) {
  const stats::BackgroundShape first = first_shape(settings);
  if (settings.order > 0) {
    return {first, try_shape(first, nullptr, spectra, masses, settings.width).goodness_of_fit};
  }
  std::optional<stats::BackgroundShape> next = stats::next_shape(first, kHighestOrder);
  TriedShape tried = try_shape(first, next ? &*next : nullptr, spectra, masses, settings.width);
  SpectraShape best{first, tried.goodness_of_fit};
  while (next && !is_enough(tried)) {
    const stats::BackgroundShape shape = *next;
    next = stats::next_shape(shape, kHighestOrder);
    const auto more = try_if_possible(shape, next ? &*next : nullptr, spectra, masses, settings.width);
    if (!more) {
      break;
    }
    if (tried.one_more_is_better < kDescribed || !(more->goodness_of_fit <= best.goodness_of_fit)) {
      best = {shape, more->goodness_of_fit};
    }
    tried = *more;
  }
  return best;
}

}  // namespace eddy::search
