#include <eddy/base/cpu_stages.hpp>
#include <eddy/base/error.hpp>
#include <eddy/base/parallel.hpp>
#include <eddy/stats/abcd_toys.hpp>
#include <eddy/stats/standard_normal.hpp>

#include <cmath>
#include <limits>

namespace eddy::stats {
namespace {

constexpr std::uint64_t kCountersPerToy = 8;  // five are used

std::array<double, 4> as_array(const AbcdCounts& counts) { return {counts.a, counts.b, counts.c, counts.d}; }

}  // namespace

AbcdToySource source_of(const AbcdProfile& profile, const AbcdModel& model) {
  return {profile.expected, std::log(model.closure) + model.closure_error * profile.nuisances.pull};
}

AbcdToyMixture::AbcdToyMixture(std::span<const AbcdToySource> sources, double closure_error,
                               const base::RandomStream& stream)
    : closure_error_(closure_error), stream_(stream) {
  for (const AbcdToySource& source : sources) {
    const AbcdCounts& m = source.mean;
    components_.push_back(
        {source, {PoissonQuantile(m.a), PoissonQuantile(m.b), PoissonQuantile(m.c), PoissonQuantile(m.d)}});
  }
}

AbcdToy AbcdToyMixture::draw(std::size_t i) const {
  const Component& component = components_[i % components_.size()];
  const std::uint64_t counter = kCountersPerToy * i;
  const auto count = [&](std::size_t j) { return component.quantiles[j](stream_.uniform_at(counter + j)); };
  AbcdToy toy{{count(0), count(1), count(2), count(3)}, component.source.log_closure};
  if (closure_error_ > 0) {
    toy.log_closure += closure_error_ * normal_at(stream_, counter + 4);
  }
  return toy;
}

double AbcdToyMixture::log_density(const AbcdToy& toy, const Component& component) const {
  const std::array<double, 4> n = as_array(toy.counts);
  const std::array<double, 4> mean = as_array(component.source.mean);
  double sum = 0;
  for (std::size_t j = 0; j < 4; ++j) {
    sum -= poisson_half_deviance(n[j], mean[j]);
  }
  if (closure_error_ > 0) {
    const double pull = (toy.log_closure - component.source.log_closure) / closure_error_;
    sum -= 0.5 * pull * pull;
  }
  return sum;
}

double AbcdToyMixture::weight(const AbcdToy& toy, std::size_t s) const {
  const double own = log_density(toy, components_[s]);
  if (own == -std::numeric_limits<double>::infinity()) {
    return 0;
  }
  double mixture = 0;
  for (const Component& component : components_) {
    mixture += std::exp(log_density(toy, component) - own);
  }
  return static_cast<double>(components_.size()) / mixture;
}

void fit_toys(std::size_t n, const std::function<void(std::size_t)>& fit_toy, const base::Monitor& monitor) {
  constexpr std::size_t kBlock = 256;  // fixed, so results do not depend on the number of threads
  try {
    base::parallel_blocks(n, kBlock, [&](std::size_t first, std::size_t last) {
      const base::CpuScope scope(base::CpuStage::kFits);
      for (std::size_t i = first; i < last; ++i) {
        monitor.check_stop();
        fit_toy(i);
      }
    });
  } catch (const base::NumericError&) {
    throw base::NumericError(
        "the ABCD fit to a pseudo-experiment did not converge: check the leakage fractions and the closure "
        "uncertainty, or choose a working point with more events");
  }
}

AbcdModel model_of(const AbcdToy& toy, AbcdModel model) {
  model.closure = std::exp(toy.log_closure);
  return model;
}

}  // namespace eddy::stats
