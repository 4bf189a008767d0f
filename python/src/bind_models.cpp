// Flows, classifiers and autoencoders by themselves.

#include <eddy/base/artefact_bytes.hpp>
#include <eddy/base/error.hpp>
#include <eddy/base/json.hpp>
#include <eddy/base/parallel.hpp>
#include <eddy/classify/classifier.hpp>
#include <eddy/events/split.hpp>
#include <eddy/flow/fit.hpp>
#include <eddy/search/data_error.hpp>
#include <eddy/vae/fit.hpp>
#include <eddy/vae/settings.hpp>

#include <fmt/format.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "arrays.hpp"
#include "job.hpp"
#include "module.hpp"
#include "options.hpp"

namespace eddy::python {
namespace {

namespace nb = nanobind;
using nb::literals::operator""_a;

nb::bytes bytes_of(const base::Json& document) {
  const std::string bytes = base::artefact_bytes(document);
  return nb::bytes(bytes.data(), bytes.size());
}

base::Json document_of(const nb::bytes& bytes) {
  return base::document_of_artefact(std::string_view(bytes.c_str(), bytes.size()), "the pickled model");
}

/// A random part of the events, which decide when a training stops.
std::vector<std::uint8_t> validation_events(std::size_t n, double fraction, std::uint64_t seed) {
  std::vector<std::uint64_t> index(n);
  std::iota(index.begin(), index.end(), std::uint64_t{0});
  return events::assign_subset({seed}, "validation", index, fraction);
}

/// `compute()` without the interpreter; what it says of events is a DataError.
template <class Compute>
auto released(const Compute& compute) {
  const nb::gil_scoped_release release;
  return search::errors_of_data(compute);
}

// ---- flows ----------------------------------------------------------------------------------------------------------

struct FittedFlow {
  std::vector<flow::Flow> flows;
  std::vector<double> train_loss;
  std::vector<double> validation_loss;
};

FittedFlow fit_flow(const Table& x, const Table& context, const Vector<float>& weight,
                    const std::vector<std::string>& names, const std::vector<std::string>& context_names,
                    const std::vector<std::string>& options, double validation_fraction, std::uint64_t seed,
                    const nb::object& tell, const nb::object& progress) {
  flow::FlowSettings settings;
  read_options(options, "flow", [&](base::OptionVisitor& visitor) { describe(settings, visitor); });
  std::optional<flow::FlowFit> fit;
  run_monitored(tell, progress, [&](const base::Monitor& monitor) {
    const std::vector<std::uint8_t> is_validation = validation_events(x.shape(0), validation_fraction, seed);
    fit = search::errors_of_data([&] {
      return flow::fit_flow({.x = view_of(x),
                             .context = view_of(context),
                             .is_validation = is_validation,
                             .weight = span_of(weight),
                             .feature_names = names,
                             .context_names = context_names},
                            settings, {seed}, "flow", monitor);
    });
  });
  return {std::move(fit->flows), std::move(fit->train_loss), std::move(fit->validation_loss)};
}

base::Json to_json(const FittedFlow& fitted) {
  base::Json flows = base::Json::array();
  for (const flow::Flow& flow : fitted.flows) {
    flows.push_back(flow.to_json());
  }
  return {{"flows", flows}, {"train_loss", fitted.train_loss}, {"validation_loss", fitted.validation_loss}};
}

FittedFlow flow_from(const nb::bytes& bytes) {
  const base::Json document = document_of(bytes);
  FittedFlow fitted;
  for (const base::Json& flow : document.at("flows")) {
    fitted.flows.push_back(flow::Flow::from_json(flow));
  }
  fitted.train_loss = document.at("train_loss").get<std::vector<double>>();
  fitted.validation_loss = document.at("validation_loss").get<std::vector<double>>();
  return fitted;
}

/// One dense layer without padding: weight (n_out, n_in), 0 where masked, and bias (n_out).
nb::tuple dense_layer(const net::DenseShape& shape, const net::DenseShape* before, std::span<const float> parameters) {
  std::vector<float> weight;
  std::vector<float> bias;
  for (std::size_t o = 0; o < shape.n_out(); ++o) {
    if (!shape.output_exists(o)) {
      continue;
    }
    for (std::size_t i = 0; i < shape.n_in(); ++i) {
      if (before == nullptr || before->output_exists(i)) {
        weight.push_back(parameters[shape.weight_offset(i, o)]);
      }
    }
    bias.push_back(parameters[shape.bias_offset() + o]);
  }
  const std::size_t n_out = bias.size();
  const std::size_t n_in = weight.size() / n_out;
  return nb::make_tuple(to_numpy(std::move(weight), {n_out, n_in}), to_numpy(std::move(bias)));
}

/// The conditioner of each autoregressive layer: its dense layers, in the order of net::MaskedNetwork.
nb::list weights_of(const flow::Flow& flow) {
  const flow::AutoregressiveStack& stack = flow.stack();
  const net::MaskedNetwork& network = stack.network();
  nb::list layers;
  for (std::size_t l = 0; l < stack.shape().n_layers; ++l) {
    nb::list dense;
    for (std::size_t k = 0; k < network.n_layers(); ++k) {
      const net::DenseShape& shape = network.layer_shape(k);
      const std::size_t offset = l * stack.layer_parameters() + network.layer_offset(k);
      dense.append(dense_layer(shape, k > 0 ? &network.layer_shape(k - 1) : nullptr,
                               flow.parameters().subspan(offset, shape.n_parameters())));
    }
    layers.append(dense);
  }
  return layers;
}

void bind_flow(nb::module_& module) {
  module.def("fit_flow", &fit_flow, "x"_a, "context"_a, "weight"_a, "names"_a, "context_names"_a, "options"_a,
             "validation_fraction"_a, "seed"_a, "tell"_a, "progress"_a.none());
  module.def("flow_from_bytes", &flow_from, "bytes"_a);
  nb::class_<FittedFlow>(module, "FittedFlow")
      .def("to_bytes", [](const FittedFlow& fitted) { return bytes_of(to_json(fitted)); })
      .def("weights", [](const FittedFlow& fitted) { return weights_of(fitted.flows.front()); })
      .def_ro("train_loss", &FittedFlow::train_loss)
      .def_ro("validation_loss", &FittedFlow::validation_loss)
      .def(
          "log_prob",
          [](const FittedFlow& fitted, const Table& x, const Table& context) {
            return to_numpy(released([&] { return fitted.flows.front().log_prob(view_of(x), view_of(context)); }));
          },
          "x"_a, "context"_a)
      .def(
          "to_latent",
          [](const FittedFlow& fitted, const Table& x, const Table& context) {
            return to_numpy(released([&] { return fitted.flows.front().to_latent(view_of(x), view_of(context)); }));
          },
          "x"_a, "context"_a)
      .def(
          "from_latent",
          [](const FittedFlow& fitted, const Table& z, const Table& context) {
            return to_numpy(released([&] { return fitted.flows.front().from_latent(view_of(z), view_of(context)); }));
          },
          "z"_a, "context"_a)
      .def(
          "sample",
          [](const FittedFlow& fitted, const Table& context, std::uint64_t seed) {
            return to_numpy(released(
                [&] { return fitted.flows.front().sample(view_of(context), base::RandomStream({seed}, "sample")); }));
          },
          "context"_a, "seed"_a)
      .def(
          "count_clipped",
          [](const FittedFlow& fitted, const Table& x, const Table& context) {
            return released([&] { return fitted.flows.front().count_clipped(view_of(x), view_of(context)); });
          },
          "x"_a, "context"_a);
}

// ---- classifiers ----------------------------------------------------------------------------------------------------

struct Ensemble {
  Ensemble() = default;
  Ensemble(const Ensemble&) = delete;
  Ensemble& operator=(const Ensemble&) = delete;
  Ensemble(Ensemble&&) = default;
  Ensemble& operator=(Ensemble&&) = default;
  ~Ensemble() = default;

