#pragma once
// A model in ONNX (https://onnx.ai, IR version 8) as bytes. ONNX is a protocol buffer: messages of numbered fields, of
// which four kinds of encoding exist; the few messages that a model needs are written here, so that the program needs
// neither protobuf nor onnx. Field numbers are those of onnx.proto, which never change.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace eddy::exchange::onnx {

enum class Type { kFloat = 1, kInt64 = 7, kBool = 9, kDouble = 11 };

/// Numbers of one type, with their shape.
struct Tensor {
  std::string name = {};
  Type type = Type::kDouble;
  std::vector<std::int64_t> shape = {};
  std::string bytes = {};  ///< little-endian
};

struct Attribute {
  enum class Kind { kFloat = 1, kInt = 2, kText = 3, kFloats = 6, kInts = 7, kTexts = 8 };
  std::string name;
  Kind kind = Kind::kInt;
  std::vector<float> floats = {};
  std::vector<std::int64_t> ints = {};
  std::vector<std::string> texts = {};
};

struct Node {
  std::string op;
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
  std::vector<Attribute> attributes = {};
  std::string domain = {};  ///< empty: ai.onnx
};

/// A tensor that goes in or comes out: (events, n_columns), or (events) for n_columns = 0.
struct Port {
  std::string name;
  std::int64_t n_columns = 1;
  Type type = Type::kFloat;
};

struct Model {
  std::string name;
  std::string description;
  std::string producer_version;
  std::vector<Port> inputs = {};
  std::vector<Port> outputs = {};
  std::vector<Tensor> constants = {};
  std::vector<Node> nodes = {};
  std::vector<std::pair<std::string, std::string>> metadata = {};
};

inline constexpr std::int64_t kOpset = 15;      ///< of ai.onnx
inline constexpr std::int64_t kTreesOpset = 1;  ///< of ai.onnx.ml: ONNX Runtime 1.10 knows no third
inline constexpr const char* kTreesDomain = "ai.onnx.ml";

/// The file.
[[nodiscard]] std::string serialised(const Model& model);

}  // namespace eddy::exchange::onnx
