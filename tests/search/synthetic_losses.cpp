#include <eddy/base/random.hpp>
#include <search/synthetic_losses.hpp>

#include <cmath>

namespace eddy::search {
namespace {

struct Shape {
  double mean_0, sigma_0, mean_1, sigma_1;
};

template <class Mass>
LossSample draw(const char* name, std::size_t n_events, std::uint64_t seed, const Shape& shape, const Mass& mass) {
  LossSample sample{name, {}, base::Matrix(n_events, 2), {}};
  base::RandomStream stream({seed}, name);
  for (std::size_t i = 0; i < n_events; ++i) {
    sample.loss(i, 0) = static_cast<float>(std::exp(shape.mean_0 + shape.sigma_0 * stream.normal()));
    sample.loss(i, 1) = static_cast<float>(std::exp(shape.mean_1 + shape.sigma_1 * stream.normal()));
    sample.mass.push_back(static_cast<float>(mass(stream)));
    sample.index.push_back(i);
  }
  return sample;
}

}  // namespace

double falling_mass(double uniform) { return kHighestMass - (kHighestMass - kLowestMass) * std::pow(uniform, 0.25); }

LossSample background_in_losses(std::size_t n_events, std::uint64_t seed) {
  const auto falling = [](base::RandomStream& stream) { return falling_mass(stream.uniform()); };
  return draw("background", n_events, seed, {0, 1, 1, 0.5}, falling);
}

LossSample signal_in_losses(std::size_t n_events, std::uint64_t seed) {
  const auto bump = [](base::RandomStream& stream) { return kBumpMass + 120 * stream.normal(); };
  return draw("signal", n_events, seed, {2, 0.3, 0, 0.3}, bump);
}

LossSample both(const LossSample& a, const LossSample& b) {
  LossSample sum{a.name, a.index, base::stack_rows(a.loss, b.loss), a.mass};
  for (std::size_t i = 0; i < b.index.size(); ++i) {
    sum.index.push_back(a.index.size() + i);
  }
  sum.mass.insert(sum.mass.end(), b.mass.begin(), b.mass.end());
  return sum;
}

SearchConfig quick_quak_config() {
  SearchConfig config;
  config.search = {.method = "quak", .name = "quick", .seed = 3, .preset = "eddy"};
  config.data.file = "data.h5";
  config.background.file = "background.h5";
  config.priors = {{.name = "p", .sample = {.file = "prior.h5"}}};
  config.features = {.context = {"mjj"}, .x = {"a", "b", "c"}};
  config.quak.preselection = 0.1;
  config.quak.categories = 2;
  config.quak.scan_points = 7;  // 500 GeV apart, 4000 among them
  config.quak.fit_range = {2800, 6600};
  config.quak.bins = 38;
  config.quak.toys = 50;
  config.quak.background_cuts = {0.1, 0.05};
  config.quak.prior_cuts = {1, 0.25};
  return config;
}

}  // namespace eddy::search
