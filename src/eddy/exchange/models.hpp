#pragma once
// Statistical models of what a run found: of each kind of evidence, from result.json alone.

#include <eddy/base/json_fwd.hpp>
#include <eddy/exchange/statistical_model.hpp>

#include <vector>

namespace eddy::exchange {

struct ModelOptions {
  double spurious_signal = 0;  ///< of bump hunts: signal events that a wrong background shape may make, one standard
                               ///< deviation; 0: no such nuisance, as in the run
};

/// What can be exported of a run, and why the rest cannot, a sentence each.
struct Models {
  std::vector<StatisticalModel> models;
  std::vector<std::string> left_out;
};

/// One model for each working point that has a fit; of a count against constructed background two: the count, and the
/// four counts beside it. `result` is of this version and open. Throws InputError where no working point has a model,
/// where numbers do not follow from what is stored beside them, and for a spurious signal where there is no bump hunt.
[[nodiscard]] Models models_of(const base::Json& result, const ModelOptions& options = {});

/// Adds what limit.json says of the signal to the models of its cuts.
void add_signal_grid(const base::Json& limit, const base::Json& result, std::vector<StatisticalModel>& models);

// The kinds of evidence; `point` is a working point.

/// Four counts. Exact: products of free factors, and log-normal closure and validation.
[[nodiscard]] StatisticalModel abcd_model(const base::Json& point, const std::string& name);
/// A spectrum with background shape and signal template. Bernstein polynomials are exact; the dijet function is
/// exact but for its curvature within thin slices of bins (background_samples).
[[nodiscard]] StatisticalModel bump_model(const base::Json& point, const std::string& name, double spurious_signal);
/// A count whose expectation has Gaussian errors. The model is exact; p and limit of eddy are averages over it and no
/// asymptotic formulae.
[[nodiscard]] StatisticalModel count_model(const base::Json& point, const std::string& name);
/// A channel and a strength for each category. Exact; the Z of all is Fisher's combination of theirs.
[[nodiscard]] StatisticalModel category_model(const base::Json& point, const std::string& name);

/// 1, 2 or 5 times a power of ten, about `events`: in what signal is counted, so that strengths are of order 1.
[[nodiscard]] double signal_unit(double events);

}  // namespace eddy::exchange
