#pragma once
// The part of reading HDF5 that happens in a process of its own: requests in, answers out (byte_message.hpp).

#include <eddy/events/byte_message.hpp>
#include <eddy/events/hdf5_file.hpp>

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace eddy::events {

/// What is asked for. The numbers and texts that follow stand beside each.
enum class Hdf5Request : std::uint64_t {
  kOpen,       ///<
  kIsGroup,    ///< object
  kIsDataset,  ///< object
  kChildren,   ///< group
  kIdentity,   ///< object
  kAttribute,  ///< object, name
  kDataset,    ///< path; answered by number, values, type of numbers, shape, chunk and fields
  kClose,      ///< number
  kStored,     ///< number
  kNames,      ///< number
  kAll,        ///< number, NumberType; values in the block, as for the next two
  kTile,       ///< number, NumberType, first row, rows, first column, columns
  kRecords     ///< number, NumberType, first row, rows, names of fields
};

/// How an answer begins.
enum class Hdf5Answer : std::uint64_t {
  kGood,        ///< what was asked for follows
  kInputError,  ///< the text of the error follows
  kIoError      ///< likewise
};

/// Answers requests about one file.
class Hdf5Service {
 public:
  explicit Hdf5Service(std::string path) : path_(std::move(path)) {}
  [[nodiscard]] std::string answer(std::string_view request, std::span<std::byte> block);

 private:
  void perform(Hdf5Request request, MessageReader& in, std::span<std::byte> block, MessageWriter& out);
  static void read(Hdf5Request request, const Hdf5Dataset& dataset, MessageReader& in, std::span<std::byte> block,
                   MessageWriter& out);

  std::string path_;
  std::optional<Hdf5File> file_;
  std::map<std::uint64_t, Hdf5Dataset> datasets_;
  std::uint64_t next_ = 0;
};

}  // namespace eddy::events
