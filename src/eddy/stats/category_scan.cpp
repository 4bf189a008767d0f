#include <eddy/base/cpu_stages.hpp>
#include <eddy/base/error.hpp>
#include <eddy/base/infinity.hpp>
#include <eddy/base/parallel.hpp>
#include <eddy/stats/bump_scan.hpp>
#include <eddy/stats/category_scan.hpp>
#include <eddy/stats/common_scan.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <numeric>

namespace eddy::stats {
namespace {

constexpr std::size_t kBlock = 4;           // toys per parallel task
constexpr double kSignificanceTie = 1e-5;   // significances closer than this are equal
constexpr double kLeastSignalInside = 0.5;  // of the signal, for a category to take part at its mass
constexpr unsigned kCounterBits = 40;       // random numbers of one category: 2^40
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();  // a category that takes no part

/// A category that takes part: one model per mass, without a template where the category takes no part.
struct Spectrum {
  std::size_t number = 0;  ///< in the order given
  std::vector<BumpModel> models;
  BumpData data;
  BumpMinimum null;
};

double total(const std::vector<double>& counts) { return std::accumulate(counts.begin(), counts.end(), 0.0); }

void require_masses(const std::vector<double>& masses) {
  for (const double mass : masses) {
    if (!(mass > 0) || std::isinf(mass)) {
      throw base::InputError(
          fmt::format("a mass of the scan is {}: give finite masses above 0 in the unit of the histograms", mass));
    }
  }
}

void require_arguments(const std::vector<MassCategory>& categories, const std::vector<double>& masses,
                       const CategoryScanOptions& options) {
  if (categories.empty() || masses.empty()) {
    throw base::InputError(
        fmt::format("a scan of {} categories over {} masses finds nothing: give at least one of each",
                    categories.size(), masses.size()));
  }
  if (!(options.relative_width > 0 && options.relative_width < 1)) {
    throw base::InputError(fmt::format(
        "the relative width of the signal must lie between 0 and 1 but is {}: write 0.03 for 3 % of the mass",
        options.relative_width));
  }
  if (!(options.min_events > 0)) {
    throw base::InputError(fmt::format(
        "the smallest number of events of a category must be above 0 but is {}: write 20", options.min_events));
  }
  require_masses(masses);
  require_shares(options.shares, categories.size());
}

/// The template of a mass, empty when most of the signal lies outside the bins.
std::vector<double> template_at(const GaussianSignal& signal, const MassHistogram& histogram) {
  const bool outside = signal.mean + signal.width <= histogram.edges.front() ||
                       signal.mean - signal.width >= histogram.edges.back();  // what signal_template would refuse
  if (outside) {
    return {};
  }
  std::vector<double> fractions = signal_template(signal, histogram);
  return total(fractions) < kLeastSignalInside ? std::vector<double>() : fractions;
}

Spectrum make_spectrum(const MassHistogram& histogram, std::size_t number, const std::vector<double>& masses,
                       const CategoryScanOptions& options) {
  const std::vector<bool> all(histogram.n_bins(), true);
  const BumpProblem background = make_problem(histogram, options.shape, {}, {}, all);
  Spectrum spectrum;
  spectrum.number = number;
  spectrum.data = background.data;
  for (const double mass : masses) {
    spectrum.models.push_back(
        {background.model.background, template_at({mass, options.relative_width * mass}, histogram), {}});
  }
  spectrum.null = minimise(background.model, background.data, {}, starting_point(background.model, background.data));
  return spectrum;
}

CategoryPoint category_point(const BumpModel& model, const BumpData& data, const BumpMinimum& null) {
  CategoryPoint point;
  if (model.signal.empty()) {
    return point;
  }
  const BumpDiscovery discovery = discover(model, data, null);
  point.used = discovery.best.converged;
  if (point.used) {
    point.strength = discovery.best.point.parameters[model.background.n_coordinates()];
    point.strength_error = discovery.strength_error;
    point.z = discovery.signed_root;
    point.p_value = to_p_value({point.z}).value;
  }
  return point;
}

/// Fits one category; adds it to `spectra` when it takes part.
CategoryFit fit_category(const MassCategory& category, std::size_t number, const std::vector<double>& masses,
                         const CategoryScanOptions& options, std::vector<Spectrum>& spectra) {
  check_binning(category.histogram);
  CategoryFit fit;
  fit.name = category.name;
  fit.n_events = total(category.histogram.counts);
  if (!(fit.n_events >= options.min_events)) {
    fit.left_out = fmt::format("{} events, fewer than {}", fit.n_events, options.min_events);
    return fit;
  }
  Spectrum spectrum = make_spectrum(category.histogram, number, masses, options);
  if (!spectrum.null.converged) {
    fit.left_out = fmt::format("the background fit ({}) did not converge", describe(options.shape));
    return fit;
  }
  const BumpProblem background{{spectrum.models.front().background, {}, {}}, spectrum.data};
  fit.null = quote(background, options.shape, spectrum.null, "the background");
  for (const BumpModel& model : spectrum.models) {
    fit.points.push_back(category_point(model, spectrum.data, spectrum.null));
    fit.n_failed += !fit.points.back().used && !model.signal.empty() ? 1 : 0;
  }
  spectra.push_back(std::move(spectrum));
  return fit;
}

/// Fisher's combination of the significances that are not NaN; none when all are.
std::optional<FisherCombination> combine(const std::vector<double>& roots) {
  std::vector<Significance> used;
  for (const double root : roots) {
    if (!std::isnan(root)) {
      used.push_back({root});
    }
  }
  return used.empty() ? std::nullopt : std::optional(combine_fisher(std::span<const Significance>(used)));
}

std::vector<CombinedPoint> combine_points(const std::vector<CategoryFit>& categories,
                                          const std::vector<double>& masses) {
  std::vector<CombinedPoint> points;
  for (std::size_t m = 0; m < masses.size(); ++m) {
    std::vector<double> roots;
    for (const CategoryFit& category : categories) {
      roots.push_back(!category.points.empty() && category.points[m].used ? category.points[m].z : kNone);
    }
    CombinedPoint point{masses[m], 0, {}, 1};
    if (const auto fisher = combine(roots)) {
      point.n_categories = fisher->n;
      point.fisher = *fisher;
    } else {
      point.fisher.p = {1};
      point.fisher.z = {-base::kInfinity};
    }
    points.push_back(point);
  }
  return points;
}

/// What the fit with signal expects of every bin; empty where there is none.
std::vector<double> fitted_mean(const Spectrum& spectrum, std::size_t mass) {
  const BumpModel& model = spectrum.models[mass];
  if (model.signal.empty()) {
    return {};
  }
  const BumpDiscovery discovery = discover(model, spectrum.data, spectrum.null);
  return discovery.best.converged ? discovery.best.point.mean : std::vector<double>();
}

/// One category of one toy; fits of no mass where it takes no part.
struct ToyCategory {
  BumpData data;
  BumpMinimum null;
  std::vector<CategoryPoint> points;  ///< one per mass
};

ToyCategory fit_toy(const Spectrum& spectrum, BumpData data) {
  ToyCategory toy{.data = std::move(data), .null = {}, .points = std::vector<CategoryPoint>(spectrum.models.size())};
  if (total(toy.data.counts) <= 0) {
    return toy;
  }
  const BumpModel background{spectrum.models.front().background, {}, {}};
  toy.null = minimise(background, toy.data, {}, spectrum.null.point.parameters);
  for (std::size_t m = 0; m < toy.points.size() && toy.null.converged; ++m) {
    toy.points[m] = category_point(spectrum.models[m], toy.data, toy.null);
  }
  return toy;
}

/// Combined significances of the toys, one row per toy and one column per mass; and of each simultaneous likelihood the
/// largest of all masses, one per toy.
struct ToyScan {
  std::vector<double> z;
  std::vector<std::size_t> left_out;        ///< categories, per toy
  std::vector<std::vector<double>> common;  ///< [likelihood][toy]: right where it reaches that of the data
};

/// The categories that took part at each mass. `categories`: the fits of the data, or of a toy.
template <class Category>
std::vector<std::vector<FittedCategory>> fits_by_mass(const std::vector<Spectrum>& spectra,
                                                      const std::vector<Category>& categories) {
  std::vector<std::vector<FittedCategory>> fits(spectra.front().models.size());
  for (std::size_t m = 0; m < fits.size(); ++m) {
    for (std::size_t c = 0; c < spectra.size(); ++c) {
      if (categories[c].points[m].used) {
        fits[m].push_back({.number = spectra[c].number,
                           .model = &spectra[c].models[m],
                           .data = &categories[c].data,
                           .null = &categories[c].null,
                           .point = categories[c].points[m]});
      }
    }
  }
  return fits;
}

void scan_toy(const std::vector<Spectrum>& spectra, const std::vector<BumpToys>& toys,
              const std::vector<CommonScan>& common, std::size_t i, ToyScan& scan) {
  const std::size_t n_masses = spectra.front().models.size();
  std::vector<ToyCategory> categories;
  for (std::size_t c = 0; c < spectra.size(); ++c) {
    categories.push_back(fit_toy(spectra[c], toys[c].draw(i)));
    scan.left_out[i] += std::ranges::none_of(categories.back().points, &CategoryPoint::used) ? 1 : 0;
  }
  for (std::size_t m = 0; m < n_masses; ++m) {
    std::vector<double> roots;
    for (const ToyCategory& category : categories) {
      roots.push_back(category.points[m].used ? category.points[m].z : kNone);
    }
    const auto fisher = combine(roots);
    scan.z[i * n_masses + m] = fisher ? fisher->z.z : -base::kInfinity;
  }
  if (common.empty()) {
    return;
  }
  const std::vector<std::vector<FittedCategory>> fits = fits_by_mass(spectra, categories);
  for (std::size_t k = 0; k < common.size(); ++k) {
    const double reached = common[k].points[common[k].best].z - kSignificanceTie;
    scan.common[k][i] = largest_common_z(common[k].shares, fits, reached);
  }
}

ToyScan scan_toys(const std::vector<Spectrum>& spectra, const std::vector<CommonScan>& common,
                  const base::RandomStream& stream, std::size_t n_toys, const base::Monitor& monitor) {
  std::vector<BumpToys> toys;
  for (const Spectrum& spectrum : spectra) {
    const std::uint64_t first_counter = static_cast<std::uint64_t>(spectrum.number) << kCounterBits;
    toys.emplace_back(spectrum.models.front(), spectrum.null.point, stream, first_counter);
  }
  ToyScan scan{std::vector<double>(n_toys * spectra.front().models.size()), std::vector<std::size_t>(n_toys),
               std::vector<std::vector<double>>(common.size(), std::vector<double>(n_toys))};
  std::atomic<std::size_t> done = 0;
  base::parallel_blocks(n_toys, kBlock, [&](std::size_t first, std::size_t last) {
    const base::CpuScope scope(base::CpuStage::kFits);
    for (std::size_t i = first; i < last; ++i) {
      monitor.check_stop();
      scan_toy(spectra, toys, common, i, scan);
    }
    monitor.progress("category scan", done += last - first, n_toys);
  });
  return scan;
}

/// The global significance of what `reached` of `n_toys` toys reach.
template <class Scan>
void set_global(std::size_t reached, std::size_t n_toys, Scan& scan) {
  const auto n = static_cast<double>(n_toys);
  scan.global_p_value = (static_cast<double>(reached) + 1) / (n + 1);
  scan.global_p_error = std::sqrt(scan.global_p_value * (1 - scan.global_p_value) / (n + 1));
  scan.global_z = to_significance({scan.global_p_value}).z;
}

void add_toys(const ToyScan& toys, std::size_t n_toys, CategoryScan& scan) {
  const std::size_t n_masses = scan.points.size();
  const auto n = static_cast<double>(n_toys);
  const double best = scan.points[scan.best].fisher.z.z;
  std::size_t reached = 0;
  std::vector<std::size_t> reached_at(n_masses);
  for (std::size_t i = 0; i < n_toys; ++i) {
    const auto row = std::span(toys.z).subspan(i * n_masses, n_masses);
    reached += std::ranges::max(row) >= best - kSignificanceTie ? 1 : 0;
    for (std::size_t m = 0; m < n_masses; ++m) {
      reached_at[m] += row[m] >= scan.points[m].fisher.z.z - kSignificanceTie ? 1 : 0;
    }
  }
  for (std::size_t m = 0; m < n_masses; ++m) {
    scan.points[m].toy_p_value = (static_cast<double>(reached_at[m]) + 1) / (n + 1);
  }
  scan.n_toys = n_toys;
  scan.n_left_out_toys = std::accumulate(toys.left_out.begin(), toys.left_out.end(), std::size_t{0});
  set_global(reached, n_toys, scan);
  for (std::size_t k = 0; k < scan.common.size(); ++k) {
    const double least = scan.common[k].points[scan.common[k].best].z - kSignificanceTie;
    set_global(
        static_cast<std::size_t>(std::ranges::count_if(toys.common[k], [least](double z) { return z >= least; })),
        n_toys, scan.common[k]);
  }
}

/// A category of the data, as toys have them.
struct DataCategory {
  const BumpData& data;
  const BumpMinimum& null;
  const std::vector<CategoryPoint>& points;
};

std::vector<CommonScan> scan_common(const std::vector<Spectrum>& spectra, const std::vector<CategoryFit>& fits,
                                    const std::vector<SignalShares>& shares) {
  std::vector<DataCategory> categories;
  for (const Spectrum& spectrum : spectra) {
    categories.push_back({spectrum.data, spectrum.null, fits[spectrum.number].points});
  }
  const std::vector<std::vector<FittedCategory>> by_mass = fits_by_mass(spectra, categories);
  std::vector<CommonScan> scans;
  for (const SignalShares& of_signal : shares) {
    CommonScan& scan = scans.emplace_back(CommonScan{.shares = of_signal, .points = {}});
    for (const std::vector<FittedCategory>& of_mass : by_mass) {
      scan.points.push_back(common_point(of_signal, of_mass));
    }
    const auto best = std::ranges::max_element(scan.points, {}, &CommonPoint::z);
    scan.best = static_cast<std::size_t>(best - scan.points.begin());
  }
  return scans;
}

void require_points(const CategoryScan& scan) {
  const bool any = std::ranges::any_of(scan.points, [](const CombinedPoint& p) { return p.n_categories > 0; });
  if (any) {
    return;
  }
  const CategoryFit& first = scan.categories.front();
  throw base::InputError(fmt::format(
      "none of {} categories takes part in the scan from mass {} to {} ('{}': {}): use fewer categories, a looser "
      "selection, or masses inside the histograms",
      scan.categories.size(), scan.points.front().mass, scan.points.back().mass, first.name,
      first.left_out.empty() ? "no mass lies inside its bins" : first.left_out));
}

}  // namespace

CategoryScan scan_categories(const std::vector<MassCategory>& categories, const std::vector<double>& masses,
                             const base::RandomStream& stream, const CategoryScanOptions& options,
                             const base::Monitor& monitor) {
  const base::CpuScope scope(base::CpuStage::kFits);
  require_arguments(categories, masses, options);
  CategoryScan scan;
  std::vector<Spectrum> spectra;
  for (std::size_t c = 0; c < categories.size(); ++c) {
    scan.categories.push_back(fit_category(categories[c], c, masses, options, spectra));
  }
  scan.n_left_out = categories.size() - spectra.size();
  scan.points = combine_points(scan.categories, masses);
  require_points(scan);
  const auto best = std::ranges::max_element(scan.points, {}, [](const CombinedPoint& p) { return p.fisher.z.z; });
  scan.best = static_cast<std::size_t>(best - scan.points.begin());
  for (const Spectrum& spectrum : spectra) {
    scan.categories[spectrum.number].mean = fitted_mean(spectrum, scan.best);
  }
  scan.common = scan_common(spectra, scan.categories, options.shares);
  if (options.n_toys > 0) {
    add_toys(scan_toys(spectra, scan.common, stream, options.n_toys, monitor), options.n_toys, scan);
  }
  return scan;
}

}  // namespace eddy::stats