  std::vector<classify::Classifier> members;
};

base::Matrix copy_of(const Table& x) {
  const base::MatrixView view = view_of(x);
  base::Matrix copy(view.rows, view.cols);
  std::copy_n(view.data, view.rows * view.cols, copy.values().begin());
  return copy;
}

Ensemble fit_classifier(const Table& x, const Vector<std::uint8_t>& label, const Vector<float>& weight,
                        const std::string& kind, const std::vector<std::string>& options, std::size_t n_members,
                        std::uint64_t seed, const nb::object& tell, const nb::object& progress) {
  classify::ClassifierSettings settings{.kind = kind, .trees = {}, .mlp = {}, .linear = {}};
  read_options(options, kind, [&](base::OptionVisitor& visitor) {
    if (kind == "trees") {
      describe(settings.trees, visitor);
    } else if (kind == "mlp") {
      describe(settings.mlp, visitor);
    } else {
      describe(settings.linear, visitor);
    }
  });
  std::vector<std::optional<classify::Classifier>> members(n_members);
  run_monitored(tell, progress, [&](const base::Monitor& monitor) {
    static_cast<void>(search::errors_of_data([&] {
      const std::span<const std::uint8_t> labels = span_of(label);
      const std::span<const float> weights = span_of(weight);
      const classify::TrainingEvents events = classify::prepare_events(
          {copy_of(x), {labels.begin(), labels.end()}, {weights.begin(), weights.end()}}, settings);
      std::atomic<std::size_t> n_done{0};
      base::parallel_tasks(n_members, [&](std::size_t i) {
        const std::string task = fmt::format("classifier {}", i + 1);
        members[i] = classify::fit_classifier(events, settings, base::RandomStream({seed}, task), task,
                                              monitor.without_progress());
        monitor.progress("classifiers", ++n_done, n_members);
      });
      return true;
    }));
  });
  Ensemble ensemble;
  for (std::optional<classify::Classifier>& member : members) {
    ensemble.members.push_back(std::move(*member));
  }
  return ensemble;
}

/// Mean over the members, summed in their order.
std::vector<float> predict(const Ensemble& ensemble, base::MatrixView x) {
  std::vector<std::vector<float>> each(ensemble.members.size());
  base::parallel_tasks(each.size(), [&](std::size_t i) { each[i] = classify::predict(ensemble.members[i], x); });
  std::vector<float> mean(x.rows);
  for (std::size_t r = 0; r < x.rows; ++r) {
    double sum = 0;
    for (const std::vector<float>& member : each) {
      sum += member[r];
    }
    mean[r] = static_cast<float>(sum / static_cast<double>(each.size()));
  }
  return mean;
}

void bind_classifier(nb::module_& module) {
  module.def("fit_classifier", &fit_classifier, "x"_a, "label"_a, "weight"_a, "kind"_a, "options"_a, "n_members"_a,
             "seed"_a, "tell"_a, "progress"_a.none());
  module.def(
      "classifier_from_bytes",
      [](const nb::bytes& bytes) {
        const base::Json document = document_of(bytes);
        Ensemble ensemble;
        for (const base::Json& member : document.at("members")) {
          ensemble.members.push_back(classify::classifier_from_json(member));
        }
        return ensemble;
      },
      "bytes"_a);
  nb::class_<Ensemble>(module, "Ensemble")
      .def("to_bytes",
           [](const Ensemble& ensemble) {
             base::Json members = base::Json::array();
             for (const classify::Classifier& member : ensemble.members) {
               members.push_back(classify::to_json(member));
             }
             return bytes_of({{"members", members}});
           })
      .def(
          "predict",
          [](const Ensemble& ensemble, const Table& x) {
            return to_numpy(released([&] { return predict(ensemble, view_of(x)); }));
          },
          "x"_a);
}

// ---- autoencoders: the space of losses of QUAK
// ------------------------------------------------------------------------

struct LossSpace {
  events::Scaler scaler;
  std::vector<vae::Vae> networks;
};

LossSpace fit_loss_space(const std::vector<Table>& samples, const std::vector<std::string>& names,
                         const std::vector<std::string>& features, const std::string& scaler,
                         const std::vector<std::string>& options, std::uint64_t seed, const nb::object& tell,
                         const nb::object& progress) {
  vae::VaeSettings settings;
  read_options(options, "vae", [&](base::OptionVisitor& visitor) { describe(settings, visitor); });
  const std::vector<events::ScalerKind> kinds(features.size(), events::parse_scaler_kind(scaler));
  LossSpace space;
  std::vector<std::optional<vae::VaeFit>> fits(samples.size());
  run_monitored(tell, progress, [&](const base::Monitor& monitor) {
    static_cast<void>(search::errors_of_data([&] {
      space.scaler = events::Scaler::fit(kinds, features, view_of(samples.front()));
      base::parallel_tasks(samples.size(), [&](std::size_t i) {
        const base::Matrix x = space.scaler.forward(view_of(samples[i]));
        const auto is_validation = validation_events(x.rows(), settings.validation_fraction, seed);
        fits[i] = vae::fit_vae(x, is_validation, settings, {seed}, names[i], monitor);
      });
      return true;
    }));
  });
  for (std::optional<vae::VaeFit>& fit : fits) {
    space.networks.push_back(std::move(fit->vae));
  }
  return space;
}

base::Matrix losses_of(const LossSpace& space, base::MatrixView x) {
  const base::Matrix scaled = space.scaler.forward(x);
  base::Matrix losses(x.rows, space.networks.size());
  for (std::size_t i = 0; i < space.networks.size(); ++i) {
    const std::vector<float> loss = space.networks[i].reconstruction_loss(scaled);
    for (std::size_t r = 0; r < x.rows; ++r) {
      losses(r, i) = loss[r];
    }
  }
  return losses;
}

void bind_loss_space(nb::module_& module) {
  module.def("fit_loss_space", &fit_loss_space, "samples"_a, "names"_a, "features"_a, "scaler"_a, "options"_a, "seed"_a,
             "tell"_a, "progress"_a.none());
  module.def(
      "loss_space_from_bytes",
      [](const nb::bytes& bytes) {
        const base::Json document = document_of(bytes);
        LossSpace space{events::Scaler::from_json(document.at("scaler")), {}};
        for (const base::Json& network : document.at("networks")) {
          space.networks.push_back(vae::Vae::from_json(network));
        }
        return space;
      },
      "bytes"_a);
  nb::class_<LossSpace>(module, "LossSpace")
      .def("to_bytes",
           [](const LossSpace& space) {
             base::Json networks = base::Json::array();
             for (const vae::Vae& network : space.networks) {
               networks.push_back(network.to_json());
             }
             return bytes_of({{"scaler", space.scaler.to_json()}, {"networks", networks}});
           })
      .def(
          "losses",
          [](const LossSpace& space, const Table& x) {
            return to_numpy(released([&] { return losses_of(space, view_of(x)); }));
          },
          "x"_a);
}

}  // namespace

void bind_models(nb::module_& module) {
  bind_flow(module);
  bind_classifier(module);
  bind_loss_space(module);
}

}  // namespace eddy::python
