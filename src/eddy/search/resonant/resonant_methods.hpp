#pragma once
// The resonant methods, one file each: what they train, fold by fold and retraining by retraining.

#include <eddy/search/resonant/resonant_task.hpp>

#include <string>
#include <vector>

namespace eddy::search {

/// Trained detectors and the loss curves of their densities.
struct TrainedMethod {
  Detectors detectors;
  FoldFlows flows;             ///< empty for methods in x
  bool learns_signal = false;  ///< the densities `data` of its detectors are those of the signal alone
};

/// Classifying Anomalies THrough Outer Density Estimation (2109.00546): signal-region data against samples of the
/// sideband density.
[[nodiscard]] TrainedMethod train_cathode(const ResonantTask& task);
/// Latent CATHODE (2210.14924): signal-region data, mapped to the latent space of the sideband density, against N(0, 1)
/// (or against sideband data there).
[[nodiscard]] TrainedMethod train_lacathode(const ResonantTask& task);
/// The detectors of both on densities of the sidebands that are there already.
[[nodiscard]] Detectors detectors_of_cathode(const ResonantTask& task, const FoldFlows& flows);
[[nodiscard]] Detectors detectors_of_lacathode(const ResonantTask& task, const FoldFlows& flows);
/// Both on the same densities: of each fold the detectors of LaCATHODE, then those of CATHODE.
[[nodiscard]] TrainedMethod train_cathode_and_lacathode(const ResonantTask& task);
/// Anomaly detection with density estimation (2001.04990): the ratio of the densities of the signal region and of the
/// sidebands.
[[nodiscard]] TrainedMethod train_anode(const ResonantTask& task);
/// Residual ANODE (2312.11629): the density of the signal, learned in the signal region beside that of the sidebands,
/// which stays as it is; the score is the probability of being signal that both give.
[[nodiscard]] TrainedMethod train_r_anode(const ResonantTask& task);
/// CWoLa hunting (1902.02634): signal-region data against sideband data.
[[nodiscard]] TrainedMethod train_cwola(const ResonantTask& task);
/// Residual transport (the aim of TRANSIT, 2503.04342): signal-region data against sideband events that are moved to
/// its masses along the quantiles of the features that follow the mass.
[[nodiscard]] TrainedMethod train_transport(const ResonantTask& task);
/// Signal against true background: what labels would give.
[[nodiscard]] TrainedMethod train_supervised(const ResonantTask& task);
/// Signal-region data against true background, in x, or in the latent of the sideband density.
[[nodiscard]] TrainedMethod train_idealized(const ResonantTask& task, SpaceKind space);

/// The method that the configuration names.
[[nodiscard]] TrainedMethod train_configured_method(const ResonantTask& task);

}  // namespace eddy::search
