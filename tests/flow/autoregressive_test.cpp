#include "net/finite_difference.hpp"

#include <eddy/flow/autoregressive.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace eddy::flow {
namespace {

using net::AlignedVector;
using net::kPanel;

StackShape shape_of(TransformKind kind, std::size_t n_layers) {
  StackShape shape;
  shape.transform = kind;
  shape.n_features = 3;
  shape.n_context = 2;
  shape.n_layers = n_layers;
  shape.n_hidden = 24;
  shape.n_blocks = 1;
  return shape;
}

/// A stack with weights far from the identity.
struct Case {
  explicit Case(const StackShape& shape)
      : stack(shape),
        parameters(stack.n_parameters()),
        mask(stack.n_parameters()),
        x(3 * kPanel),
        context(2 * kPanel),
        workspace(stack.workspace_size()),
        z(3 * kPanel),
        log_jacobian(kPanel) {
    AlignedVector<float> initial(stack.n_parameters());
    stack.initialise(base::RandomStream({9}, "weights"), initial);
    stack.fill_mask(mask);
    base::RandomStream stream({9}, "kick");
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      parameters[i] = initial[i] + (mask[i] != 0.0F ? 0.1 * stream.normal() : 0.0);
    }
    for (double& v : x) {
      v = 1.5 * stream.normal();
    }
    for (double& v : context) {
      v = stream.normal();
    }
  }
  void forward() {
    stack.forward(parameters.data(), x.data(), context.data(), workspace.data(), z.data(), log_jacobian.data());
  }
  AutoregressiveStack stack;
  AlignedVector<double> parameters;
  AlignedVector<float> mask;
  AlignedVector<double> x, context, workspace, z, log_jacobian;
};

class Stack : public ::testing::TestWithParam<TransformKind> {};

TEST_P(Stack, inverse_undoes_forward) {
  for (const std::size_t n_layers : {1, 2, 3, 4}) {
    Case c(shape_of(GetParam(), n_layers));
    c.forward();
    AlignedVector<double> back(c.x.size());
    c.stack.inverse(c.parameters.data(), c.z.data(), c.context.data(), c.workspace.data(), back.data());
    for (std::size_t i = 0; i < c.x.size(); ++i) {
      EXPECT_NEAR(back[i], c.x[i], 1e-9) << n_layers << " layers, element " << i;
    }
  }
}

/// dz_j/dx_i of sample 0 by finite differences.
std::vector<std::vector<double>> jacobian(Case& c) {
  std::vector<std::vector<double>> rows(3, std::vector<double>(3));
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      const double at = c.x[i * kPanel];
      const auto f = [&](double value) {
        c.x[i * kPanel] = value;
        c.forward();
        return c.z[j * kPanel];
      };
      rows[j][i] = test::derivative(f, at, 1e-5);
      c.x[i * kPanel] = at;
    }
  }
  return rows;
}

TEST_P(Stack, each_layer_has_a_triangular_jacobian_in_its_order) {
  Case one(shape_of(GetParam(), 1));
  const auto first = jacobian(one);
  for (std::size_t j = 0; j < 3; ++j) {
    for (std::size_t i = 0; i < 3; ++i) {
      if (i > j) {
        EXPECT_EQ(first[j][i], 0.0) << "z" << j << " must not depend on x" << i;
      } else {
        EXPECT_NE(first[j][i], 0.0) << "z" << j << " must depend on x" << i;
      }
    }
  }
  Case two(shape_of(GetParam(), 2));
  EXPECT_NE(jacobian(two)[0][2], 0.0) << "the second layer runs in reverse order and fills the other half";
}

TEST_P(Stack, log_jacobian_is_the_log_determinant) {
  Case c(shape_of(GetParam(), 3));
  const auto m = jacobian(c);
  const double determinant = m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) -
                             m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0]) +
                             m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]);
  c.forward();
  EXPECT_NEAR(c.log_jacobian[0], std::log(determinant), 1e-6);
}

TEST_P(Stack, every_feature_sees_the_context_the_first_included) {
  Case c(shape_of(GetParam(), 1));
  c.forward();
  const AlignedVector<double> before = c.z;
  for (std::size_t s = 0; s < kPanel; ++s) {
    c.context[s] += 0.5;
  }
  c.forward();
  for (std::size_t d = 0; d < 3; ++d) {
    EXPECT_NE(c.z[d * kPanel], before[d * kPanel]) << "feature " << d;
  }
}

TEST_P(Stack, gradient_of_the_likelihood_matches_finite_differences) {
  Case c(shape_of(GetParam(), 3));
  const auto loss = [&] {
    c.forward();
    double sum = 0;
    for (std::size_t s = 0; s < kPanel; ++s) {
      for (std::size_t d = 0; d < 3; ++d) {
        sum += 0.5 * c.z[d * kPanel + s] * c.z[d * kPanel + s];
      }
      sum -= c.log_jacobian[s];
    }
    return sum;
  };
  loss();
  AlignedVector<double> dz = c.z;
  const AlignedVector<double> d_log_jacobian(kPanel, -1.0);
  AlignedVector<double> gradient(c.parameters.size());
  c.stack.backward(c.parameters.data(), c.workspace.data(), dz.data(), d_log_jacobian.data(), gradient.data());
  std::size_t checked = 0;
  for (std::size_t i = 0; i < c.parameters.size(); i += 13) {
    if (c.mask[i] == 0.0F) {
      continue;
    }
    const double at = c.parameters[i];
    const auto f = [&](double value) {
      c.parameters[i] = value;
      return loss();
    };
    // Steps of 1e-6 keep knots and kinks out of nearly every difference; the loss is ~200, so rounding limits it to
    // ~1e-7.
    EXPECT_NEAR(gradient[i], test::derivative(f, at, 1e-6), 2e-6 * (1 + std::abs(gradient[i]))) << "parameter " << i;
    c.parameters[i] = at;
    ++checked;
  }
  EXPECT_GT(checked, 100U);
  loss();
  for (std::size_t i = 0; i < c.x.size(); i += 5) {
    const double at = c.x[i];
    const auto f = [&](double value) {
      c.x[i] = value;
      return loss();
    };
    EXPECT_NEAR(dz[i], test::derivative(f, at, 1e-6), 2e-6 * (1 + std::abs(dz[i]))) << "input " << i;
    c.x[i] = at;
  }
}

INSTANTIATE_TEST_SUITE_P(Transforms, Stack,
                         ::testing::Values(TransformKind::kRationalQuadratic, TransformKind::kAffine));

TEST(Stack, a_fresh_stack_of_fifteen_affine_layers_is_close_to_the_identity) {
  StackShape shape = shape_of(TransformKind::kAffine, 15);
  Case c(shape);
  AlignedVector<float> initial(c.stack.n_parameters());
  c.stack.initialise(base::RandomStream({9}, "weights"), initial);
  std::copy(initial.begin(), initial.end(), c.parameters.begin());
  c.forward();
  for (std::size_t i = 0; i < c.x.size(); ++i) {
    EXPECT_NEAR(c.z[i], c.x[i], 0.5);  // 15 layers of 1 % each, scaled by |x| < 5
  }
}

}  // namespace
}  // namespace eddy::flow
