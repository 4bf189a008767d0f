#pragma once

#include <cstddef>
#include <new>
#include <vector>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace eddy::net {

/// Allocates on cache-line boundaries, so that vector loads never straddle lines; large blocks on large pages where the
/// system has them, because training streams through more memory than its table of small pages reaches.
template <class T>
struct CacheLineAllocator {
  using value_type = T;
  static constexpr std::size_t kLine = 64;
  static constexpr std::size_t kLargePage = std::size_t{2} << 20U;

  CacheLineAllocator() = default;
  template <class U>
  // NOLINTNEXTLINE(google-explicit-constructor): required of allocators
  CacheLineAllocator(const CacheLineAllocator<U>&) {}

  static std::align_val_t alignment(std::size_t n) {
    return std::align_val_t{n * sizeof(T) >= 2 * kLargePage ? kLargePage : kLine};
  }
  T* allocate(std::size_t n) {
    void* block = ::operator new(n * sizeof(T), alignment(n));
#if defined(__linux__)
    if (n * sizeof(T) >= 2 * kLargePage) {
      ::madvise(block, n * sizeof(T) / kLargePage * kLargePage, MADV_HUGEPAGE);  // a wish: failure does no harm
    }
#endif
    return static_cast<T*>(block);
  }
  void deallocate(T* p, std::size_t n) { ::operator delete(p, alignment(n)); }
  friend bool operator==(const CacheLineAllocator&, const CacheLineAllocator&) { return true; }
};

/// A std::vector whose storage starts on a cache line.
template <class T>
using AlignedVector = std::vector<T, CacheLineAllocator<T>>;

/// `n` rounded up to a multiple of `unit`.
[[nodiscard]] constexpr std::size_t round_up(std::size_t n, std::size_t unit) { return (n + unit - 1) / unit * unit; }

}  // namespace eddy::net
