#pragma once
// [signal_flow]: the density of the signal, which R-ANODE learns beside that of the background.

#include <eddy/base/options.hpp>
#include <eddy/flow/fit.hpp>

namespace eddy::search {

struct SignalFlowSettings {
  /// Its network and training; how features and context are scaled is what [flow] says.
  flow::FlowSettings flow = {
      .layers = 2, .hidden = 32, .training = {.epochs = 30, .batch_size = 256, .learning_rate = 2e-3, .patience = 10}};
  double fraction = 0;  ///< of the signal region's events that are signal; 0: learned
};

/// What is learned begins with this fraction of signal.
inline constexpr double kFirstSignalFraction = 0.01;

/// Declares the options of `settings`.
void describe(SignalFlowSettings& settings, base::OptionVisitor& visitor);

/// `settings.flow` with the scaling of `background`, and without what only a density of all events can use.
[[nodiscard]] flow::FlowSettings flow_of_signal(const SignalFlowSettings& settings,
                                                const flow::FlowSettings& background);

}  // namespace eddy::search
