#pragma once

#include <eddy/report/figure.hpp>
#include <eddy/search/finding.hpp>

#include <optional>
#include <string>

namespace eddy::report {

/// What a latent figure says: which events are shown depends on the method.
struct LatentText {
  std::string id;
  std::string title;
  std::string events;     ///< "template", "data": as in "each template event"
  std::string judgement;  ///< what to expect
};

/// Each latent dimension of a sample in four bins of the context (equal numbers of events), against N(0, 1). Nothing
/// without latent values.
[[nodiscard]] std::optional<Figure> latent_figure(const search::Finding& output, const search::ScoredSample& sample,
                                                  const LatentText& text);

/// Loss per epoch; networks of one kind (same first word of the name) share a panel. Stands under "The flow", or
/// under "Training" where no flow was trained. Nothing without curves.
[[nodiscard]] std::optional<Figure> training_figure(const search::Finding& output);

}  // namespace eddy::report
