#pragma once
// The settings of a search in the space of losses (QUAK, 2011.03550) that are no settings of its networks.

#include <eddy/base/options.hpp>
#include <eddy/classify/mlp.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace eddy::search {

/// [quak]: the space of losses, and how a bump is sought in it. Masses are in the unit of the context.
struct QuakSettings {
  std::string scaler = "standard";          ///< of the features, the same for all networks; "pixels": x / 255
  double training_fraction = 0.7;           ///< of the events of [background] and each [[prior]]; the others judge
  double preselection = 0.02;               ///< fraction of the held-out background that the cut L_bkg > c keeps
  std::int64_t categories = 4;              ///< N equal populations in each dimension: N x N for one prior
  std::vector<double> scan = {3000, 6000};  ///< smallest and largest mass of the signal
  std::int64_t scan_points = 61;
  std::vector<double> fit_range = {};  ///< low, high of the spectra; empty: that of the scan
  std::int64_t bins = 60;              ///< of each spectrum, of equal width
  double width = 0.03;                 ///< standard deviation of the signal, relative to its mass
  std::string shape = "bernstein";     ///< of the background; or "dijet"
  std::int64_t order = 0;              ///< of the polynomial, or parameters of the dijet function; 0: chosen
  double sqrt_s = 0;                   ///< of the dijet function, in the unit of the masses
  std::int64_t toys = 1000;            ///< for the global significance
  /// Method 1: fractions of the held-out background above the cuts on L_bkg, and of the events behind them below the
  /// cuts on the loss of a prior.
  std::vector<double> background_cuts = {0.1, 0.05, 0.02, 0.01};
  std::vector<double> prior_cuts = {1, 0.5, 0.25, 0.1};
};

void describe(QuakSettings& settings, base::OptionVisitor& visitor);

/// [supervised]: the classifiers of each prior against background that the space of losses is compared with (section
/// 4.3): 4 hidden layers, batch normalisation, dropout.
struct SupervisedSettings {
  std::vector<std::string> exclude = {};  ///< features that they do not see: the paper leaves out the jet masses
  classify::MlpSettings network = {
      .hidden = 64,
      .layers = 4,
      .validation_fraction = 0.25,
      .batch_norm = true,
      .dropout = 0.1,
      .training = {.epochs = 30, .batch_size = 512, .learning_rate = 1e-3, .schedule = "cosine", .patience = 5}};
};

void describe(SupervisedSettings& settings, base::OptionVisitor& visitor);

/// One [[discriminant]]: a classifier of a proxy of the signal against background (section 4.1.1), on the logarithms of
/// losses; or, as a contrast (section 4.1.3), on the latent of one autoencoder of all these samples together.
struct DiscriminantSettings {
  std::string name;
  std::string kind = "linear";           ///< "linear" or "network", that of [supervised]
  std::string space = "losses";          ///< or "latent"
  std::vector<std::string> losses = {};  ///< "background" and names of priors; empty: all
  std::string proxy;                     ///< name of a prior
  std::string dilute = {};               ///< name of a prior that is mixed into the proxy; empty: none
  double purity = 1;                     ///< fraction of the mixture that is of `proxy`
};

void describe(DiscriminantSettings& settings, base::OptionVisitor& visitor);

}  // namespace eddy::search
