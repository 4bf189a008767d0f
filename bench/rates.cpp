#include "rates.hpp"
#include <eddy/base/json.hpp>

#include "flow/exchange.hpp"

#include <eddy/base/error.hpp>
#include <eddy/base/monitor.hpp>
#include <eddy/base/random.hpp>

#include <atomic>
#include <cmath>
#include <functional>
#include <optional>
#include <string>

namespace eddy::bench {
namespace {

using base::Json;

constexpr std::size_t kEvaluationEvents = 200'000;

/// Operations per weight and event: one multiplication and one addition forward; backward the same for the gradients
/// of inputs and of weights.
constexpr std::size_t kForwardFlops = 2;
constexpr std::size_t kTrainingFlops = 6;

/// Times the epochs of a training by its progress; the first one, which begins with the preparations, does not count.
/// Stops the training when it has seen enough.
class EpochClock final : public base::MonitorSink {
 public:
  EpochClock(std::size_t n_events, double seconds) : n_events_(static_cast<double>(n_events)), seconds_(seconds) {}

  void info(const std::string& /*message*/) override {}
  void warn(const std::string& /*message*/) override {}
  void progress(std::string_view /*task*/, std::size_t /*done*/, std::size_t /*total*/,
                const std::string& /*note*/) override {
    const Instant instant = now();
    if (last_) {
      rate_.offer(n_events_, *last_, instant);
      stop_ = instant.wall - first_ > seconds_;
    } else {
      first_ = instant.wall;
    }
    last_ = instant;
  }
  [[nodiscard]] base::Monitor monitor() { return {this, &stop_}; }
  [[nodiscard]] const Rate& rate() const { return rate_; }

 private:
  double n_events_;
  double seconds_;
  double first_ = 0;
  std::optional<Instant> last_;
  std::atomic<bool> stop_ = false;
  Rate rate_;
};

Rate flow_training_rate(const FlowConfiguration& configuration, double seconds) {
  const FlowEvents events(configuration.n_events, configuration.n_features, configuration.n_context);
  flow::FlowSettings settings = configuration.settings;
  settings.training.epochs = kManyEpochs;
  return training_rate(events.n_training(), seconds, [&](const base::Monitor& monitor) {
    static_cast<void>(flow::fit_flow(events.sample(), settings, {1}, "bench", monitor));
  });
}

/// Classes that overlap.
classify::LabelledEvents classifier_events() {
  classify::LabelledEvents events{base::Matrix(kClassifierEvents, kClassifierInputs),
                                  std::vector<std::uint8_t>(kClassifierEvents),
                                  std::vector<float>(kClassifierEvents, 1.0F)};
  base::fill_normal(base::RandomStream({1}, "inputs"), 0, events.x.values());
  for (std::size_t i = 0; i < kClassifierEvents; i += 2) {
    events.label[i] = 1;
    events.x(i, 0) += 0.5F;
  }
  return events;
}

classify::Mlp fit_classifier(const classify::LabelledEvents& events, const classify::MlpSettings& settings,
                             const base::Monitor& monitor) {
  return classify::Mlp::fit(events.x, events.label, events.weight, settings, base::RandomStream({1}, "bench"), "bench",
                            monitor);
}

Rate classifier_training_rate(const classify::LabelledEvents& events, std::int64_t batch_size, double seconds) {
  classify::MlpSettings settings = classifier_settings(batch_size);
  settings.training.epochs = kManyEpochs;
  const double n_training = (1 - settings.validation_fraction) * static_cast<double>(kClassifierEvents);
  return training_rate(static_cast<std::size_t>(n_training), seconds, [&](const base::Monitor& monitor) {
    static_cast<void>(fit_classifier(events, settings, monitor));
  });
}

}  // namespace

Rate training_rate(std::size_t n_events, double seconds, const std::function<void(const base::Monitor&)>& train) {
  EpochClock clock(n_events, seconds);
  try {
    train(clock.monitor());
  } catch (const base::Interrupted&) {
    return clock.rate();
  }
  throw base::InputError("the training ended before its time was up; give fewer --seconds");
}

Json to_json(const Rate& rate) {
  return {{"events_per_cpu_second", std::round(rate.per_cpu_second)},
          {"events_per_wall_second", std::round(rate.per_wall_second)},
          {"slice_seconds", rate.slice_seconds}};
}

Json counted_weights(std::size_t n) {
  return {{"active_weights", n},
          {"flops_per_event",
           {{"training", kTrainingFlops * n}, {"density", kForwardFlops * n}, {"sampling", kForwardFlops * n}}}};
}

flow::Flow short_fit(const FlowConfiguration& configuration, std::size_t n_events, std::int64_t epochs) {
  const FlowEvents events(n_events, configuration.n_features, configuration.n_context);
  flow::FlowSettings settings = configuration.settings;
  settings.training.epochs = epochs;
  return flow::fit_flow(events.sample(), settings, {1}, "bench", {}).flows.front();
}

flow::AutoregressiveStack stack_of(const flow::Flow& flow) {
  return flow::AutoregressiveStack(test::shape_from(flow.to_json().at("shape")));
}

Json flow_rates(const FlowConfiguration& configuration, double seconds) {
  const flow::Flow flow = short_fit(configuration, 5000, 1);
  const FlowEvents events(kEvaluationEvents, configuration.n_features, configuration.n_context);
  Json json = counted_weights(count_weights(stack_of(flow)));
  json["training"][std::to_string(configuration.settings.training.batch_size)] =
      to_json(flow_training_rate(configuration, seconds));
  json["density"] =
      to_json(best_rate(seconds, [&] { return static_cast<double>(flow.log_prob(events.x, events.context).size()); }));
  json["sampling"] = to_json(best_rate(seconds, [&] {
    return static_cast<double>(flow.sample(events.context, base::RandomStream({1}, "sampling")).rows());
  }));
  return json;
}

Json classifier_rates(double seconds) {
  const classify::LabelledEvents events = classifier_events();
  Json json = counted_weights(count_classifier_weights());
  for (const std::int64_t batch_size : {128, 512}) {
    json["training"][std::to_string(batch_size)] = to_json(classifier_training_rate(events, batch_size, seconds));
  }
  classify::MlpSettings settings = classifier_settings(512);
  settings.training.epochs = 1;
  const classify::Mlp classifier = fit_classifier(events, settings, {});
  json["density"] =
      to_json(best_rate(seconds, [&] { return static_cast<double>(classifier.predict(events.x).size()); }));
  return json;
}

double dense_gflops(double seconds) {
  constexpr std::size_t kCalls = 2000;
  const net::DenseShape shape(128, 128);
  const net::AlignedVector<float> parameters(shape.n_parameters(), 0.01F);
  const net::AlignedVector<float> x(shape.n_in_padded() * net::kPanel, 0.5F);
  net::AlignedVector<float> y(shape.n_out_padded() * net::kPanel);
  const Rate rate = best_rate(seconds, [&] {
    for (std::size_t i = 0; i < kCalls; ++i) {
      net::dense_forward<float>(shape, parameters.data(), x.data(), {.linear = y.data()});
    }
    return 2.0 * static_cast<double>(kCalls * shape.n_in() * shape.n_out() * net::kPanel);
  });
  return rate.per_cpu_second / 1e9;
}

}  // namespace eddy::bench
