#include <eddy/jets/clustering.hpp>
#include <eddy/jets/features.hpp>
#include <eddy/jets/nsubjettiness.hpp>
#include <eddy/jets/soft_drop.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace eddy::jets {
namespace {

JetFeatures jet_features(const Jet& jet, const FeatureSettings& settings) {
  return {.momentum = jet.momentum,
          .n_constituents = jet.constituents.size(),
          .groomed_mass = mass(soft_drop(jet.constituents, settings.jets.radius, settings.soft_drop).momentum),
          .tau = nsubjettiness(jet.constituents, settings.nsubjettiness)};
}

double missing_pt(std::span<const FourVector> particles) {
  FourVector sum;
  for (const FourVector& particle : particles) {
    sum += particle;
  }
  return transverse_momentum(sum);
}

using Quantity = std::function<double(const FourVector&)>;

/// Collects the columns in the order of the file.
class ColumnList {
 public:
  void add(std::string name, std::string unit, std::function<double(const EventFeatures&)> value) {
    columns_.push_back({std::move(name), std::move(unit), std::move(value)});
  }
  /// A quantity of the momentum of jet number `j`, counted from 0.
  void add_momentum(std::string name, std::string unit, std::size_t j, Quantity quantity) {
    add(std::move(name), std::move(unit),
        [j, quantity = std::move(quantity)](const EventFeatures& event) { return quantity(event.jets[j].momentum); });
  }
  void add_tau(std::string name, std::size_t j, std::size_t index) {
    add(std::move(name), "GeV", [j, index](const EventFeatures& event) { return event.jets[j].tau[index]; });
  }
  /// tau[index + 1] / tau[index]
  void add_tau_ratio(std::string name, std::size_t j, std::size_t index) {
    add(std::move(name), "", [j, index](const EventFeatures& event) {
      const std::vector<double>& tau = event.jets[j].tau;
      return tau[index] > 0 ? tau[index + 1] / tau[index] : 0.0;
    });
  }
  [[nodiscard]] std::vector<FeatureColumn> take() && { return std::move(columns_); }

 private:
  std::vector<FeatureColumn> columns_;
};

void add_lhco_columns(std::size_t j, const FeatureSettings& settings, ColumnList& columns) {
  const std::string jet = fmt::format("j{}", j + 1);
  columns.add_momentum("px" + jet, "GeV", j, &FourVector::px);
  columns.add_momentum("py" + jet, "GeV", j, &FourVector::py);
  columns.add_momentum("pz" + jet, "GeV", j, &FourVector::pz);
  columns.add_momentum("m" + jet, "GeV", j, mass);
  for (std::size_t n = 1; n <= static_cast<std::size_t>(settings.nsubjettiness.n_max); ++n) {
    columns.add_tau(fmt::format("tau{}{}", n, jet), j, n - 1);
  }
}

void add_event_columns(ColumnList& columns) {
  columns.add("mjj", "GeV", [](const EventFeatures& event) { return event.mjj; });
  columns.add("delta_r", "", [](const EventFeatures& event) { return event.delta_r; });
  columns.add("met", "GeV", [](const EventFeatures& event) { return event.missing_pt; });
  columns.add("ht", "GeV", [](const EventFeatures& event) { return event.ht; });
  columns.add("n_jets", "", [](const EventFeatures& event) { return static_cast<double>(event.n_jets); });
  columns.add("n_particles", "", [](const EventFeatures& event) { return static_cast<double>(event.n_particles); });
}

void add_kinematics(std::size_t j, ColumnList& columns) {
  const std::string jet = fmt::format("_j{}", j + 1);
  columns.add_momentum("pt" + jet, "GeV", j, transverse_momentum);
  columns.add_momentum("eta" + jet, "", j, pseudorapidity);
  columns.add_momentum("phi" + jet, "", j, azimuth);
  columns.add_momentum("m" + jet, "GeV", j, mass);
  columns.add("m_sd" + jet, "GeV", [j](const EventFeatures& event) { return event.jets[j].groomed_mass; });
  columns.add("n_const" + jet, "",
              [j](const EventFeatures& event) { return static_cast<double>(event.jets[j].n_constituents); });
}

/// tau_N and their ratios for one beta; `suffix` tells it from the others.
void add_substructure(std::size_t j, std::size_t first, std::size_t n_max, const std::string& suffix,
                      ColumnList& columns) {
  for (std::size_t n = 1; n <= n_max; ++n) {
    columns.add_tau(fmt::format("tau{}{}_j{}", n, suffix, j + 1), j, first + n - 1);
  }
  for (std::size_t n = 1; n < n_max; ++n) {
    columns.add_tau_ratio(fmt::format("tau{}{}{}_j{}", n + 1, n, suffix, j + 1), j, first + n - 1);
  }
}

void add_jet_columns(std::size_t j, const FeatureSettings& settings, ColumnList& columns) {
  add_kinematics(j, columns);
  const auto n_max = static_cast<std::size_t>(settings.nsubjettiness.n_max);
  for (std::size_t b = 0; b < settings.nsubjettiness.beta.size(); ++b) {
    const std::string suffix = b == 0 ? "" : fmt::format("_b{}", settings.nsubjettiness.beta[b]);
    add_substructure(j, b * n_max, n_max, suffix, columns);
  }
}

}  // namespace

EventFeatures event_features(std::span<const FourVector> particles, const FeatureSettings& settings) {
  const std::vector<Jet> jets = find_jets(particles, settings.jets);
  EventFeatures event{.jets = {}, .n_particles = particles.size(), .n_jets = jets.size()};
  event.missing_pt = missing_pt(particles);
  for (const Jet& jet : jets) {
    event.ht += transverse_momentum(jet.momentum);
  }
  if (jets.size() > 1) {
    event.mjj = mass(jets[0].momentum + jets[1].momentum);
    event.delta_r = delta_r(jets[0].momentum, jets[1].momentum);
  }
  for (std::size_t j = 0; j < static_cast<std::size_t>(settings.jets.described); ++j) {
    event.jets.push_back(jet_features(j < jets.size() ? jets[j] : Jet{}, settings));
  }
  return event;
}

std::vector<FeatureColumn> feature_columns(const FeatureSettings& settings) {
  ColumnList columns;
  const auto described = static_cast<std::size_t>(settings.jets.described);
  for (std::size_t j = 0; j < described; ++j) {
    add_lhco_columns(j, settings, columns);
  }
  add_event_columns(columns);
  for (std::size_t j = 0; j < described; ++j) {
    add_jet_columns(j, settings, columns);
  }
  return std::move(columns).take();
}

}  // namespace eddy::jets
