#pragma once

#include <eddy/report/figure.hpp>
#include <eddy/search/finding.hpp>

#include <optional>

namespace eddy::report {

/// The context over the whole selection and each feature in the signal region: shapes of data, template and signal,
/// with the ratio of data to template below. Nothing without data and template.
[[nodiscard]] std::optional<Figure> template_feature_figure(const search::Finding& output,
                                                            const search::ScoredSample& signal);

/// The same of a resonant search: data of the signal region against data of the sidebands. Nothing without data.
[[nodiscard]] std::optional<Figure> sideband_feature_figure(const search::Finding& output,
                                                            const search::ScoredSample& signal);

/// Every pair of features in the signal region: difference of data and scaled template in units of its standard
/// deviation, with the one-dimensional shapes on the diagonal. Nothing when data or template have no events there.
[[nodiscard]] std::optional<Figure> corner_figure(const search::Finding& output);

}  // namespace eddy::report
