#pragma once
// Portable vectors: GCC and Clang vector extensions as wide as the target's registers, and the few elementary functions
// the kernels need on them. Everything works lane by lane with the operations of the scalar type, so results do not
// depend on where in a vector a sample sits. float and double share the code; double is for tests of gradients.
//
// Files that include this one are compiled once per instruction set (eddy_kernels in cmake/EddyModule.cmake), each time
// into a namespace of its own, EDDY_TARGET: two versions of a function must never share a name, or the linker would
// keep one of them for all processors. For the same reason kernels call nothing of the standard library that may be
// emitted out of line; tests/kernel_symbols_test.py looks at the object files.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#ifndef EDDY_TARGET
#define EDDY_TARGET baseline
#endif

namespace eddy::net {
inline namespace EDDY_TARGET {

#if defined(__AVX512F__)
inline constexpr std::size_t kVectorBytes = 64;
#elif defined(__AVX__)
inline constexpr std::size_t kVectorBytes = 32;
#else
inline constexpr std::size_t kVectorBytes = 16;
#endif

template <class T>
struct VectorOf {
  using Mask = std::conditional_t<std::is_same_v<T, float>, std::int32_t, std::int64_t>;
  using type [[gnu::vector_size(kVectorBytes)]] = T;
  using mask_type [[gnu::vector_size(kVectorBytes)]] = Mask;
};
template <class T>
using Vec = typename VectorOf<T>::type;
template <class T>
using VecMask = typename VectorOf<T>::mask_type;

/// Lanes of one vector.
template <class T>
inline constexpr std::size_t kLanes = kVectorBytes / sizeof(T);

template <class T>
[[gnu::always_inline]] inline Vec<T> load(const T* address) {
  return *reinterpret_cast<const Vec<T>*>(address);
}
template <class T>
[[gnu::always_inline]] inline void store(T* address, Vec<T> value) {
  *reinterpret_cast<Vec<T>*>(address) = value;
}
template <class T>
[[gnu::always_inline]] inline Vec<T> broadcast(T value) {
  return value - Vec<T>{};
}
template <class T>
[[gnu::always_inline]] inline Vec<T> select(VecMask<T> mask, Vec<T> if_true, Vec<T> if_false) {
  return mask ? if_true : if_false;
}
template <class T>
[[gnu::always_inline]] inline Vec<T> maximum(Vec<T> a, Vec<T> b) {
  return a > b ? a : b;
}
template <class T>
[[gnu::always_inline]] inline Vec<T> minimum(Vec<T> a, Vec<T> b) {
  return a < b ? a : b;
}

template <class T>
[[gnu::always_inline]] inline Vec<T> square_root(Vec<T> x) {
  Vec<T> root;
  for (std::size_t i = 0; i < kLanes<T>; ++i) {  // compiles to the vector instruction
    if constexpr (std::is_same_v<T, float>) {
      root[i] = __builtin_sqrtf(x[i]);
    } else {
      root[i] = __builtin_sqrt(x[i]);
    }
  }
  return root;
}

/// exp(x). float: relative error below 2e-7 for |x| <= 87, clamped outside, so never 0 or infinite. double: std::exp.
template <class T>
[[gnu::always_inline]] inline Vec<T> exponential(Vec<T> x) {
  if constexpr (std::is_same_v<T, float>) {
    // x = n ln 2 + r, |r| <= ln 2 / 2; exp(r) by a polynomial of degree 6 (Cephes expf), 2^n through the exponent bits.
    x = minimum<T>(maximum<T>(x, broadcast(-87.0F)), broadcast(88.0F));
    const Vec<T> shifter = broadcast(12582912.0F);  // 1.5 * 2^23: adding it rounds to the nearest integer
    const Vec<T> n = (x * 1.44269504088896341F + shifter) - shifter;
    Vec<T> r = x - n * 0.693359375F;
    r = r + n * 2.12194440e-4F;
    Vec<T> p = broadcast(1.9875691500e-4F);
    p = p * r + 1.3981999507e-3F;
    p = p * r + 8.3334519073e-3F;
    p = p * r + 4.1665795894e-2F;
    p = p * r + 1.6666665459e-1F;
    p = p * r + 5.0000001201e-1F;
    p = p * (r * r) + r + 1.0F;
    const VecMask<T> exponent = (__builtin_convertvector(n, VecMask<T>) + 127) << 23;
    Vec<T> power;
    std::memcpy(&power, &exponent, sizeof(power));
    return p * power;
  } else {
    Vec<T> y;
    for (std::size_t i = 0; i < kLanes<T>; ++i) {
      y[i] = __builtin_exp(x[i]);
    }
    return y;
  }
}

/// log(x) for normal x > 0. float: absolute error below 1e-7 (1 + |log x|) (Cephes logf). double: std::log.
template <class T>
[[gnu::always_inline]] inline Vec<T> logarithm(Vec<T> x) {
  if constexpr (std::is_same_v<T, float>) {
    // x = 2^e m with m in [sqrt(1/2), sqrt(2)): log x = e ln 2 + log m.
    VecMask<T> bits;
    std::memcpy(&bits, &x, sizeof(bits));
    VecMask<T> e = ((bits >> 23) & 0xff) - 126;
    bits = (bits & 0x007fffff) | 0x3f000000;
    Vec<T> m;
    std::memcpy(&m, &bits, sizeof(m));  // in [0.5, 1)
    const VecMask<T> small = m < 0.707106781186547524F;
    e = e + small;  // a true lane is -1
    m = select<T>(small, m + m, m) - 1.0F;
    const Vec<T> z = m * m;
    Vec<T> p = broadcast(7.0376836292e-2F);
    p = p * m - 1.1514610310e-1F;
    p = p * m + 1.1676998740e-1F;
    p = p * m - 1.2420140846e-1F;
    p = p * m + 1.4249322787e-1F;
    p = p * m - 1.6668057665e-1F;
    p = p * m + 2.0000714765e-1F;
    p = p * m - 2.4999993993e-1F;
    p = p * m + 3.3333331174e-1F;
    const Vec<T> n = __builtin_convertvector(e, Vec<T>);
    Vec<T> y = p * m * z;
    y = y + n * -2.12194440e-4F;
    y = y - 0.5F * z;
    return m + y + n * 0.693359375F;
  } else {
    Vec<T> y;
    for (std::size_t i = 0; i < kLanes<T>; ++i) {
      y[i] = __builtin_log(x[i]);
    }
    return y;
  }
}

/// 1 / (1 + exp(-x)).
template <class T>
[[gnu::always_inline]] inline Vec<T> sigmoid(Vec<T> x) {
  return T{1} / (T{1} + exponential<T>(-x));
}

/// log(1 + exp(x)) = max(x, 0) + log(1 + exp(-|x|)).
template <class T>
[[gnu::always_inline]] inline Vec<T> softplus(Vec<T> x) {
  const Vec<T> zero{};
  const Vec<T> magnitude = maximum<T>(x, -x);
  return maximum<T>(x, zero) + logarithm<T>(T{1} + exponential<T>(-magnitude));
}

}  // namespace EDDY_TARGET
}  // namespace eddy::net
