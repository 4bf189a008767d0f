#include <eddy/search/config_checks.hpp>
#include <eddy/search/plan.hpp>
#include <eddy/search/quak/quak_rules.hpp>
#include <eddy/search/quak/spectra_shape.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace eddy::search {
namespace {

bool is_plain_name(const std::string& name) {
  return !name.empty() && std::ranges::all_of(name, [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') ||
           letter == '_' || letter == '-';
  });
}

void require_named_samples(const char* section, const std::vector<NamedSample>& samples) {
  for (const NamedSample& sample : samples) {
    require(is_plain_name(sample.name),
            fmt::format("[[{}]] name = \"{}\" cannot be the name of a column; give letters, "
                        "digits, _ and -, such as name = \"two_prong\"",
                        section, sample.name));
    require(std::ranges::count(samples, sample.name, &NamedSample::name) == 1,
            fmt::format("two [[{}]] have the name \"{}\"; rename one", section, sample.name));
    require(!sample.sample.file.empty(),
            fmt::format("[[{}]] \"{}\" has no file; add file = \"...\"", section, sample.name));
    require_rows(fmt::format("[[{}]] rows", section), sample.sample.rows);
  }
}

void require_interval(const char* option, const std::vector<double>& values) {
  require(values.size() == 2 && values[0] < values[1],
          fmt::format("[quak] {} = [{}] is no interval; give its low and its high end, such as [3000, 6000]", option,
                      fmt::join(values, ", ")));
}

void require_fractions(const char* option, const std::vector<double>& values) {
  require(!values.empty() && std::ranges::all_of(values, [](double value) { return value > 0; }),
          fmt::format("[quak] {} = [{}] must be fractions above 0, one at least, such as [0.1, 0.02]", option,
                      fmt::join(values, ", ")));
  require_different(fmt::format("[quak] {}", option), values);
}

bool is_prior(const SearchConfig& c, const std::string& name) {
  return std::ranges::count(c.priors, name, &NamedSample::name) > 0;
}

/// The remedy for a name that is no prior.
std::string suggested_prior(const SearchConfig& c, const std::string& name, std::vector<std::string> others = {}) {
  std::ranges::transform(c.priors, std::back_inserter(others), &NamedSample::name);
  return suggestion(name, others);
}

void require_discriminants(const SearchConfig& c) {
  for (const DiscriminantSettings& d : c.discriminants) {
    require(!d.name.empty(), "a [[discriminant]] has no name; add name = \"...\"");
    require(is_prior(c, d.proxy), fmt::format("[[discriminant]] \"{}\" has proxy = \"{}\", which is the name of no "
                                              "[[prior]]; {}",
                                              d.name, d.proxy, suggested_prior(c, d.proxy)));
    require(d.dilute.empty() || is_prior(c, d.dilute),
            fmt::format("[[discriminant]] \"{}\" has dilute = \"{}\", which is the name of no [[prior]]; {}", d.name,
                        d.dilute, suggested_prior(c, d.dilute)));
    require(d.dilute.empty() == (d.purity == 1),
            fmt::format("[[discriminant]] \"{}\" has dilute = \"{}\" and purity = {}; give both, or neither", d.name,
                        d.dilute, d.purity));
    for (const std::string& loss : d.losses) {
      require(loss == "background" || is_prior(c, loss),
              fmt::format("[[discriminant]] \"{}\" has the loss \"{}\", which is neither \"background\" nor the name "
                          "of a [[prior]]; {}",
                          d.name, loss, suggested_prior(c, loss, {"background"})));
    }
  }
}

void require_order(const QuakSettings& settings) {
  require(
      settings.shape != "dijet" || settings.order == 0 || (settings.order >= 3 && settings.order <= 5),
      fmt::format("[quak] order = {} does not fit shape = \"dijet\", which has 3 to 5 parameters: choose one of these, "
                  "0 (the data decide), or shape = \"bernstein\"",
                  settings.order));
}

/// Found before anything is trained rather than when spectra are fitted.
void require_bins_for(const QuakSettings& settings) {
  const std::int64_t n_parameters = settings.shape == "dijet" ? settings.order : settings.order + 1;
  require(
      settings.order == 0 || settings.bins > n_parameters + 1,
      fmt::format(
          "[quak] order = {} has {} parameters for bins = {}: a fit needs two bins more than parameters; lower order "
          "(0 chooses it), or raise bins",
          settings.order, n_parameters, settings.bins));
}

}  // namespace

