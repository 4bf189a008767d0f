#pragma once

#include <eddy/jets/four_vector.hpp>
#include <eddy/jets/settings.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace eddy::jets {

/// How the columns of a particle file are cut into particles.
struct RowLayout {
  std::size_t width = 3;  ///< numbers of one particle
  std::size_t n_particles = 0;
  bool has_label = false;  ///< one more number at the end of the row
};

/// The layout of rows of `n_columns` numbers. Throws InputError when they are neither a multiple of the numbers of one
/// particle nor one more; `where` names the file.
[[nodiscard]] RowLayout row_layout(std::size_t n_columns, const ParticleSettings& settings, const std::string& where);

/// True for the numbers of no particle, which fill up a row.
[[nodiscard]] bool is_padding(std::span<const float> numbers, const ParticleSettings& settings);

/// The particles of one row, padding (all numbers 0, or pt = 0) and those outside the cuts left out. Throws InputError
/// that names row and particle for NaN, infinity, negative pt, mass or energy, an eta or phi out of range (degrees),
/// and for a row without particles unless these are to be kept.
[[nodiscard]] std::vector<FourVector> particles_of_row(std::span<const float> row, const RowLayout& layout,
                                                       const ParticleSettings& settings, std::size_t row_number,
                                                       const std::string& where);

}  // namespace eddy::jets
