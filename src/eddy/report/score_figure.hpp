#pragma once

#include <eddy/report/figure.hpp>
#include <eddy/search/finding.hpp>

#include <optional>
#include <string>
#include <vector>

namespace eddy::report {

/// What the scores of data are compared with.
struct ScoreText {
  std::string section;
  std::string reference;       ///< name of the reference sample; empty without one
  std::string control_region;  ///< "control region", "sidebands"
  std::string judgement;       ///< what to expect
};

/// Distribution of the classifier output: data in both regions, `signal`, and `reference` (may be empty). Nothing
/// without scored data.
[[nodiscard]] std::optional<Figure> score_figure(const search::Finding& output, const search::ScoredSample& reference,
                                                 const search::ScoredSample& signal, const ScoreText& text);

/// Adds the labelled signal of `data` in the signal region, over `edges` of -log10 of the background efficiency, to
/// `panel`; nothing where there is none.
void add_labelled_signal(const search::ScoredSample& data, const std::vector<double>& edges, Panel& panel);

}  // namespace eddy::report
