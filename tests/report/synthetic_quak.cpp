#include <eddy/search/evidence/categories.hpp>
#include <eddy/search/quak/quak_bumps.hpp>
#include <eddy/search/quak/quak_evaluation.hpp>

#include <report/synthetic_quak.hpp>
#include <search/synthetic_losses.hpp>

namespace eddy::report_test {
namespace {

search::InputRecord record(const std::string& role, std::size_t n) {
  return {.role = role,
          .file = role + ".h5",
          .sha256 = std::string(64, 'a'),
          .n_read = n,
          .n_selected = n,
          .n_signal_region = n,
          .n_control_region = 0,
          .n_dropped_nonfinite = 0,
          .n_clipped = {0, 1, 0}};
}

}  // namespace

search::Finding synthetic_quak() {
  search::Finding output;
  output.method = "quak";
  output.family = "loss space";
  output.evidence = search::EvidenceKind::kCategories;
  output.name = "synthetic quak";
  output.features = {{"a", "GeV"}, {"b", ""}, {"c", ""}};
  output.context = {"mjj", "GeV"};
  output.inputs = {record("data", 20060), record("background", 20000), record("prior p", 5000)};
  search::LossSpace& space = output.loss_space.emplace();
  space.losses = {"background", "p"};
  space.data = both(search::background_in_losses(20000, 1), search::signal_in_losses(60, 2));
  space.data.name = "data";
  space.background = search::background_in_losses(20000, 5);
  space.priors = {search::signal_in_losses(3000, 6)};
  space.priors[0].name = "p";
  space.signals = {search::signal_in_losses(3000, 7)};
  const search::SearchConfig config = search::quick_quak_config();
  const std::vector<float> background = first_loss(space.background);
  const search::LossSpectrum spectrum{
      .data = space.data, .background_loss = background, .truth = {}, .priors = &space.priors};
  search::set_numbers(output.working_points.emplace_back(), search::search_categories(spectrum, config, {}));
  space.cuts = search::search_cuts(spectrum, config, {});
  space.separations = search::separate_by_cuts(space.background, space.signals[0]);
  space.separations.push_back(search::random_cut("signal"));
  output.training = {{"autoencoder background", {3, 2, 1.5}, {3.1, 2.2, 1.8}, 2},
                     {"autoencoder p", {4, 3, 2.5}, {4.1, 3.2, 2.8}, 2}};
  search::judge(output);
  return output;
}

}  // namespace eddy::report_test
