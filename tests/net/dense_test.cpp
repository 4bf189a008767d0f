#include <eddy/base/random.hpp>
#include <eddy/net/dense.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace eddy::net {
namespace {

/// Random numbers in an aligned buffer.
AlignedVector<double> random_values(std::size_t n, const char* name) {
  base::RandomStream stream({7}, name);
  AlignedVector<double> values(n);
  for (double& v : values) {
    v = stream.normal();
  }
  return values;
}

/// Parameters with zeros where the mask has none, as the optimiser keeps them.
AlignedVector<double> random_parameters(const DenseShape& shape) {
  AlignedVector<double> p = random_values(shape.n_parameters(), "parameters");
  for (std::size_t i = 0; i < shape.n_in_padded(); ++i) {
    for (std::size_t o = 0; o < shape.n_out_padded(); ++o) {
      p[shape.weight_offset(i, o)] *= shape.connected(i, o) ? 1.0 : 0.0;
    }
  }
  return p;
}

/// Full, masked, and of awkward sizes: one list of shapes goes through the same laws.
std::vector<DenseShape> shapes() {
  const std::vector<int> in = {0, 1, 2, 3};
  std::vector<int> hidden;
  for (int g = 0; g < 3; ++g) {
    hidden.insert(hidden.end(), 16 + 8 * g, g);
  }
  const std::vector<int> out = {0, 0, 0, 1, 1, 2, 2, 2, 2};
  return {DenseShape(4, 64),      DenseShape(64, 64),         DenseShape(1, 1),       DenseShape(17, 33),
          DenseShape(in, hidden), DenseShape(hidden, hidden), DenseShape(hidden, out)};
}

class Dense : public ::testing::TestWithParam<std::size_t> {
 protected:
  DenseShape shape = shapes()[GetParam()];
  AlignedVector<double> parameters = random_parameters(shape);
  AlignedVector<double> x = random_values(shape.n_in_padded() * kPanel, "x");
  AlignedVector<double> dy = random_values(shape.n_out_padded() * kPanel, "dy");

  [[nodiscard]] double weight(std::size_t i, std::size_t o) const { return parameters[shape.weight_offset(i, o)]; }
};

TEST_P(Dense, forward_equals_the_plain_triple_loop) {
  AlignedVector<double> y(shape.n_out_padded() * kPanel);
  dense_forward(shape, parameters.data(), x.data(), {.linear = y.data()});
  for (std::size_t o = 0; o < shape.n_out(); ++o) {
    for (std::size_t s = 0; s < kPanel; ++s) {
      double expected = parameters[shape.bias_offset() + o];
      for (std::size_t i = 0; i < shape.n_in(); ++i) {
        expected += weight(i, o) * x[i * kPanel + s];
      }
      ASSERT_NEAR(y[o * kPanel + s], expected, 1e-12) << "output " << o << ", sample " << s;
    }
  }
}

TEST_P(Dense, residual_output_adds_to_what_is_there_and_relu_is_fused) {
  AlignedVector<double> plain(shape.n_out_padded() * kPanel);
  AlignedVector<double> residual = dy;
  AlignedVector<double> rectified(plain.size(), -1.0);
  dense_forward(shape, parameters.data(), x.data(), {.linear = plain.data()});
  dense_forward(shape, parameters.data(), x.data(),
                {.linear = residual.data(), .adds = true, .rectified = rectified.data()});
  for (std::size_t i = 0; i < plain.size(); ++i) {
    ASSERT_NEAR(residual[i], plain[i] + dy[i], 1e-12);
    ASSERT_EQ(rectified[i], std::max(residual[i], 0.0));
  }
}

TEST_P(Dense, forward_of_some_rows_leaves_the_others_alone) {
  AlignedVector<double> all(shape.n_out_padded() * kPanel);
  AlignedVector<double> some(all.size(), 99.0);
  dense_forward(shape, parameters.data(), x.data(), {.linear = all.data()});
  dense_forward(shape, {kRowTile, shape.n_out_padded()}, parameters.data(), x.data(), {.linear = some.data()});
  for (std::size_t i = 0; i < all.size(); ++i) {
    ASSERT_EQ(some[i], i < kRowTile * kPanel ? 99.0 : all[i]);
  }
}

TEST_P(Dense, backward_input_is_the_transposed_product) {
  AlignedVector<double> dx(shape.n_in_padded() * kPanel, 7.0);
  dense_backward_input(shape, parameters.data(), dy.data(), dx.data());
  for (std::size_t i = 0; i < shape.n_in(); ++i) {
    for (std::size_t s = 0; s < kPanel; ++s) {
      double expected = 0;
      for (std::size_t o = 0; o < shape.n_out(); ++o) {
        expected += weight(i, o) * dy[o * kPanel + s];
      }
      ASSERT_NEAR(dx[i * kPanel + s], expected, 1e-12) << "input " << i;
    }
  }
  for (std::size_t p = shape.n_in() * kPanel; p < dx.size(); ++p) {
    ASSERT_EQ(dx[p], 0.0) << "padding";
  }
}

TEST_P(Dense, backward_input_through_a_gate_is_added_where_the_gate_is_open) {
  const AlignedVector<double> gate = random_values(shape.n_in_padded() * kPanel, "gate");
  AlignedVector<double> plain(gate.size());
  AlignedVector<double> gated(gate.size(), 3.0);
  dense_backward_input(shape, parameters.data(), dy.data(), plain.data());
  dense_backward_input(shape, parameters.data(), dy.data(), gated.data(), gate.data(), true);
  for (std::size_t i = 0; i < gate.size(); ++i) {
    ASSERT_NEAR(gated[i], 3.0 + (gate[i] > 0 ? plain[i] : 0.0), 1e-12);
  }
}

TEST_P(Dense, backward_parameters_sums_over_the_panel_and_accumulates) {
  AlignedVector<double> gradient(shape.n_parameters(), 1.0);
  AlignedVector<double> scratch(shape.n_out_padded() * kPanel);
  dense_backward_parameters(shape, 1, x.data(), 0, dy.data(), scratch.data(), gradient.data());
  for (std::size_t o = 0; o < shape.n_out(); ++o) {
    double bias = 1;
    for (std::size_t s = 0; s < kPanel; ++s) {
      bias += dy[o * kPanel + s];
    }
    ASSERT_NEAR(gradient[shape.bias_offset() + o], bias, 1e-12);
    for (std::size_t i = 0; i < shape.n_in(); ++i) {
      if (!shape.connected(i, o)) {
        continue;
      }
      double expected = 1;
      for (std::size_t s = 0; s < kPanel; ++s) {
        expected += x[i * kPanel + s] * dy[o * kPanel + s];
      }
      ASSERT_NEAR(gradient[shape.weight_offset(i, o)], expected, 1e-12) << "weight " << i << ", " << o;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, Dense, ::testing::Range<std::size_t>(0, 7));

TEST(DenseShape, zero_blocks_of_a_triangular_mask_are_skipped) {
  std::vector<int> hidden;
  for (int g = 0; g < 4; ++g) {
    hidden.insert(hidden.end(), 16, g);
  }
  const DenseShape shape(hidden, hidden);
  EXPECT_EQ(shape.inputs_of(0).end, 16U);   // degree 0 sees the first group only
  EXPECT_EQ(shape.inputs_of(48).end, 64U);  // degree 3 sees all
  EXPECT_EQ(shape.outputs_of(48).begin, 48U);
}

}  // namespace
}  // namespace eddy::net
