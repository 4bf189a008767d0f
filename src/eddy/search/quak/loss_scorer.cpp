#include <eddy/base/error.hpp>
#include <eddy/base/infinity.hpp>
#include <eddy/base/json.hpp>
#include <eddy/search/finding.hpp>
#include <eddy/search/quak/loss_categories.hpp>
#include <eddy/search/quak/loss_scorer.hpp>

#include <cmath>
#include <cstdint>
#include <numeric>
#include <optional>
#include <span>
#include <utility>

namespace eddy::search {
namespace {

/// Where the categories of a search lie.
struct CategoryPlaces {
  std::vector<LossBox> boxes;
  stats::MassWindow masses;  ///< from the first edge of the bins (inclusive) to the last (exclusive)
};

std::optional<CategoryPlaces> places_of(const Finding& finding) {
  const auto* search = evidence_of<CategorySearch>(finding);
  if (search == nullptr) {
    return std::nullopt;
  }
  const std::vector<double>& edges = search->spectra.front().histogram.edges;
  return CategoryPlaces{search->boxes, {edges.front(), edges.back()}};
}

void add_columns(const std::vector<std::string>& names, base::MatrixView losses,
                 const std::optional<CategoryPlaces>& places, std::span<const float> masses, events::Events& table) {
  for (std::size_t d = 0; d < names.size(); ++d) {
    std::vector<float> loss(losses.rows);
    for (std::size_t i = 0; i < loss.size(); ++i) {
      loss[i] = losses(i, d);
    }
    table.add({"loss_" + names[d], "", std::move(loss)});
  }
  if (!places) {
    return;
  }
  std::vector<std::size_t> all(losses.rows);
  std::iota(all.begin(), all.end(), std::size_t{0});
  std::vector<std::int64_t> category(losses.rows);
  for (std::size_t c = 0; c < places->boxes.size(); ++c) {
    for (const std::size_t row : rows_in(places->boxes[c], losses, all)) {
      category[row] = static_cast<std::int64_t>(c + 1);
    }
  }
  std::vector<float> in_spectrum(losses.rows);
  for (std::size_t i = 0; i < in_spectrum.size(); ++i) {
    in_spectrum[i] = masses[i] >= places->masses.low && masses[i] < places->masses.high ? 1 : 0;
  }
  table.add({"category", "", std::move(category)});
  table.add({"in_spectrum", "", std::move(in_spectrum)});
}

/// JSON has no infinity: null stands for an end that does not cut.
base::Json pack_ends(const std::vector<double>& ends) {
  base::Json packed = base::Json::array();
  for (const double end : ends) {
    packed.push_back(std::isfinite(end) ? base::Json(end) : base::Json(nullptr));
  }
  return packed;
}

std::vector<double> unpack_ends(const base::Json& packed, double no_end) {
  std::vector<double> ends;
  for (const base::Json& end : packed) {
    ends.push_back(end.is_null() ? no_end : end.get<double>());
  }
  return ends;
}

base::Json pack_places(const std::optional<CategoryPlaces>& places) {
  if (!places) {
    return nullptr;
  }
  base::Json boxes = base::Json::array();
  for (const LossBox& box : places->boxes) {
    boxes.push_back({{"low", pack_ends(box.low)}, {"high", pack_ends(box.high)}});
  }
  return {{"boxes", std::move(boxes)}, {"lowest_mass", places->masses.low}, {"highest_mass", places->masses.high}};
}

std::optional<CategoryPlaces> unpack_places(const base::Json& packed) {
  if (packed.is_null()) {
    return std::nullopt;
  }
  CategoryPlaces places{{}, {packed.at("lowest_mass"), packed.at("highest_mass")}};
  for (const base::Json& box : packed.at("boxes")) {
    places.boxes.push_back(
        {unpack_ends(box.at("low"), -base::kInfinity), unpack_ends(box.at("high"), base::kInfinity)});
  }
  return places;
}

LossNetworks unpack_networks(const base::Json& scorer) {
  LossNetworks space{.names = scorer.at("names"), .scaling = {}, .networks = {}, .training = {}};
  if (!scorer.at("scaler").is_null()) {
    space.scaling.fitted = events::Scaler::from_json(scorer.at("scaler"));
  }
  for (const base::Json& network : scorer.at("networks")) {
    space.networks.push_back(vae::Vae::from_json(network));
  }
  return space;
}

void require_consistent(const LossNetworks& space, const std::optional<CategoryPlaces>& places, const Sample& sample) {
  const std::size_t n = space.names.size();
  bool fits = n > 0 && space.networks.size() == n;
  for (const vae::Vae& network : space.networks) {
    fits = fits && network.n_features() == sample.x.cols();
  }
  for (std::size_t c = 0; places && c < places->boxes.size(); ++c) {
    fits = fits && places->boxes[c].low.size() == n && places->boxes[c].high.size() == n;
  }
  if (!fits || (places && sample.context.cols() != 1)) {
    throw base::IoError(
        "the scorer has not the networks and categories of its configuration, so it is none that eddy "
        "wrote; run the search again, finished tasks are kept");
  }
}

}  // namespace

base::Json make_loss_scorer(const LossNetworks& space, const Finding& finding) {
  base::Json networks = base::Json::array();
  for (const vae::Vae& network : space.networks) {
    networks.push_back(network.to_json());
  }
  return {{"names", space.names},
          {"scaler", space.scaling.fitted ? space.scaling.fitted->to_json() : base::Json(nullptr)},
          {"networks", std::move(networks)},
          {"categories", pack_places(places_of(finding))}};
}

std::vector<std::size_t> score_by_losses(const base::Json& scorer, const Sample& sample, events::Events& table) {
  const LossNetworks space = unpack_networks(scorer);
  const std::optional<CategoryPlaces> places = unpack_places(scorer.at("categories"));
  require_consistent(space, places, sample);
  add_columns(space.names, losses_of(space, sample.x), places, first_context(sample), table);
  return space.scaling.fitted ? space.scaling.fitted->count_clipped(sample.x) : std::vector<std::size_t>();
}

void add_losses(const Finding& finding, events::Events& table) {
  const LossSpace& space = finding.loss_space.value();
  add_columns(space.losses, space.data.loss, places_of(finding), space.data.mass, table);
}

}  // namespace eddy::search
