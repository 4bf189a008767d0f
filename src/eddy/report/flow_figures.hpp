#pragma once

#include <eddy/report/figure.hpp>
#include <eddy/search/conrad_output.hpp>

#include <optional>

namespace eddy::report {

/// Each latent dimension of a sample in four bins of the context (equal numbers of events), against N(0, 1). Nothing
/// without latent values.
[[nodiscard]] std::optional<Figure> latent_figure(const search::ConradOutput& output, const search::Sample& sample);

/// Loss per epoch; networks of one kind (same first word of the name) share a panel. Nothing without curves.
[[nodiscard]] std::optional<Figure> training_figure(const search::SearchOutput& output);

}  // namespace eddy::report
