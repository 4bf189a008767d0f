#include "net/finite_difference.hpp"
#include "net/instruction_set.hpp"

#include <eddy/flow/autoregressive.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace eddy::flow {
namespace {

using net::AlignedVector;
using net::kPanel;

/// Two panels, the second with 9 samples and padding.
constexpr std::size_t kPanels = 2;
constexpr std::size_t kSamples = kPanel + 9;

struct Kind {
  TransformKind transform;
  bool batch_norm;
};

StackShape shape_of(const Kind& kind, std::size_t n_layers) {
  StackShape shape;
  shape.transform = kind.transform;
  shape.batch_norm = kind.batch_norm;
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
        x(kPanels * 3 * kPanel),
        context(kPanels * 2 * kPanel),
        workspace(stack.training_workspace_size(kPanels)),
        z(x.size()),
        log_jacobian(kPanels * kPanel) {
    AlignedVector<float> initial(stack.n_parameters());
    stack.initialise(base::RandomStream({9}, "weights"), initial);
    stack.fill_mask(mask);
    base::RandomStream stream({9}, "kick");
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      // What is neither trained nor 0 are the constants of batch normalisation: any will do, but for negative
      // variances.
      const bool kicked = mask[i] != 0.0F || initial[i] != 0.0F;
      parameters[i] = initial[i] + (kicked ? 0.1 * stream.normal() : 0.0);
    }
    for (double& v : x) {
      v = 1.5 * stream.normal();
    }
    for (double& v : context) {
      v = stream.normal();
    }
  }
  void forward() {
    stack.forward(parameters.data(), kPanels, x.data(), context.data(), workspace.data(), z.data(),
                  log_jacobian.data());
  }
  void forward_training() {
    stack.forward_training(parameters.data(), kSamples, x.data(), context.data(), workspace.data(), z.data(),
                           log_jacobian.data());
  }
  AutoregressiveStack stack;
  AlignedVector<double> parameters;
  AlignedVector<float> mask;
  AlignedVector<double> x, context, workspace, z, log_jacobian;
};

class Stack : public ::testing::TestWithParam<Kind> {};

TEST_P(Stack, inverse_undoes_forward) {
  for (const std::size_t n_layers : {1, 2, 3, 4}) {
    Case c(shape_of(GetParam(), n_layers));
    c.forward();
    AlignedVector<double> back(c.x.size());
    c.stack.inverse(c.parameters.data(), kPanels, c.z.data(), c.context.data(), c.workspace.data(), back.data());
    for (std::size_t i = 0; i < c.x.size(); ++i) {
      EXPECT_NEAR(back[i], c.x[i], 1e-9) << n_layers << " layers, element " << i;
    }
  }
}

TEST_P(Stack, an_event_that_is_not_finite_harms_no_other) {
  Case c(shape_of(GetParam(), 3));
  c.forward();
  AlignedVector<double> x(c.x.size());
  c.stack.inverse(c.parameters.data(), kPanels, c.z.data(), c.context.data(), c.workspace.data(), x.data());
  AlignedVector<double> z = c.z;
  for (std::size_t d = 0; d < 3; ++d) {
    z[d * kPanel + 5] = std::numeric_limits<double>::quiet_NaN();  // of the first panel
  }
  AlignedVector<double> beside(x.size());
  c.stack.inverse(c.parameters.data(), kPanels, z.data(), c.context.data(), c.workspace.data(), beside.data());
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (i / (3 * kPanel) == 0 && i % kPanel == 5) {
      EXPECT_TRUE(std::isnan(beside[i])) << "element " << i;
    } else {
      EXPECT_EQ(beside[i], x[i]) << "element " << i;
    }
  }
}

