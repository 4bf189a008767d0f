// Every transform of one feature goes through the same laws: inverse undoes forward, the log-Jacobian is the
// derivative, gradients match finite differences.

#include "net/finite_difference.hpp"

#include <eddy/base/random.hpp>
#include <eddy/flow/affine.hpp>
#include <eddy/flow/spline.hpp>
#include <eddy/net/dense.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>

namespace eddy::flow {
namespace {

using net::AlignedVector;
using net::kPanel;

template <class T>
struct Transform {
  std::string name;
  std::size_t n_parameters;
  std::function<void(const T*, const T*, T*, T*)> forward;
  std::function<void(const T*, const T*, const T*, const T*, T*, T*)> backward;
  std::function<void(const T*, const T*, T*)> inverse;
};

template <class T>
Transform<T> make_transform(std::size_t index) {
  if (index == 0) {
    return {"affine", kAffineParameters, affine_forward<T>, affine_backward<T>, affine_inverse<T>};
  }
  const SplineLayout spline = layout_of({.bins = index == 1 ? std::size_t{8} : std::size_t{3},  //
                                         .bound = index == 1 ? 5.0 : 2.0});
  return {"spline", 3 * spline.bins - 1,
          [spline](const T* p, const T* x, T* y, T* l) {
            AlignedVector<T> parameters(p, p + (3 * spline.bins - 1) * kPanel);  // the kernels change them
            spline_forward(spline, parameters.data(), x, y, l);
          },
          [spline](const T* p, const T* x, const T* dy, const T* dl, T* dx, T* dp) {
            AlignedVector<T> parameters(p, p + (3 * spline.bins - 1) * kPanel);
            AlignedVector<T> y(kPanel), l(kPanel);
            spline_forward(spline, parameters.data(), x, y.data(), l.data());
            spline_backward(spline, parameters.data(), x, dy, dl, dx, dp);
          },
          [spline](const T* p, const T* y, T* x) {
            AlignedVector<T> parameters(p, p + (3 * spline.bins - 1) * kPanel);
            spline_inverse(spline, parameters.data(), y, x);
          }};
}

class TransformLaws : public ::testing::TestWithParam<std::size_t> {
 protected:
  TransformLaws() : parameters(transform.n_parameters * kPanel), x(kPanel) {
    base::RandomStream stream({11}, "transform");
    for (double& p : parameters) {
      p = stream.normal();
    }
    for (std::size_t s = 0; s < kPanel; ++s) {
      x[s] = -6.1 + 12.2 * static_cast<double>(s) / (kPanel - 1);  // both tails and every bin
    }
  }
  Transform<double> transform = make_transform<double>(GetParam());
  AlignedVector<double> parameters, x;
};

TEST_P(TransformLaws, inverse_undoes_forward) {
  AlignedVector<double> y(kPanel), l(kPanel), back(kPanel);
  transform.forward(parameters.data(), x.data(), y.data(), l.data());
  transform.inverse(parameters.data(), y.data(), back.data());
  for (std::size_t s = 0; s < kPanel; ++s) {
    EXPECT_NEAR(back[s], x[s], 1e-10) << transform.name << " at " << x[s];
  }
}

TEST_P(TransformLaws, inverse_undoes_forward_in_float) {
  const Transform<float> single = make_transform<float>(GetParam());
  AlignedVector<float> p(parameters.begin(), parameters.end()), u(x.begin(), x.end());
  AlignedVector<float> y(kPanel), l(kPanel), back(kPanel);
  single.forward(p.data(), u.data(), y.data(), l.data());
  single.inverse(p.data(), y.data(), back.data());
  for (std::size_t s = 0; s < kPanel; ++s) {
    EXPECT_NEAR(back[s], u[s], 2e-5 * (1 + std::exp(-l[s]))) << transform.name << " at " << u[s];
  }
}

TEST_P(TransformLaws, log_jacobian_is_the_derivative_and_is_added) {
  AlignedVector<double> y(kPanel), l(kPanel, 2.5);
  transform.forward(parameters.data(), x.data(), y.data(), l.data());
  for (std::size_t s = 0; s < kPanel; ++s) {
    const auto f = [&](double value) {
      AlignedVector<double> moved = x;
      AlignedVector<double> image(kPanel), ignored(kPanel);
      moved[s] = value;
      transform.forward(parameters.data(), moved.data(), image.data(), ignored.data());
      return image[s];
    };
    const double slope = test::derivative(f, x[s], 1e-5);
    EXPECT_GT(slope, 0) << "monotone";
    EXPECT_NEAR(l[s] - 2.5, std::log(slope), 1e-6) << transform.name << " at " << x[s];
  }
}

TEST_P(TransformLaws, gradients_match_finite_differences) {
  base::RandomStream stream({12}, "adjoints");
  AlignedVector<double> dy(kPanel), dl(kPanel), dx(kPanel), dp(parameters.size(), 99.0);
  for (std::size_t s = 0; s < kPanel; ++s) {
    dy[s] = stream.normal();
    dl[s] = stream.normal();
  }
  transform.backward(parameters.data(), x.data(), dy.data(), dl.data(), dx.data(), dp.data());
  const auto loss = [&](const AlignedVector<double>& p, const AlignedVector<double>& at, std::size_t s) {
    AlignedVector<double> y(kPanel), l(kPanel);
    transform.forward(p.data(), at.data(), y.data(), l.data());
    return dy[s] * y[s] + dl[s] * l[s];
  };
  for (std::size_t s = 0; s < kPanel; ++s) {
    const auto of_x = [&](double value) {
      AlignedVector<double> moved = x;
      moved[s] = value;
      return loss(parameters, moved, s);
    };
    EXPECT_NEAR(dx[s], test::derivative(of_x, x[s], 1e-5), 1e-6 * (1 + std::abs(dx[s]))) << "x " << x[s];
    for (std::size_t r = 0; r < transform.n_parameters; ++r) {
      const std::size_t i = r * kPanel + s;
      const auto of_parameter = [&](double value) {
        AlignedVector<double> moved = parameters;
        moved[i] = value;
        return loss(moved, x, s);
      };
      EXPECT_NEAR(dp[i], test::derivative(of_parameter, parameters[i], 1e-5), 1e-6 * (1 + std::abs(dp[i])))
          << transform.name << " parameter " << r << " at " << x[s];
    }
  }
}

TEST_P(TransformLaws, input_gradient_may_overwrite_the_output_gradient) {
  AlignedVector<double> dy(kPanel, 0.7), dl(kPanel, -0.3), dx(kPanel), dp(parameters.size()), dp2(parameters.size());
  transform.backward(parameters.data(), x.data(), dy.data(), dl.data(), dx.data(), dp.data());
  transform.backward(parameters.data(), x.data(), dy.data(), dl.data(), dy.data(), dp2.data());
  EXPECT_EQ(dx, dy);
  EXPECT_EQ(dp, dp2);
}

INSTANTIATE_TEST_SUITE_P(All, TransformLaws, ::testing::Values(0, 1, 2));

TEST(Spline, is_the_identity_outside_its_box_and_at_its_start) {
  const SplineShape shape;
  AlignedVector<double> p(shape.n_parameters() * kPanel), x(kPanel), y(kPanel), l(kPanel);
  for (std::size_t k = 0; k + 1 < shape.bins; ++k) {
    std::fill_n(p.begin() + static_cast<std::ptrdiff_t>((2 * shape.bins + k) * kPanel), kPanel,
                identity_derivative(shape));
  }
  for (std::size_t s = 0; s < kPanel; ++s) {
    x[s] = -8 + 0.5 * static_cast<double>(s);
  }
  spline_forward(layout_of(shape), p.data(), x.data(), y.data(), l.data());
  for (std::size_t s = 0; s < kPanel; ++s) {
    EXPECT_NEAR(y[s], x[s], 1e-12);
    EXPECT_NEAR(l[s], 0, 1e-12);
  }
}

TEST(Spline, extreme_parameters_stay_finite_in_float) {
  const SplineShape shape;
  AlignedVector<float> p(shape.n_parameters() * kPanel), x(kPanel), y(kPanel), l(kPanel), dx(kPanel), dp(p.size());
  base::RandomStream stream({4}, "extreme");
  for (float& v : p) {
    v = static_cast<float>(40 * stream.normal());
  }
  for (std::size_t s = 0; s < kPanel; ++s) {
    x[s] = static_cast<float>(-5 + 10.0 * static_cast<double>(s) / (kPanel - 1));
  }
  const AlignedVector<float> ones(kPanel, 1.0F);
  spline_forward(layout_of(shape), p.data(), x.data(), y.data(), l.data());
  spline_backward(layout_of(shape), p.data(), x.data(), ones.data(), ones.data(), dx.data(), dp.data());
  for (const auto* values : {&y, &l, &dx, &dp}) {
    for (const float v : *values) {
      EXPECT_TRUE(std::isfinite(v));
    }
  }
}

}  // namespace
}  // namespace eddy::flow
