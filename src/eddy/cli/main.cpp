#include <eddy/cli/command_line.hpp>

int main(int argc, char** argv) { return eddy::cli::command_line(argc, argv); }
