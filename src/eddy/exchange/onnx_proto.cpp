#include <eddy/exchange/onnx_proto.hpp>

#include <bit>
#include <cstring>

namespace eddy::exchange::onnx {
namespace {

static_assert(std::endian::native == std::endian::little, "tensors are stored as they are in memory");

/// A message that is being written.
class Message {
 public:
  void number(int field, std::int64_t value) {
    key(field, 0);
    varint(static_cast<std::uint64_t>(value));
  }
  void real(int field, float value) {
    key(field, 5);
    char bytes[sizeof value];
    std::memcpy(bytes, &value, sizeof value);
    bytes_.append(bytes, sizeof value);
  }
  void text(int field, const std::string& value) {
    key(field, 2);
    varint(value.size());
    bytes_ += value;
  }
  void message(int field, const Message& value) { text(field, value.bytes_); }
  [[nodiscard]] const std::string& bytes() const { return bytes_; }

 private:
  void key(int field, unsigned encoding) { varint(static_cast<std::uint64_t>(field) << 3U | encoding); }
  /// Seven bits a byte, the lowest first; the eighth says that more follow.
  void varint(std::uint64_t value) {
    constexpr std::uint64_t kMore = 0x80;
    while (value >= kMore) {
      bytes_ += static_cast<char>(value | kMore);
      value >>= 7U;
    }
    bytes_ += static_cast<char>(value);
  }

  std::string bytes_;
};

Message message_of(const Tensor& tensor) {
  Message message;
  for (const std::int64_t size : tensor.shape) {
    message.number(1, size);
  }
  message.number(2, static_cast<std::int64_t>(tensor.type));
  message.text(8, tensor.name);
  message.text(9, tensor.bytes);
  return message;
}

Message message_of(const Attribute& attribute) {
  Message message;
  message.text(1, attribute.name);
  for (const float value : attribute.floats) {
    message.real(attribute.kind == Attribute::Kind::kFloat ? 2 : 7, value);
  }
  for (const std::int64_t value : attribute.ints) {
    message.number(attribute.kind == Attribute::Kind::kInt ? 3 : 8, value);
  }
  for (const std::string& value : attribute.texts) {
    message.text(attribute.kind == Attribute::Kind::kText ? 4 : 9, value);
  }
  message.number(20, static_cast<std::int64_t>(attribute.kind));
  return message;
}

Message message_of(const Node& node, std::size_t number) {
  Message message;
  for (const std::string& input : node.inputs) {
    message.text(1, input);
  }
  for (const std::string& output : node.outputs) {
    message.text(2, output);
  }
  message.text(3, node.op + "_" + std::to_string(number));
  message.text(4, node.op);
  for (const Attribute& attribute : node.attributes) {
    message.message(5, message_of(attribute));
  }
  message.text(7, node.domain);
  return message;
}

Message message_of(const Port& port) {
  Message events;
  events.text(2, "events");
  Message shape;
  shape.message(1, events);
  if (port.n_columns > 0) {
    Message columns;
    columns.number(1, port.n_columns);
    shape.message(1, columns);
  }
  Message tensor;
  tensor.number(1, static_cast<std::int64_t>(port.type));
  tensor.message(2, shape);
  Message type;
  type.message(1, tensor);
  Message message;
  message.text(1, port.name);
  message.message(2, type);
  return message;
}

Message graph_of(const Model& model) {
  Message graph;
  for (std::size_t i = 0; i < model.nodes.size(); ++i) {
    graph.message(1, message_of(model.nodes[i], i));
  }
  graph.text(2, model.name);
  for (const Tensor& tensor : model.constants) {
    graph.message(5, message_of(tensor));
  }
  for (const Port& port : model.inputs) {
    graph.message(11, message_of(port));
  }
  for (const Port& port : model.outputs) {
    graph.message(12, message_of(port));
  }
  return graph;
}

Message opset(const std::string& domain, std::int64_t version) {
  Message message;
  message.text(1, domain);
  message.number(2, version);
  return message;
}

}  // namespace

std::string serialised(const Model& model) {
  constexpr std::int64_t kIrVersion = 8;
  Message message;
  message.number(1, kIrVersion);
  message.text(2, "eddy");
  message.text(3, model.producer_version);
  message.text(6, model.description);
  message.message(7, graph_of(model));
  message.message(8, opset("", kOpset));
  message.message(8, opset(kTreesDomain, kTreesOpset));
  for (const auto& [key, value] : model.metadata) {
    Message entry;
    entry.text(1, key);
    entry.text(2, value);
    message.message(14, entry);
  }
  return message.bytes();
}

}  // namespace eddy::exchange::onnx
