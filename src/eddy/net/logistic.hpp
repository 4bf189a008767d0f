#pragma once

#include <eddy/net/kernels/kernels.hpp>

#include <cstddef>

namespace eddy::net {

/// Weighted binary cross-entropy of `n` (a multiple of kPanel) log odds l with targets t in {0, 1}:
/// loss = weight (log(1 + exp(l)) - t l) and its derivative with respect to l. Aligned.
template <class T>
void logistic_loss(std::size_t n, const T* logit, const T* target, const T* weight, T* loss, T* d_logit) {
  kernels<T>().logistic(n, logit, target, weight, loss, d_logit);
}

}  // namespace eddy::net