/// Eq. 3.3 as printed, with the paper's factor.
void apply_quak_paper_preset(SearchConfig& c) {
  c.vae.divergence = "initial";
  c.vae.beta = 10;
  c.quak.order = 3;
}

void require_quak_context(const SearchConfig& c) {
  const std::size_t n = c.features.context.size();
  require(n <= 1, fmt::format("[features] context names {} variables but quak takes one mass, or none where no bump "
                              "is sought; write context = [\"mjj\"]",
                              n));
}

void require_quak(const SearchConfig& c) {
  constexpr double kMaxCategories = 1000;
  require(!c.background.file.empty(),
          "the configuration has no [background] file; quak trains a network on background: add file = \"...\" under "
          "[background]");
  require_rows("[background] rows", c.background.rows);
  require_named_samples("prior", c.priors);
  require_named_samples("evaluate", c.evaluate);
  require(std::ranges::count(c.priors, "background", &NamedSample::name) == 0,
          "a [[prior]] has the name \"background\", which is that of [background]; rename it");
  for (const std::string& name : c.supervised.exclude) {
    require(std::ranges::count(c.features.x, name) == 1,
            fmt::format("[supervised] exclude names '{}', which is not in [features] x; {}", name,
                        suggestion(name, c.features.x)));
  }
  require(c.supervised.exclude.size() < c.features.x.size(),
          "[supervised] exclude names all of [features] x; leave at least one to the supervised classifiers");
  require_discriminants(c);
  require_interval("scan", c.quak.scan);
  if (!c.quak.fit_range.empty()) {
    require_interval("fit_range", c.quak.fit_range);
  }
  const std::vector<double>& range = c.quak.fit_range.empty() ? c.quak.scan : c.quak.fit_range;
  require(
      c.quak.shape != "dijet" || c.quak.sqrt_s > range[1],
      fmt::format("[quak] shape = \"dijet\" needs the centre-of-mass energy, above {}: set sqrt_s in the unit of the "
                  "context (LHC run 2: 13000 GeV)",
                  range[1]));
  require_order(c.quak);
  require_shape(c.quak, range[0], range[1]);
  require(
      c.quak.scan[0] > 0,
      fmt::format("[quak] scan = [{}, {}] begins at 0, where a signal has no width; write the smallest mass that is "
                  "sought",
                  c.quak.scan[0], c.quak.scan[1]));
  require(
      c.quak.scan[1] > range[0] && c.quak.scan[0] < range[1],
      fmt::format("[quak] scan = [{}, {}] lies outside fit_range = [{}, {}]: no mass of it is in the spectra; widen "
                  "fit_range, or move the scan",
                  c.quak.scan[0], c.quak.scan[1], range[0], range[1]));
  require_bins_for(c.quak);
  require_fractions("background_cuts", c.quak.background_cuts);
  require_fractions("prior_cuts", c.quak.prior_cuts);
  const auto n_dimensions = static_cast<double>(c.priors.size() + 1);
  const double n_categories = std::pow(static_cast<double>(c.quak.categories), n_dimensions);
  require(c.features.context.empty() || n_categories <= kMaxCategories,
          fmt::format("[quak] categories = {} in each of {} dimensions are {} categories, more than {}; lower it",
                      c.quak.categories, n_dimensions, n_categories, kMaxCategories));
}

std::vector<PlannedStage> plan_quak(const SearchConfig& c) {
  const auto n_priors = static_cast<std::int64_t>(c.priors.size());
  std::vector<PlannedStage> stages = {{.name = "autoencoders", .kind = "vae", .tasks = 1 + n_priors}};
  if (c.evaluate.empty()) {
    return stages;
  }
  const auto n_latent = std::ranges::count(c.discriminants, "latent", &DiscriminantSettings::space);
  const auto n_losses = c.discriminants.empty() ? 2 * n_priors : std::ssize(c.discriminants) - n_latent;
  if (n_losses > 0) {
    stages.push_back(
        {.name = "discriminants of losses", .kind = "supervised", .tasks = n_losses, .after = {"autoencoders"}});
  }
  if (n_latent > 0) {
    stages.push_back({.name = "joint autoencoders", .kind = "vae", .tasks = n_latent});
    stages.push_back(
        {.name = "discriminants of latents", .kind = "supervised", .tasks = n_latent, .after = {"joint autoencoders"}});
  }
  stages.push_back({.name = "supervised classifiers", .kind = "supervised", .tasks = n_priors});
  return stages;
}

}  // namespace eddy::search
