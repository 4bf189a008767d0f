#include <eddy/search/resonant/signal_flow_settings.hpp>

namespace eddy::search {

void describe(SignalFlowSettings& s, base::OptionVisitor& visitor) {
  visitor.visit(
      {.key = "fraction",
       .meaning = "of the events of the signal region that are signal while its density is learned; 0: learned "
                  "too, from 1 % on",
       .minimum = 0,
       .maximum = 0.9},
      s.fraction);
  describe_network(s.flow, visitor);
}

flow::FlowSettings flow_of_signal(const SignalFlowSettings& settings, const flow::FlowSettings& background) {
  flow::FlowSettings flow = settings.flow;
  flow.bound = background.bound;
  flow.feature_scaler = background.feature_scaler;
  flow.context_scaler = background.context_scaler;
  flow.scalers = background.scalers;
  flow.batch_norm = false;        // its moments would be those of the background
  flow.moving_quantiles = false;  // likewise
  return flow;
}

}  // namespace eddy::search
