// Whatever is made of what a user or an earlier run wrote: configurations, results, models.

#include <eddy/base/artefact.hpp>
#include <eddy/base/cbor_depth.hpp>
#include <eddy/base/error.hpp>
#include <eddy/base/files.hpp>
#include <eddy/base/json.hpp>
#include <eddy/classify/classifier.hpp>
#include <eddy/classify/mlp.hpp>
#include <eddy/flow/flow.hpp>
#include <eddy/report/comparison.hpp>
#include <eddy/report/comparison_figures.hpp>
#include <eddy/report/comparison_html.hpp>
#include <eddy/report/html.hpp>
#include <eddy/runs/study_plan.hpp>
#include <eddy/runs/toml_config.hpp>
#include <eddy/search/scorer.hpp>
#include <eddy/vae/vae.hpp>
#include <fuzz/scratch_file.hpp>
#include <fuzz/target.hpp>
#include <repository.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>
#include <string>

namespace eddy::fuzz {
namespace {

using base::Json;

/// Runs `parse`; what eddy's commands turn into a sentence is swallowed.
template <class Parse>
void refusing(const Parse& parse) {
  try {
    parse();
  } catch (const base::Error&) {
  } catch (const Json::exception&) {  // commands say "not the files of one run", or compute the model again
  }
}

void collect_trees(const Json& document, std::set<std::string>& trees) {
  for (const auto& [key, value] : document.items()) {
    if (value.is_binary() && key == "model") {
      trees.insert(base::unpack_bytes(value));
    } else if (value.is_structured()) {
      collect_trees(value, trees);
    }
  }
}

/// The trees of the corpus. XGBoost's reader of its own format corrupts memory on damaged bytes; hashes keep those away
/// from it (docs/reliability.md), so that other trees say nothing of eddy.
const std::set<std::string>& known_trees() {
  static const auto trees = [] {
    std::set<std::string> found;
    for (const char* target : {"classifier", "scorer"}) {
      for (const auto& entry :
           std::filesystem::directory_iterator(test::repository_folder() + "/tests/fuzz/corpus/" + target)) {
        const std::string bytes = base::read_file(entry.path().string());
        collect_trees(Json::from_cbor(bytes, true, false), found);
      }
    }
    return found;
  }();
  return trees;
}

bool has_known_trees(const Json& document) {
  std::set<std::string> trees;
  collect_trees(document, trees);
  return std::ranges::includes(known_trees(), trees);
}

void fuzz_config(Bytes input) {
  static const ScratchFile file(".toml");
  file.write(input);
  refusing([] {
    const runs::LoadedConfig loaded = runs::load_config(file.path(), {});
    static const ScratchFile again(".toml");
    again.write({reinterpret_cast<const std::uint8_t*>(loaded.resolved.data()), loaded.resolved.size()});
    (void)runs::load_config(again.path(), {});
  });
}

void fuzz_study(Bytes input) {
  static const ScratchFile file(".toml");
  file.write(input);
  refusing([] { (void)runs::write_study(runs::read_study(file.path())); });
}

/// {"result": ..., "figures": ..., "facts": ...}, as the files of a run folder.
void fuzz_report(Bytes input) {
  refusing([&] {
    const Json run = Json::parse(input.begin(), input.end());
    (void)report::render_report(run.at("result"), run.at("figures"), run.at("facts"));
  });
}

/// A list of such runs.
void fuzz_compare(Bytes input) {
  refusing([&] {
    std::vector<Json> runs;
    for (const Json& run : Json::parse(input.begin(), input.end())) {
      runs.push_back(report::compared_run("run", run.at("result"), run.at("facts")));
    }
    if (runs.size() < 2) {
      return;
    }
    const Json comparison = report::compare(runs);
    (void)report::render_comparison(comparison, report::comparison_figures(comparison));
  });
}

void fuzz_artefact(Bytes input) {
  static const ScratchFile file(".eddy");
  file.write(input);
  refusing([] { (void)base::read_artefact(file.path()); });
}

/// Three events of this width, unless a model wants more columns than any search has.
constexpr std::size_t kMostColumns = 256;
base::Matrix events_of(std::size_t n_columns) {
  base::Matrix events(3, n_columns);
  for (std::size_t i = 0; i < n_columns; ++i) {
    events.row(1)[i] = 0.5F;
    events.row(2)[i] = -1e30F;
  }
  return events;
}

/// As artefacts are read.
Json document_of(Bytes input) {
  if (base::is_cbor_deeper_than(text_of(input), base::kDeepestDocument)) {
    throw base::InputError("nested too deep");
  }
  return Json::from_cbor(input.begin(), input.end());
}

void fuzz_flow(Bytes input) {
  refusing([&] {
    const auto flow = flow::Flow::from_json(document_of(input).at("flows").at(0));
    if (flow.n_features() <= kMostColumns && flow.n_context() <= kMostColumns) {
      (void)flow.log_prob(events_of(flow.n_features()), events_of(flow.n_context()));
    }
  });
}

void fuzz_classifier(Bytes input) {
  refusing([&] {
    const Json document = document_of(input);
    if (!has_known_trees(document)) {
      return;
    }
    const classify::Classifier classifier = classify::classifier_from_json(document);
    for (const std::size_t n_columns : {1U, 2U, 3U, 4U}) {
      refusing([&] { (void)classify::predict(classifier, events_of(n_columns)); });
    }
  });
}

/// The network that weighs events of an extrapolation.
void fuzz_weights(Bytes input) {
  refusing([&] {
    const auto network = classify::Mlp::from_json(document_of(input));
    (void)network.predict(events_of(2));
  });
}

void fuzz_vae(Bytes input) {
  refusing([&] { (void)vae::Vae::from_json(document_of(input).at("network")).to_json(); });
}

/// What `eddy score` does with models/scorer.eddy.
void fuzz_scorer(Bytes input) {
  refusing([&] {
    if (const Json document = document_of(input); has_known_trees(document)) {
      (void)search::score_events(document, events_of(3), events_of(1));
    }
  });
}

constexpr std::array kTargets = {
    Target{"config", fuzz_config},
    Target{"study", fuzz_study},
    Target{"report", fuzz_report, Shape::kJsonText},
    Target{"compare", fuzz_compare, Shape::kJsonText},
    Target{"artefact", fuzz_artefact},
    Target{"flow", fuzz_flow, Shape::kCbor},
    Target{"classifier", fuzz_classifier, Shape::kCbor},
    Target{"weights", fuzz_weights, Shape::kCbor},
    Target{"vae", fuzz_vae, Shape::kCbor},
    Target{"scorer", fuzz_scorer, Shape::kCbor},
};

}  // namespace

std::span<const Target> targets() { return kTargets; }

}  // namespace eddy::fuzz
