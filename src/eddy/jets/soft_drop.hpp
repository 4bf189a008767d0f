#pragma once

#include <eddy/jets/four_vector.hpp>
#include <eddy/jets/settings.hpp>

#include <span>

namespace eddy::jets {

/// What is left of a jet after soft drop, and the splitting that stopped it.
struct GroomedJet {
  FourVector momentum;
  double z = 0;        ///< momentum fraction of the softer prong; 0 when no splitting passed
  double delta_r = 0;  ///< angle between the prongs; 0 when no splitting passed
};

/// Soft drop (Larkoski, Marzani, Soyez, Thaler, 1402.2657, section 2): the constituents are clustered again with
/// Cambridge/Aachen; the last merging is undone until min(pt1, pt2) / (pt1 + pt2) > z_cut (ΔR12 / radius)^beta,
/// dropping the softer prong each time. When nothing passes, the last single particle is left (the paper's grooming
/// mode). No constituents give a zero vector.
[[nodiscard]] GroomedJet soft_drop(std::span<const FourVector> constituents, double radius,
                                   const SoftDropSettings& settings);

}  // namespace eddy::jets