TEST_P(Stack, training_and_use_differ_by_the_moments_of_batch_normalisation_alone) {
  Case c(shape_of(GetParam(), 3));
  AlignedVector<float> parameters(c.parameters.begin(), c.parameters.end());
  AlignedVector<float> x(c.x.begin(), c.x.end());
  const AlignedVector<float> context(c.context.begin(), c.context.end());
  AlignedVector<float> workspace(c.workspace.size());
  c.stack.set_constants(parameters, kSamples, context.data(), workspace.data(), x.data());
  for (std::size_t i = 0; i < parameters.size(); ++i) {  // only constants have changed
    EXPECT_TRUE(c.mask[i] == 0.0F || parameters[i] == static_cast<float>(c.parameters[i])) << "parameter " << i;
  }
  std::copy(parameters.begin(), parameters.end(), c.parameters.begin());
  c.forward();
  const AlignedVector<double> z = c.z;
  const AlignedVector<double> log_jacobian = c.log_jacobian;
  c.forward_training();
  for (std::size_t s = 0; s < kSamples; ++s) {
    // The constants were computed in float32, three layers deep.
    EXPECT_NEAR(c.log_jacobian[s], log_jacobian[s], 2e-5) << "sample " << s;
    for (std::size_t d = 0; d < 3; ++d) {
      const std::size_t i = (s / kPanel * 3 + d) * kPanel + s % kPanel;
      EXPECT_NEAR(c.z[i], z[i], 2e-5 * (1 + std::abs(z[i]))) << "sample " << s << ", feature " << d;
      EXPECT_NEAR(c.z[i], x[i], 2e-5 * (1 + std::abs(z[i]))) << "set_constants leaves z, sample " << s;
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
    c.forward_training();
    double sum = 0;
    for (std::size_t s = 0; s < kSamples; ++s) {
      for (std::size_t d = 0; d < 3; ++d) {
        const double z = c.z[(s / kPanel * 3 + d) * kPanel + s % kPanel];
        sum += 0.5 * z * z;
      }
      sum -= c.log_jacobian[s];
    }
    return sum;
  };
  loss();
  AlignedVector<double> dz(c.z.size());
  AlignedVector<double> d_log_jacobian(kPanels * kPanel);
  for (std::size_t s = 0; s < kSamples; ++s) {  // padding has no gradient
    d_log_jacobian[s] = -1;
    for (std::size_t d = 0; d < 3; ++d) {
      const std::size_t i = (s / kPanel * 3 + d) * kPanel + s % kPanel;
      dz[i] = c.z[i];
    }
  }
  AlignedVector<double> gradient(c.parameters.size());
  c.stack.backward(c.parameters.data(), kSamples, c.workspace.data(), dz.data(), d_log_jacobian.data(),
                   gradient.data());
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
    EXPECT_NEAR(gradient[i], test::derivative(f, at, 1e-6), 3e-6 * (1 + std::abs(gradient[i]))) << "parameter " << i;
    c.parameters[i] = at;
    ++checked;
  }
  EXPECT_GT(checked, 100U);
  loss();
  for (std::size_t i = 0; i < c.x.size(); i += 5) {
    if (i / (3 * kPanel) * kPanel + i % kPanel >= kSamples) {
      continue;
    }
    const double at = c.x[i];
    const auto f = [&](double value) {
      c.x[i] = value;
      return loss();
    };
    EXPECT_NEAR(dz[i], test::derivative(f, at, 1e-6), 2e-6 * (1 + std::abs(dz[i]))) << "input " << i;
    c.x[i] = at;
  }
}

/// z, log-Jacobian, gradient and x again in float32.
AlignedVector<float> float_results(const StackShape& shape) {
  const Case c(shape);
  const AlignedVector<float> parameters(c.parameters.begin(), c.parameters.end());
  const AlignedVector<float> x(c.x.begin(), c.x.end());
  const AlignedVector<float> context(c.context.begin(), c.context.end());
  AlignedVector<float> workspace(c.workspace.size()), z(x.size()), log_jacobian(kPanels * kPanel), back(x.size());
  AlignedVector<float> gradient(parameters.size());
  c.stack.forward_training(parameters.data(), kPanels * kPanel, x.data(), context.data(), workspace.data(), z.data(),
                           log_jacobian.data());
  AlignedVector<float> dz = z;
  const AlignedVector<float> minus_one(kPanels * kPanel, -1.0F);
  c.stack.backward(parameters.data(), kPanels * kPanel, workspace.data(), dz.data(), minus_one.data(), gradient.data());
  for (std::size_t i = 0; i < gradient.size(); ++i) {
    gradient[i] *= c.mask[i];
  }
  c.stack.inverse(parameters.data(), kPanels, z.data(), context.data(), workspace.data(), back.data());
  AlignedVector<float> all = z;
  for (const auto* part : {&log_jacobian, &gradient, &back}) {
    all.insert(all.end(), part->begin(), part->end());
  }
  return all;
}

TEST_P(Stack, every_instruction_set_gives_the_plain_result) {
  AlignedVector<float> plain;
  for (const net::InstructionSet set : net::available_instruction_sets()) {
    const test::WithInstructionSet with(set);
    const AlignedVector<float> values = float_results(shape_of(GetParam(), 3));
    plain = plain.empty() ? values : plain;
    for (std::size_t i = 0; i < values.size(); ++i) {
      // Rounding of 6e-8 through three layers whose slopes reach ~30, and gradients summed over 64 samples.
      EXPECT_NEAR(values[i], plain[i], 3e-4 * (1 + std::abs(plain[i]))) << net::to_string(set) << ", number " << i;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Transforms, Stack,
                         ::testing::Values(Kind{TransformKind::kRationalQuadratic, false},
                                           Kind{TransformKind::kAffine, false}, Kind{TransformKind::kAffine, true},
                                           Kind{TransformKind::kRationalQuadratic, true}));

TEST(Stack, a_fresh_stack_of_fifteen_affine_layers_is_close_to_the_identity) {
  Case c(shape_of({TransformKind::kAffine, false}, 15));
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
