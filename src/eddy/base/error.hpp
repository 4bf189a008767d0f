#pragma once
// The few exception types of eddy. The command line maps them to exit codes in one place (cli/command_line.cpp).
// Every message says what is wrong, names the offending value and where it stands, and gives the remedy,
// in one sentence.

#include <stdexcept>
#include <string>

namespace eddy::base {

/// Base of all errors that eddy raises on purpose. Exit code 1 unless a derived type says otherwise.
class Error : public std::runtime_error {
 public:
  explicit Error(const std::string& message) : std::runtime_error(message) {}
};

/// The user's configuration, command line or data cannot be used as given. Exit code 2.
class InputError : public Error {
 public:
  using Error::Error;
};

/// An InputError about what files of events hold, for programs that tell it from one about the configuration.
class DataError : public InputError {
 public:
  using InputError::InputError;
};

/// A file could not be read or written. Exit code 1.
class IoError : public Error {
 public:
  using Error::Error;
};

/// A computation failed: a loss became NaN, a fit did not converge. Exit code 1.
class NumericError : public Error {
 public:
  using Error::Error;
};

/// The user asked to stop (SIGINT). Finished tasks are kept. Exit code 1.
class Interrupted : public Error {
 public:
  using Error::Error;
};

}  // namespace eddy::base
