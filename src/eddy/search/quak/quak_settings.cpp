#include <eddy/search/quak/quak_settings.hpp>

namespace eddy::search {

void describe(QuakSettings& s, base::OptionVisitor& v) {
  v.visit({.key = "scaler",
           .meaning = "of the features, fitted on the training part of the background and the same for all networks, "
                      "or their losses could not be compared; pixels: images from 0 ... 255 to 0 ... 1, not fitted",
           .choices = {"standard", "minmax", "logit", "log", "quantile", "pixels"}},
          s.scaler);
  v.visit({.key = "training_fraction",
           .meaning = "of the events of [background] and of each [[prior]] that the networks are trained on; the "
                      "others judge",
           .minimum = 0.1,
           .maximum = 0.95},
          s.training_fraction);
  v.visit({.key = "preselection",
           .meaning = "fraction of the held-out background that the cut on its own loss, L_bkg > c, keeps (the paper: "
                      "about 2 %)",
           .minimum = 1e-5,
           .maximum = 1},
          s.preselection);
  v.visit({.key = "categories",
           .meaning = "N equally populated parts in each dimension of the space: N x N categories with one prior (the "
                      "paper: 3, 4 and 5)",
           .minimum = 1,
           .maximum = 20},
          s.categories);
  v.visit({.key = "scan", .meaning = "smallest and largest mass of the signal (the paper: 3 to 6 TeV)", .minimum = 0},
          s.scan);
  v.visit({.key = "scan_points", .meaning = "masses of the scan, evenly spaced", .minimum = 1, .maximum = 10000},
          s.scan_points);
  v.visit(
      {.key = "fit_range", .meaning = "low and high end of the mass spectra; empty: those of the scan", .minimum = 0},
      s.fit_range);
  v.visit({.key = "bins", .meaning = "mass bins of each spectrum", .minimum = 5, .maximum = 10000}, s.bins);
  v.visit({.key = "width",
           .meaning = "standard deviation of the Gaussian signal, relative to its mass",
           .minimum = 0.001,
           .maximum = 0.5},
          s.width);
  v.visit({.key = "shape",
           .meaning = "background of a category: a Bernstein polynomial, or the dijet function of ATLAS and CMS, which "
                      "steeply falling spectra need",
           .choices = {"bernstein", "dijet"}},
          s.shape);
  v.visit({.key = "order",
           .meaning = "of the polynomial, or parameters of the dijet function (3 to 5); 0: as few as describe the "
                      "spectra beside the largest excess",
           .minimum = 0,
           .maximum = 39},
          s.order);
  v.visit({.key = "sqrt_s",
           .meaning = "centre-of-mass energy for the dijet function, in the unit of the context (LHC run 2: 13000 GeV)",
           .minimum = 0},
          s.sqrt_s);
  v.visit({.key = "toys", .meaning = "pseudo-experiments for the global significance; 0: none", .minimum = 0}, s.toys);
  v.visit({.key = "background_cuts",
           .meaning = "method 1: fractions of the held-out background that pass the cuts L_bkg > Y",
           .minimum = 0,
           .maximum = 1},
          s.background_cuts);
  v.visit({.key = "prior_cuts",
           .meaning = "method 1: fractions of the data behind such a cut that pass the cuts L_prior < X; 1: no cut",
           .minimum = 0,
           .maximum = 1},
          s.prior_cuts);
}

void describe(SupervisedSettings& s, base::OptionVisitor& v) {
  v.visit(
      {.key = "exclude", .meaning = "features that the supervised classifiers do not see (the paper: the jet masses)"},
      s.exclude);
  describe(s.network, v);
}

void describe(DiscriminantSettings& s, base::OptionVisitor& v) {
  v.visit({.key = "name", .meaning = "in the report"}, s.name);
  v.visit({.key = "kind",
           .meaning = "a linear discriminant, or a network like that of [supervised]",
           .choices = {"linear", "network"}},
          s.kind);
  v.visit(
      {.key = "space",
       .meaning = "its inputs: the losses of the networks, or, as a contrast, the latent of one autoencoder that is "
                  "trained on all these samples together",
       .choices = {"losses", "latent"}},
      s.space);
  v.visit({.key = "losses", .meaning = "\"background\" and names of priors: whose losses, or whose events; empty: all"},
          s.losses);
  v.visit({.key = "proxy", .meaning = "name of the prior that stands for the unknown signal in the training"}, s.proxy);
  v.visit({.key = "dilute", .meaning = "name of a prior that is mixed into the proxy; empty: none"}, s.dilute);
  v.visit({.key = "purity", .meaning = "fraction of the mixture that is of the proxy", .minimum = 0, .maximum = 1},
          s.purity);
}

}  // namespace eddy::search
