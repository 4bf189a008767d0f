#include <eddy/search/bump_hunt.hpp>

namespace eddy::search {

void describe(BumpHuntSettings& s, base::OptionVisitor& visitor) {
  visitor.visit({.key = "range",
                 .meaning = "lowest and highest mass of the fit, in the unit of the context; empty: from where the "
                            "spectrum falls and the shape describes the sidebands to the largest mass"},
                s.range);
  visitor.visit({.key = "bin_width",
                 .meaning = "width of the mass bins, laid outwards from the signal region; 0: a quarter of its width",
                 .minimum = 0},
                s.bin_width);
  visitor.visit({.key = "min_bin_events",
                 .meaning = "neighbouring bins are merged until each holds so many events",
                 .minimum = 0},
                s.min_bin_events);
  visitor.visit({.key = "shape",
                 .meaning = "background: the dijet function of ATLAS and CMS, or a Bernstein polynomial",
                 .choices = {"dijet", "bernstein"}},
                s.shape);
  visitor.visit({.key = "order",
                 .meaning = "parameters of the dijet function (3 to 5) or order of the polynomial; 0: F-test decides",
                 .minimum = 0,
                 .maximum = 39},
                s.order);
  visitor.visit({.key = "sqrt_s",
                 .meaning = "centre-of-mass energy for the dijet function, in the unit of the context (LHC run 2: "
                            "13000 GeV)",
                 .minimum = 0},
                s.sqrt_s);
  visitor.visit({.key = "mass", .meaning = "mass of the signal that is fitted; 0: centre of the signal region"},
                s.mass);
  visitor.visit({.key = "width",
                 .meaning = "standard deviation of the signal relative to its mass (dijet resolution)",
                 .minimum = 1e-4,
                 .maximum = 0.4},
                s.width);
  visitor.visit(
      {.key = "template", .meaning = "events file whose masses give the shape of the signal; empty: a Gaussian"},
      s.signal_template);
  visitor.visit({.key = "template_weight", .meaning = "column of what each event of that file counts; empty: 1 each"},
                s.template_weight);
  visitor.visit({.key = "signal_uncertainty",
                 .meaning = "relative log-normal uncertainty of the signal's yield, for the limit",
                 .minimum = 0,
                 .maximum = 10},
                s.signal_uncertainty);
  visitor.visit({.key = "closure_error",
                 .meaning = "relative log-normal uncertainty of the background that passes a cut in the signal region, "
                            "where the sidebands predict it; measured without signal (docs/resonant.md)",
                 .minimum = 0,
                 .maximum = 10},
                s.closure_error);
  visitor.visit({.key = "scan_points",
                 .meaning = "masses of the scan over the fit range, evenly spaced; 0: no scan",
                 .minimum = 0,
                 .maximum = 10000},
                s.scan_points);
  visitor.visit({.key = "toys",
                 .meaning = "pseudo-experiments for the global significance; the smallest global p-value is 1 / toys",
                 .minimum = 0,
                 .maximum = 10000000},
                s.toys);
}

}  // namespace eddy::search
