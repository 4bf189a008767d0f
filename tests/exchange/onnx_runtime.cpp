// Loads exported graphs with the C interface of ONNX Runtime, as experiments' C++ frameworks do, and compares scores
// and losses with test_vector.json.
//
// usage: eddy_onnx_runtime LIBRARY FOLDER [FOLDER ...]     FOLDER: what `eddy export --format onnx` wrote
//
// The table of functions has had this order since version 1 of the interface; it is asked for as of version 10, which
// is that of ONNX Runtime 1.10. Its headers are in no package that is needed otherwise.

#include <eddy/base/files.hpp>
#include <eddy/base/json.hpp>

#include <dlfcn.h>
#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Json = eddy::base::Json;
using Handle = void*;

/// Place in the table of functions.
enum Function : std::size_t {
  kGetErrorMessage = 2,
  kCreateEnv = 3,
  kCreateSession = 7,
  kRun = 9,
  kCreateSessionOptions = 10,
  kCreateTensorWithData = 49,
  kGetTensorMutableData = 51,
  kCreateCpuMemoryInfo = 69,
};
constexpr std::uint32_t kInterface = 10;
constexpr int kFloat = 1;
constexpr int kLogErrors = 3;

struct Entry {
  const Handle* (*get)(std::uint32_t version);
  const char* (*version)();
};

class Runtime {
 public:
  explicit Runtime(const char* library) {
    Handle opened = ::dlopen(library, RTLD_NOW | RTLD_LOCAL);
    if (opened == nullptr) {
      throw std::runtime_error(::dlerror());
    }
    const auto entry = reinterpret_cast<const Entry* (*)()>(::dlsym(opened, "OrtGetApiBase"));
    functions_ = entry()->get(kInterface);
    fmt::print("ONNX Runtime {}\n", entry()->version());
    call<int, const char*, Handle*>(kCreateEnv, kLogErrors, "eddy", &environment_);
    call<Handle*>(kCreateSessionOptions, &options_);
    call<int, int, Handle*>(kCreateCpuMemoryInfo, 0, 0, &memory_);
  }

  Handle load(const std::string& path) {
    Handle session = nullptr;
    call<Handle, const char*, Handle, Handle*>(kCreateSession, environment_, path.c_str(), options_, &session);
    return session;
  }

  /// (events, 1) float32 of the column, which must live as long as the tensor.
  Handle tensor(std::vector<float>& column) {
    const std::array<std::int64_t, 2> shape = {static_cast<std::int64_t>(column.size()), 1};
    Handle value = nullptr;
    call<Handle, void*, std::size_t, const std::int64_t*, std::size_t, int, Handle*>(
        kCreateTensorWithData, memory_, column.data(), column.size() * sizeof(float), shape.data(), shape.size(),
        kFloat, &value);
    return value;
  }

  std::vector<float> run(Handle session, const std::vector<const char*>& names, const std::vector<Handle>& inputs,
                         const char* output, std::size_t n) {
    Handle result = nullptr;
    call<Handle, Handle, const char* const*, const Handle*, std::size_t, const char* const*, std::size_t, Handle*>(
        kRun, session, nullptr, names.data(), inputs.data(), inputs.size(), &output, 1, &result);
    float* values = nullptr;
    call<Handle, float**>(kGetTensorMutableData, result, &values);
    return {values, values + n};
  }

 private:
  template <class... Arguments>
  void call(Function function, Arguments... arguments) {
    const auto pointer = reinterpret_cast<Handle (*)(Arguments...)>(functions_[function]);
    if (Handle failed = pointer(arguments...)) {
      const auto message = reinterpret_cast<const char* (*)(Handle)>(functions_[kGetErrorMessage]);
      throw std::runtime_error(message(failed));
    }
  }

  const Handle* functions_ = nullptr;
  Handle environment_ = nullptr;
  Handle options_ = nullptr;
  Handle memory_ = nullptr;
};

/// The largest relative difference of scores, or of losses.
double difference_in(Runtime& runtime, const std::string& folder) {
  const Json vector = Json::parse(eddy::base::read_file(folder + "/test_vector.json"));
  std::vector<std::string> names;
  std::vector<std::vector<float>> columns;
  for (const auto& [name, values] : vector.at("inputs").items()) {
    names.push_back(name);
    columns.push_back(values.get<std::vector<float>>());
  }
  std::vector<const char*> pointers;
  std::vector<Handle> tensors;
  for (std::size_t i = 0; i < names.size(); ++i) {
    pointers.push_back(names[i].c_str());
    tensors.push_back(runtime.tensor(columns[i]));
  }
  const Handle session = runtime.load(folder + "/model.onnx");
  double largest = 0;
  std::size_t n_events = 0;
  for (const auto& [name, values] : vector.at("outputs").items()) {
    if (name != "score" && !name.starts_with("loss_")) {
      continue;
    }
    const auto expected = values.get<std::vector<float>>();
    const std::vector<float> found = runtime.run(session, pointers, tensors, name.c_str(), expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
      largest = std::max(largest, std::abs(static_cast<double>(found[i]) / expected[i] - 1));
    }
    n_events = found.size();
  }
  fmt::print("{}: {} events, largest relative difference {:.2g}\n", folder, n_events, largest);
  return largest;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    fmt::print(stderr, "usage: eddy_onnx_runtime LIBRARY FOLDER [FOLDER ...]\n");
    return 2;
  }
  constexpr double kWithin = 1e-5;
  try {
    Runtime runtime(argv[1]);
    bool agrees = true;
    for (int i = 2; i < argc; ++i) {
      agrees = difference_in(runtime, argv[i]) <= kWithin && agrees;
    }
    return agrees ? 0 : 1;
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
