#pragma once
// Rational-quadratic splines of one panel of samples; spline.hpp says what the functions compute.

#include <eddy/flow/kernels/transform_kernels.hpp>
#include <eddy/net/kernels/simd.hpp>

namespace eddy::flow {
inline namespace EDDY_TARGET {

using net::broadcast;
using net::kLanes;
using net::kPanel;
using net::load;
using net::select;
using net::store;
using net::Vec;
using net::VecMask;

/// Unnormalised bin sizes of one sample vector, each kPanel behind the one before, become their softmax.
template <class T>
[[gnu::always_inline]] inline void softmax(std::size_t bins, T* sizes) {
  Vec<T> share[kMaxBins];
  Vec<T> largest = load(sizes);
  for (std::size_t k = 1; k < bins; ++k) {
    largest = net::maximum<T>(largest, load(sizes + k * kPanel));
  }
  Vec<T> sum{};
  for (std::size_t k = 0; k < bins; ++k) {
    share[k] = net::exponential<T>(load(sizes + k * kPanel) - largest);
    sum += share[k];
  }
  const Vec<T> inverse = T{1} / sum;
  for (std::size_t k = 0; k < bins; ++k) {
    store(sizes + k * kPanel, share[k] * inverse);
  }
}

/// Unnormalised widths and heights of a whole panel become shares of the box. In a loop of its own, the processor works
/// on several vectors at a time; the chain from these exponentials to the logarithm of the slope would be too long.
template <class T>
[[gnu::always_inline]] inline void divide_box(const SplineLayout& shape, T* parameters) {
  for (std::size_t s = 0; s < kPanel; s += kLanes<T>) {
    softmax<T>(shape.bins, parameters + s);
    softmax<T>(shape.bins, parameters + shape.bins * kPanel + s);
  }
}

/// Part of the box that the softmax divides; every bin gets min_bin of it beforehand.
template <class T>
[[gnu::always_inline]] inline T divided(const SplineLayout& shape) {
  return static_cast<T>((1 - shape.min_bin * static_cast<double>(shape.bins)) * 2 * shape.bound);
}

/// The bin a sample falls into, found without branches: edges ascend, so the last edge at or below the value wins.
template <class T>
struct Bin {
  Vec<T> x_left, width, y_left, height;
  Vec<T> raw_left, raw_right;  ///< unnormalised derivatives at its edges
  VecMask<T> inside;           ///< false in the tails
};

/// `value` is x (search over widths) or, for the inverse, y (search over heights); divide_box() has been there.
template <class T, bool kSearchHeights>
[[gnu::always_inline]] inline Bin<T> find_bin(const SplineLayout& shape, const T* parameters, Vec<T> value) {
  const T box = static_cast<T>(2 * shape.bound);
  const T smallest = static_cast<T>(shape.min_bin) * box;
  const T rest = divided<T>(shape);
  const T* heights = parameters + shape.bins * kPanel;
  const T* derivatives = heights + shape.bins * kPanel;
  const Vec<T> edge_derivative = broadcast(static_cast<T>(shape.edge_derivative));
  const Vec<T> bound = broadcast(static_cast<T>(shape.bound));
  Bin<T> bin{};
  Vec<T> x_edge = -bound;
  Vec<T> y_edge = -bound;
  for (std::size_t k = 0; k < shape.bins; ++k) {
    const Vec<T> width = smallest + rest * load(parameters + k * kPanel);
    const Vec<T> height = smallest + rest * load(heights + k * kPanel);
    const Vec<T> left = k == 0 ? edge_derivative : load(derivatives + (k - 1) * kPanel);
    const Vec<T> right = k + 1 == shape.bins ? edge_derivative : load(derivatives + k * kPanel);
    // The first bin takes everything, the left tail included.
    const VecMask<T> here = (value >= (kSearchHeights ? y_edge : x_edge)) | (k == 0 ? -1 : 0);
    bin.x_left = select<T>(here, x_edge, bin.x_left);
    bin.y_left = select<T>(here, y_edge, bin.y_left);
    bin.width = select<T>(here, width, bin.width);
    bin.height = select<T>(here, height, bin.height);
    bin.raw_left = select<T>(here, left, bin.raw_left);
    bin.raw_right = select<T>(here, right, bin.raw_right);
    x_edge += width;
    y_edge += height;
  }
  bin.inside = (value >= -bound) & (value < bound);
  return bin;
}

template <class T>
[[gnu::always_inline]] inline Vec<T> derivative(const SplineLayout& shape, Vec<T> raw) {
  return static_cast<T>(shape.min_derivative) + net::softplus<T>(raw);
}

/// The pieces of eq. 4 of the paper at relative position theta in the bin.
template <class T>
struct Rational {
  Vec<T> slope;        ///< s = height / width
  Vec<T> d0, d1;       ///< derivatives at the edges
  Vec<T> q;            ///< theta (1 - theta)
  Vec<T> numerator;    ///< height (s theta^2 + d0 q)
  Vec<T> denominator;  ///< s + (d0 + d1 - 2 s) q
  Vec<T> p;            ///< d1 theta^2 + 2 s q + d0 (1 - theta)^2: dy/dx = s^2 p / denominator^2
};

template <class T>
[[gnu::always_inline]] inline Rational<T> evaluate(const SplineLayout& shape, const Bin<T>& bin, Vec<T> theta) {
  Rational<T> r;
  const Vec<T> rest = T{1} - theta;
  r.slope = bin.height / bin.width;
  r.d0 = derivative<T>(shape, bin.raw_left);
  r.d1 = derivative<T>(shape, bin.raw_right);
  r.q = theta * rest;
  r.numerator = bin.height * (r.slope * theta * theta + r.d0 * r.q);
  r.denominator = r.slope + (r.d0 + r.d1 - T{2} * r.slope) * r.q;
  r.p = r.d1 * theta * theta + T{2} * r.slope * r.q + r.d0 * rest * rest;
  return r;
}

/// Position in the bin, kept in [0, 1]: samples in the tails must not produce infinities that a later selection cannot
/// mask.
template <class T>
[[gnu::always_inline]] inline Vec<T> position(const Bin<T>& bin, Vec<T> x) {
  const Vec<T> theta = (x - bin.x_left) / bin.width;
  return net::minimum<T>(net::maximum<T>(theta, Vec<T>{}), broadcast(T{1}));
}

/// dL/d unnormalised from dL/d bin sizes `d_size` (overwritten): the Jacobian of min + (1 - K min) softmax.
template <class T>
[[gnu::always_inline]] inline void store_softmax_gradient(const SplineLayout& shape, const T* share,
                                                          const Vec<T>* d_size, T* d_parameters) {
  const T rest = divided<T>(shape);
  Vec<T> mean{};
  for (std::size_t k = 0; k < shape.bins; ++k) {
    mean += load(share + k * kPanel) * d_size[k];
  }
  for (std::size_t k = 0; k < shape.bins; ++k) {
    store(d_parameters + k * kPanel, rest * load(share + k * kPanel) * (d_size[k] - mean));
  }
}

/// Gradients with respect to what the selected bin is made of.
template <class T>
struct BinGradient {
  Vec<T> x, x_left, width, y_left, height, raw_left, raw_right;
};

/// The chain rule through evaluate(): g_y and g_l are dL/dy and dL/d log(dy/dx); all results are 0 in the tails, but
/// dL/dx = g_y.
template <class T>
[[gnu::always_inline]] inline BinGradient<T> differentiate(const SplineLayout& shape, const Bin<T>& bin, Vec<T> x,
                                                           Vec<T> g_y, Vec<T> g_l) {
  const Vec<T> theta = position<T>(bin, x);
  const Rational<T> r = evaluate<T>(shape, bin, theta);
  const Vec<T> zero{};
  const Vec<T> inverse = T{1} / r.denominator;
  const Vec<T> inverse_p = T{1} / r.p;
  const Vec<T> value = r.numerator * inverse;  // y - y_left
  const Vec<T> one_minus_2q = T{1} - T{2} * r.q;
  const Vec<T> dq = T{1} - T{2} * theta;
  const Vec<T> rest = T{1} - theta;
  const Vec<T> curvature = r.d0 + r.d1 - T{2} * r.slope;
  // d log p / d theta and friends; the common factor 2 / denominator is kept apart.
  const Vec<T> twice_inverse = T{2} * inverse;
  const Vec<T> l_theta =
      (T{2} * r.d1 * theta + T{2} * r.slope * dq - T{2} * r.d0 * rest) * inverse_p - twice_inverse * curvature * dq;
  const Vec<T> l_slope = T{2} / r.slope + T{2} * r.q * inverse_p - twice_inverse * one_minus_2q;
  const Vec<T> l_d0 = rest * rest * inverse_p - twice_inverse * r.q;
  const Vec<T> l_d1 = theta * theta * inverse_p - twice_inverse * r.q;
  const Vec<T> y_theta = r.slope * r.slope * r.p * inverse * inverse * bin.width;
  const Vec<T> y_slope = (bin.height * theta * theta - value * one_minus_2q) * inverse;
  const Vec<T> y_d0 = (bin.height - value) * r.q * inverse;
  const Vec<T> y_d1 = -value * r.q * inverse;
  const Vec<T> g_theta = g_y * y_theta + g_l * l_theta;
  const Vec<T> g_slope = g_y * y_slope + g_l * l_slope;
  const Vec<T> g_d0 = g_y * y_d0 + g_l * l_d0;
  const Vec<T> g_d1 = g_y * y_d1 + g_l * l_d1;
  const Vec<T> inverse_width = T{1} / bin.width;
  const auto in_box = [&](Vec<T> gradient) { return select<T>(bin.inside, gradient, zero); };
  BinGradient<T> g;
  g.x = select<T>(bin.inside, g_theta * inverse_width, g_y);
  g.x_left = in_box(-g_theta * inverse_width);
  g.width = in_box(-(g_slope * r.slope + g_theta * theta) * inverse_width);
  g.y_left = in_box(g_y);
  g.height = in_box(g_slope * inverse_width + g_y * value / bin.height);
  g.raw_left = in_box(g_d0 * net::sigmoid<T>(bin.raw_left));
  g.raw_right = in_box(g_d1 * net::sigmoid<T>(bin.raw_right));
  return g;
}

template <class T>
[[gnu::always_inline]] inline void forward_panel(const SplineLayout& shape, T* parameters, const T* x, T* y,
                                                 T* log_jacobian) {
  divide_box<T>(shape, parameters);
  Bin<T> bins[kPanel / kLanes<T>];
  for (std::size_t s = 0; s < kPanel; s += kLanes<T>) {
    bins[s / kLanes<T>] = find_bin<T, false>(shape, parameters + s, load(x + s));
  }
  for (std::size_t s = 0; s < kPanel; s += kLanes<T>) {
    const Bin<T>& bin = bins[s / kLanes<T>];
    const Vec<T> value = load(x + s);
    const Rational<T> r = evaluate<T>(shape, bin, position<T>(bin, value));
    const Vec<T> inverse = T{1} / r.denominator;
    const Vec<T> slope = r.slope * inverse;
    store(y + s, select<T>(bin.inside, bin.y_left + r.numerator * inverse, value));
    const Vec<T> log_slope = net::logarithm<T>(slope * slope * r.p);
    store(log_jacobian + s, load(log_jacobian + s) + select<T>(bin.inside, log_slope, Vec<T>{}));
  }
}

template <class T>
[[gnu::always_inline]] inline void backward_panel(const SplineLayout& shape, const T* parameters, const T* x,
                                                  const T* dy, const T* d_log_jacobian, T* dx, T* d_parameters) {
  const T box = static_cast<T>(2 * shape.bound);
  const T smallest = static_cast<T>(shape.min_bin) * box;
  const T rest = divided<T>(shape);
  Vec<T> d_width[kMaxBins];
  Vec<T> d_height[kMaxBins];
  for (std::size_t s = 0; s < kPanel; s += kLanes<T>) {
    const Vec<T> value = load(x + s);
    const Bin<T> bin = find_bin<T, false>(shape, parameters + s, value);
    const BinGradient<T> g = differentiate<T>(shape, bin, value, load(dy + s), load(d_log_jacobian + s));
    store(dx + s, g.x);
    // Bins left of the selected one move its left edge; the selected one sets its own size; bins to the right do
    // nothing.
    const Vec<T> zero{};
    T* d_derivatives = d_parameters + 2 * shape.bins * kPanel + s;
    Vec<T> edge = broadcast(static_cast<T>(-shape.bound));
    for (std::size_t k = 0; k < shape.bins; ++k) {
      const VecMask<T> from_here = (value >= edge) | (k == 0 ? -1 : 0);
      edge += smallest + rest * load(parameters + s + k * kPanel);
      const VecMask<T> beyond = (value >= edge) & (k + 1 < shape.bins ? -1 : 0);
      d_width[k] = select<T>(beyond, g.x_left, select<T>(from_here, g.width, zero));
      d_height[k] = select<T>(beyond, g.y_left, select<T>(from_here, g.height, zero));
      const VecMask<T> here = from_here & ~beyond;
      if (k > 0) {  // the derivative at the left edge of bin k was written as the right edge of bin k - 1
        T* left = d_derivatives + (k - 1) * kPanel;
        store(left, load(left) + select<T>(here, g.raw_left, zero));
      }
      if (k + 1 < shape.bins) {
        store(d_derivatives + k * kPanel, select<T>(here, g.raw_right, zero));
      }
    }
    store_softmax_gradient<T>(shape, parameters + s, d_width, d_parameters + s);
    const std::size_t heights = shape.bins * kPanel + s;
    store_softmax_gradient<T>(shape, parameters + heights, d_height, d_parameters + heights);
  }
}

template <class T>
[[gnu::always_inline]] inline void inverse_panel(const SplineLayout& shape, T* parameters, const T* y, T* x) {
  divide_box<T>(shape, parameters);
  for (std::size_t s = 0; s < kPanel; s += kLanes<T>) {
    const Vec<T> value = load(y + s);
    const Bin<T> bin = find_bin<T, true>(shape, parameters + s, value);
    const Vec<T> slope = bin.height / bin.width;
    const Vec<T> d0 = derivative<T>(shape, bin.raw_left);
    const Vec<T> d1 = derivative<T>(shape, bin.raw_right);
    const Vec<T> offset = net::minimum<T>(net::maximum<T>(value - bin.y_left, Vec<T>{}), bin.height);
    // eqs. 6-8 of the paper: a theta^2 + b theta + c = 0 with the root 2c / (-b - sqrt(b^2 - 4ac)).
    const Vec<T> bend = offset * (d0 + d1 - T{2} * slope);
    const Vec<T> a = bin.height * (slope - d0) + bend;
    const Vec<T> b = bin.height * d0 - bend;
    const Vec<T> c = -slope * offset;
    const Vec<T> discriminant = net::maximum<T>(b * b - T{4} * a * c, Vec<T>{});
    const Vec<T> theta = T{2} * c / (-b - net::square_root<T>(discriminant));
    store(x + s, select<T>(bin.inside, bin.x_left + theta * bin.width, value));
  }
}

/// Calls kernel(shape), with the usual number of bins as a constant: the loops over bins are then unrolled, which makes
/// the kernels a sixth faster.
template <class Kernel>
[[gnu::always_inline]] inline void unroll_usual_bins(const SplineLayout& shape, const Kernel& kernel) {
  constexpr std::size_t kUsualBins = 8;  // CONRAD's and the default
  if (shape.bins == kUsualBins) {
    const SplineLayout usual{kUsualBins, shape.bound, shape.min_bin, shape.min_derivative, shape.edge_derivative};
    kernel(usual);
  } else {
    kernel(shape);
  }
}

template <class T>
void spline_forward(const SplineLayout& shape, T* parameters, const T* x, T* y, T* log_jacobian) {
  unroll_usual_bins(
      shape, [=](const SplineLayout& s)
                 __attribute__((always_inline)) { forward_panel<T>(s, parameters, x, y, log_jacobian); });
}

template <class T>
void spline_backward(const SplineLayout& shape, const T* parameters, const T* x, const T* dy, const T* d_log_jacobian,
                     T* dx, T* d_parameters) {
  unroll_usual_bins(
      shape, [=](const SplineLayout& s) __attribute__((always_inline)) {
        backward_panel<T>(s, parameters, x, dy, d_log_jacobian, dx, d_parameters);
      });
}

template <class T>
void spline_inverse(const SplineLayout& shape, T* parameters, const T* y, T* x) {
  unroll_usual_bins(
      shape, [=](const SplineLayout& s) __attribute__((always_inline)) { inverse_panel<T>(s, parameters, y, x); });
}

}  // namespace EDDY_TARGET
}  // namespace eddy::flow
