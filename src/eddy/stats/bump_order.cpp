#include <eddy/base/error.hpp>
#include <eddy/stats/bump_order.hpp>

#include <fmt/format.h>

#include <boost/math/distributions/fisher_f.hpp>

namespace eddy::stats {

std::optional<BackgroundShape> next_shape(const BackgroundShape& shape, std::size_t largest_order) {
  if (const auto* dijet = std::get_if<DijetShape>(&shape)) {
    constexpr std::size_t kLargest = 5;
    return dijet->n_parameters < kLargest
               ? std::optional<BackgroundShape>(DijetShape{dijet->sqrt_s, dijet->n_parameters + 1})
               : std::nullopt;
  }
  const std::size_t order = std::get<BernsteinShape>(shape).order;
  return order < largest_order ? std::optional<BackgroundShape>(BernsteinShape{order + 1}) : std::nullopt;
}

namespace {

FitQuality quality_of_shape(const MassHistogram& histogram, const BackgroundShape& shape,
                            const std::optional<MassWindow>& signal_region, const OrderOptions& options) {
  return signal_region
             ? predict_from_sidebands(histogram, shape, *signal_region, options.nuisances, options.closed).fit.quality
             : fit_background(histogram, shape, options.nuisances).quality;
}

}  // namespace

double f_test(const FitQuality& small, const FitQuality& large) {
  const double gain = small.deviance - large.deviance;
  if (!(gain > 0) || !(large.deviance > 0) || large.n_dof == 0) {
    return 1;
  }
  const auto n_dof = static_cast<double>(large.n_dof);
  return cdf(complement(boost::math::fisher_f(1, n_dof), gain * n_dof / large.deviance));
}

OrderChoice choose_order(const MassHistogram& histogram, const BackgroundShape& first,
                         const std::optional<MassWindow>& signal_region, const OrderOptions& options) {
  if (!(options.threshold > 0 && options.threshold < 1)) {
    throw base::InputError(
        fmt::format("the threshold of the F-test must lie between 0 and 1 but is {}: write 0.05 to take a parameter "
                    "that chance makes useful in 5 % of cases",
                    options.threshold));
  }
  OrderChoice choice{first, {{first, quality_of_shape(histogram, first, signal_region, options), 1}}};
  while (choice.steps.back().quality.n_dof > 1) {
    const std::optional<BackgroundShape> next = next_shape(choice.shape, options.largest_order);
    if (!next) {
      break;
    }
    OrderStep step{*next, quality_of_shape(histogram, *next, signal_region, options), 1};
    step.f_p_value = f_test(choice.steps.back().quality, step.quality);
    choice.steps.push_back(step);
    if (step.f_p_value >= options.threshold) {
      break;
    }
    choice.shape = *next;
  }
  return choice;
}

}  // namespace eddy::stats
