#pragma once
// How the background of a signal region is made from simulation and from what the control region teaches: Bai,
// Mastandrea and Nachman, "Non-resonant anomaly detection with background extrapolation" (2311.12924), section 2.2.

#include <eddy/base/monitor.hpp>
#include <eddy/base/tasks.hpp>
#include <eddy/classify/mlp.hpp>
#include <eddy/flow/transfer.hpp>
#include <eddy/search/flow_ensemble.hpp>
#include <eddy/search/inputs.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace eddy::search {

/// One background model. Its weights are w = p_data / p_sim, of the context m alone or of features and context;
/// features are those of the simulation, or of a flow.
struct BackgroundModel {
  classify::Mlp weights;                       ///< of data against simulation in the control region
  double yield_ratio = 1;                      ///< data events per simulated one (per weight) in the control region
  bool weights_use_features = false;           ///< Reweight
  std::optional<flow::Flow> generator;         ///< Generate: p_data(x | m) of the control region
  std::optional<flow::TransferFlow> transfer;  ///< Morph: simulation to data in the control region
};

/// The models of a search. Model j never saw the control-region events of fold j, of data and simulation.
struct BackgroundModels {
  std::vector<BackgroundModel> models;
  std::vector<std::uint8_t> data_fold;        ///< of every event of the data
  std::vector<std::uint8_t> simulation_fold;  ///< of every simulated event
  std::vector<TrainingCurve> training;
};

/// What the training of one model works on.
struct ModelTask {
  const SearchInputs& inputs;
  const SearchConfig& config;
  const base::TaskStore& store;
  const base::Monitor& monitor;
  std::size_t member;
  Sample data;        ///< control region, outside the fold of the model
  Sample simulation;  ///< the same of the simulation
};

/// Which events a flow is trained on.
enum class FlowTarget { kData, kSimulation };

/// w of data against simulation, by a network on the context, or on features and context.
[[nodiscard]] BackgroundModel train_weights(const ModelTask& task, bool use_features);
/// A flow of the control region, on data or simulation; with a `base`, a map from there to the base. Its loss curve is
/// added to `training`.
[[nodiscard]] flow::Flow train_region_flow(const ModelTask& task, FlowTarget target, const flow::FlowSettings& settings,
                                           const std::string& name, const flow::Flow* base,
                                           std::vector<TrainingCurve>& training);

/// The methods, one file each.
[[nodiscard]] BackgroundModel train_reweight(const ModelTask& task, std::vector<TrainingCurve>& training);
[[nodiscard]] BackgroundModel train_generate(const ModelTask& task, std::vector<TrainingCurve>& training);
[[nodiscard]] BackgroundModel train_morph(const ModelTask& task, std::vector<TrainingCurve>& training);

/// Trains (or finds in `store`) all models of the configured method, side by side. No event of the signal region of the
/// data is looked at.
[[nodiscard]] BackgroundModels train_background_models(const SearchInputs& inputs, const SearchConfig& config,
                                                       const base::TaskStore& store, const base::Monitor& monitor);

/// Background events made from simulated ones.
struct ConstructedBackground {
  base::Matrix x;                   ///< (n, n_features)
  base::Matrix context;             ///< (n, n_context): those of the simulated events
  std::vector<float> weight;        ///< sums to the number of events expected in data
  std::vector<std::size_t> source;  ///< row of the simulated event that each was made from
  std::size_t n_clipped = 0;        ///< learned weights cut at [weights] clip
  [[nodiscard]] std::size_t size() const { return weight.size(); }
};

/// The background at the simulated events `rows`, `copies` of each, with weights that are the product of what was
/// learned and of the simulation's own. `stream` is that of Generate's samples: those of
/// one event depend on its position in `rows`.
[[nodiscard]] ConstructedBackground construct_background(const BackgroundModel& model, const Sample& simulation,
                                                         const std::vector<std::size_t>& rows,
                                                         const SearchConfig& config, const base::RandomStream& stream);

/// Events of `background` at `rows`; n_clipped is not divided up.
[[nodiscard]] ConstructedBackground take_constructed(const ConstructedBackground& background,
                                                     const std::vector<std::size_t>& rows);

}  // namespace eddy::search
