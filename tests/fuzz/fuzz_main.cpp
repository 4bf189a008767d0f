// Makes a libFuzzer program of a table of targets: eddy_fuzz_<group> --target=NAME [libFuzzer options] [CORPUS].

#include <eddy/base/json.hpp>

#include <fuzz/json_mutator.hpp>
#include <fuzz/target.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string_view>

namespace {

using eddy::fuzz::Target;

const Target* chosen = nullptr;

/// Makes `name` the target; "list" prints the names of all. Does not return without a target.
void choose(std::string_view name) {
  for (const Target& target : eddy::fuzz::targets()) {
    if (name == "list") {
      std::cout << target.name << "\n";
    } else if (name == target.name) {
      chosen = &target;
      return;
    }
  }
  if (name != "list") {
    std::cerr << "there is no target '" << name << "'; --target=list prints those there are\n";
  }
  std::exit(name == "list" ? 0 : 2);
}

}  // namespace

extern "C" {

std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

// libFuzzer itself passes over what begins with two dashes.
int LLVMFuzzerInitialize(int* argc, char*** argv) {
  constexpr std::string_view option = "--target=";
  std::string_view name;
  for (int i = 1; i < *argc; ++i) {
    if (const std::string_view argument = (*argv)[i]; argument.starts_with(option)) {
      name = argument.substr(option.size());
    }
  }
  choose(name);
  return 0;
}

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  chosen->run({data, size});
  return 0;
}

std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size, unsigned seed) {
  if (chosen->shape != eddy::fuzz::Shape::kBytes) {
    const auto changed = eddy::fuzz::mutate_json({data, size}, chosen->shape, seed);
    if (!changed.empty() && changed.size() <= max_size) {
      std::copy(changed.begin(), changed.end(), data);
      return changed.size();
    }
  }
  return LLVMFuzzerMutate(data, size, max_size);
}
}
