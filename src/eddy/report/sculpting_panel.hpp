#pragma once
// The panel that shows how far cuts change the mass spectrum.

#include <eddy/report/figure.hpp>
#include <eddy/search/finding.hpp>

#include <string>
#include <vector>

namespace eddy::report {

[[nodiscard]] Panel empty_sculpting_panel();

/// Median and band over retrainings of the cuts on one score; nothing where no point can be drawn.
void add_sculpting_curve(Panel& panel, const search::SculptingCurve& curve, const std::string& role,
                         const std::string& style);

/// The band of random subsets of the same size.
void add_random_subsets(Panel& panel, const std::vector<search::MedianBand>& subsets);

/// Ranges of the axes and the line at one. Needs a trace.
void finish_sculpting_panel(Panel& panel);

}  // namespace eddy::report
