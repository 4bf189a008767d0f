#pragma once
// A stack's parameters as the dense matrices of bench/pytorch/reference_file.py, in both directions: what eddy pads and
// transposes for its kernels is undone here.

#include <eddy/base/json.hpp>
#include <eddy/flow/autoregressive.hpp>

#include <string>
#include <utility>
#include <vector>

namespace eddy::test {

using base::Json;

/// Calls visit(path into the file, index of the parameter) for each parameter that PyTorch has, masked ones included.
template <class F>
void for_each_parameter(const flow::AutoregressiveStack& stack, const F& visit) {
  const net::MaskedNetwork& network = stack.network();
  const std::size_t n_features = stack.shape().n_features;
  for (std::size_t l = 0; l < stack.shape().n_layers; ++l) {
    const Json::json_pointer layer("/layers/" + std::to_string(l));
    for (std::size_t k = 0; k < network.n_layers(); ++k) {
      const net::DenseShape& shape = network.layer_shape(k);
      const std::size_t offset = l * stack.layer_parameters() + network.layer_offset(k);
      const auto exists = [&](std::size_t i) { return k == 0 || network.layer_shape(k - 1).output_exists(i); };
      const Json::json_pointer linear = layer / "linear" / k;
      std::size_t row = 0;
      for (std::size_t o = 0; o < shape.n_out(); ++o) {
        if (!shape.output_exists(o)) {
          continue;
        }
        std::size_t column = 0;
        for (std::size_t i = 0; i < shape.n_in(); ++i) {
          if (exists(i)) {
            visit(linear / "weight" / row / column++, offset + shape.weight_offset(i, o));
          }
        }
        visit(linear / "bias" / row++, offset + shape.bias_offset() + o);
      }
    }
    if (stack.shape().batch_norm) {
      const std::size_t offset = l * stack.layer_parameters() + network.n_parameters();
      const std::size_t stride = net::round_up(n_features, net::kRowUnit);
      const char* names[] = {"log_gamma", "beta", "running_mean", "running_var"};
      for (std::size_t n = 0; n < 4; ++n) {
        for (std::size_t d = 0; d < n_features; ++d) {
          visit(layer / "batch_norm" / names[n] / d, offset + n * stride + d);
        }
      }
    }
  }
}

inline flow::StackShape shape_from(const Json& json) {
  flow::StackShape shape;
  shape.transform =
      json.at("transform") == "affine" ? flow::TransformKind::kAffine : flow::TransformKind::kRationalQuadratic;
  shape.n_features = json.at("features");
  shape.n_context = json.at("context");
  shape.n_layers = json.at("layers");
  shape.n_hidden = json.at("hidden");
  shape.n_blocks = json.at("blocks");
  shape.spline = {.bins = json.at("bins"), .bound = json.at("bound")};
  shape.batch_norm = json.at("batch_norm");
  return shape;
}

/// A table of the file as panels: (n_panels, columns, kPanel); padding repeats the last row.
template <class T>
net::AlignedVector<T> panels_from(const Json& rows) {
  const std::size_t columns = rows.at(0).size();
  const std::size_t n_panels = net::panels_of(rows.size());
  net::AlignedVector<T> panels(n_panels * columns * net::kPanel);
  for (std::size_t i = 0; i < n_panels * net::kPanel; ++i) {
    for (std::size_t c = 0; c < columns; ++c) {
      panels[(i / net::kPanel * columns + c) * net::kPanel + i % net::kPanel] =
          rows[std::min(i, rows.size() - 1)][c].template get<T>();
    }
  }
  return panels;
}

}  // namespace eddy::test
