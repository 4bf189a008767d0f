#pragma once
// Internals of the HDF5 layer that its two sources (hdf5_file.cpp reads, hdf5_writer.cpp writes) share.

#include <eddy/events/column_values.hpp>

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

namespace eddy::events {

/// Held by every function that calls libhdf5: the serial library is not thread-safe, so one thread is in it at a time;
/// and it would print its error stack to stderr, so that is silenced meanwhile. May be nested.
class Hdf5Session {
 public:
  Hdf5Session();
  Hdf5Session(const Hdf5Session&) = delete;
  Hdf5Session& operator=(const Hdf5Session&) = delete;
  ~Hdf5Session();

  /// In a child that was forked by a thread with a session: makes the lock, which the parent's thread holds, new.
  static void begin_in_child();

 private:
  std::lock_guard<std::recursive_mutex> lock_;
  int (*print_)(std::int64_t, void*) = nullptr;
  void* print_data_ = nullptr;
};

/// An identifier of libhdf5 (file, group, data set, type, ...) with the function that gives it back.
class Hdf5Handle {
 public:
  using Close = int (*)(std::int64_t);
  Hdf5Handle() = default;
  Hdf5Handle(std::int64_t id, Close close) : id_(id), close_(close) {}
  Hdf5Handle(Hdf5Handle&& other) noexcept;
  Hdf5Handle& operator=(Hdf5Handle&& other) noexcept;
  ~Hdf5Handle();

  [[nodiscard]] std::int64_t get() const { return id_; }
  /// The identifier, which the caller must give back.
  [[nodiscard]] std::int64_t release();
  /// False when libhdf5 refused to give an identifier.
  [[nodiscard]] explicit operator bool() const { return id_ >= 0; }

 private:
  std::int64_t id_ = -1;
  Close close_ = nullptr;
};

/// The innermost reason in libhdf5's error stack, or "unknown reason".
[[nodiscard]] std::string hdf5_reason();

/// libhdf5's name of a number type in files that eddy writes, and in memory: little endian.
[[nodiscard]] std::int64_t hdf5_type(NumberType type);

/// The text attribute `name` of an open object (fixed or variable length); nothing when absent or not one text.
[[nodiscard]] std::optional<std::string> hdf5_text_attribute(std::int64_t object, const std::string& name);

}  // namespace eddy::events
