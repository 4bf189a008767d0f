#pragma once

namespace eddy::cli {

/// The program `eddy`: parses its arguments as a C program gets them, does what they say, and returns its exit code: 0
/// done, 1 failed, 2 usage or configuration. Takes over the standard streams and the signals of the process, so a
/// process calls it once and then ends: the program itself, and the command that the Python package installs.
int command_line(int argc, char** argv);

}  // namespace eddy::cli
