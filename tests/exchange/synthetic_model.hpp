#pragma once

#include <eddy/exchange/statistical_model.hpp>

namespace eddy::exchange {

/// Two bins: signal, a background with every kind of factor, and a pull that adds events.
inline StatisticalModel synthetic_model() {
  StatisticalModel model{.name = "synthetic"};
  model.channels = {
      {.name = "spectrum",
       .edges = {0, 1, 3},
       .counts = {12, 7},
       .samples = {{"signal", {2, 4}, {{Factor::Kind::kFree, "mu"}, {Factor::Kind::kLogNormal, "yield", 0.1}}},
                   {"background",
                    {10, 0},
                    {{Factor::Kind::kFree, "scale"},
                     {Factor::Kind::kLogNormal, "closure", 0.2},
                     {Factor::Kind::kLogLinear, "shape_1", 0.05}}},
                   {"rest", {0, 6}, {{Factor::Kind::kLogLinear, "shape_1", -0.1}}, {{"spread", {0, 1.5}}}}}}};
  model.free = {{"scale", 1, 0, 3}, {"shape_1", 0, -50, 50}};
  model.strengths = {{"mu", 6, 0, 10}};
  model.grid = {{100, 3, 0.2}, {200, 12, 0.1}, {300, 15, 0.1}};
  model.description = "synthetic";
  return model;
}

}  // namespace eddy::exchange
