#pragma once
// The closed set of background shapes of a bump hunt, and their integrals over mass bins. Formulae:
// docs/bump-hunt.md.

#include <cstddef>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace eddy::stats {

/// Events per mass: p0 (1 - x)^p1 x^(-p2 - p3 ln x - p4 ln^2 x), x = mass / sqrt_s. Quoted parameters: ln p0, p1, ...
struct DijetShape {
  double sqrt_s = 0;             ///< centre-of-mass energy in the unit of the mass; above the fit range
  std::size_t n_parameters = 4;  ///< 3 to 5: the later ones are 0
};

/// Events per mass: sum of c_k B_k, k = 0 ... order, B_k the Bernstein polynomials on the range of the histogram, each
/// normalised to 1 over it. Quoted parameters: c_k >= 0, in events.
struct BernsteinShape {
  std::size_t order = 3;  ///< 0 (flat) to 39
};

using BackgroundShape = std::variant<DijetShape, BernsteinShape>;

[[nodiscard]] std::size_t n_parameters(const BackgroundShape& shape);
[[nodiscard]] std::vector<std::string> parameter_names(const BackgroundShape& shape);
/// "dijet function with 4 parameters", for messages and labels.
[[nodiscard]] std::string describe(const BackgroundShape& shape);

/// A shape on fixed bins. Contents are functions of *coordinates*: the quoted parameters themselves, or combinations
/// of them that are uncorrelated at given weights, in which a fit is well conditioned.
class BinnedShape {
 public:
  /// Coordinates are the quoted parameters. `edges` of shape (n_bins + 1) must be finite and ascending. Throws
  /// InputError for a shape outside its range or edges outside its domain.
  BinnedShape(const BackgroundShape& shape, std::span<const double> edges);
  /// Coordinates of a dijet function are orthonormal combinations at `weights` >= 0 of the bins (expected counts, say;
  /// n_parameters of them above 0); those of Bernstein polynomials stay as they are.
  BinnedShape(const BackgroundShape& shape, std::span<const double> edges, std::span<const double> weights);

  [[nodiscard]] std::size_t n_bins() const { return offsets_.empty() ? table_.size() / n_ : offsets_.size() - 1; }
  [[nodiscard]] std::size_t n_coordinates() const { return n_; }
  /// True when coordinates must not be negative (Bernstein); else the contents are positive for any coordinates.
  [[nodiscard]] bool has_positive_coordinates() const { return offsets_.empty(); }

  /// Integrals over the bins, shape (n_bins), and their derivatives by the coordinates, row-major, shape (n_bins,
  /// n_coordinates). Relative error below 1e-9 (dijet, |p1|, |p2| < 50), or rounding (Bernstein).
  void evaluate(std::span<const double> coordinates, std::span<double> contents, std::span<double> gradient) const;

  /// Coordinates that roughly describe `counts` in the bins where `fitted`: where a fit begins.
  [[nodiscard]] std::vector<double> start(std::span<const double> counts, const std::vector<bool>& fitted) const;

  /// d quoted / d coordinates, row-major, shape (n_coordinates, n_coordinates); the map is linear.
  [[nodiscard]] const std::vector<double>& to_quoted() const { return to_quoted_; }

 private:
  void tabulate(const DijetShape& shape, std::span<const double> edges, std::span<const double> weights);
  void tabulate(const BernsteinShape& shape, std::span<const double> edges);

  [[nodiscard]] std::vector<double> logarithmic_start(std::span<const double> counts,
                                                      const std::vector<bool>& fitted) const;
  [[nodiscard]] std::vector<double> multiplicative_start(std::span<const double> counts,
                                                         const std::vector<bool>& fitted) const;

  std::size_t n_ = 0;                 // coordinates
  std::vector<double> table_;         // basis functions: (nodes, n_) dijet, in the exponent; (n_bins, n_) Bernstein
  std::vector<double> node_weights_;  // dijet: width of the quadrature nodes
  std::vector<std::size_t> offsets_;  // dijet: nodes of bin i are offsets_[i] ... offsets_[i + 1] - 1
  std::vector<double> to_quoted_;
};

}  // namespace eddy::stats
