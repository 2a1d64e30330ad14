#include "replay.h"

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <nlohmann/json.hpp>

#include "context.h"
#include "describe.h"
#include "partyline/client.h"
#include "partyline/client_json.h"

namespace partyline::sim {
namespace {

using Json = nlohmann::json;

std::vector<std::string> types_of(const std::vector<ClientOutput>& outputs) {
  const Json result =
      Json::parse(write_step_result(outputs, std::nullopt), nullptr, /*allow_exceptions=*/false);
  std::vector<std::string> types;
  for (const Json& output : result["outputs"]) types.push_back(output["type"]);
  return types;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text.empty() ? "nothing" : text;
}

// What the core has ordered so far: only of that can a browser have told something.
class Ordered {
 public:
  void add(const ClientOutput& output) {
    std::visit(
        [this](const auto& order) {
          using Order = std::decay_t<decltype(order)>;
          if constexpr (std::is_same_v<Order, output::OpenSocket>) {
            sockets_.insert(order.socket);
          } else if constexpr (std::is_same_v<Order, output::CreateConnection>) {
            connections_.insert(order.connection);
          } else if constexpr (requires { order.operation; }) {
            operations_.insert(order.operation);
          }
        },
        output);
  }

  // What the input is about and was never ordered; empty where it may be.
  [[nodiscard]] std::string unknown(const ClientInput& input) const {
    return std::visit(
        [this](const auto& fact) -> std::string {
          if constexpr (requires { fact.operation; }) {
            return missing("operation", operations_, fact.operation);
          } else if constexpr (requires { fact.socket; }) {
            return missing("socket", sockets_, fact.socket);
          } else if constexpr (requires { fact.connection; }) {
            return missing("connection", connections_, fact.connection);
          } else {
            return "";
          }
        },
        input);
  }

 private:
  template <class Id>
  static std::string missing(std::string_view what, const std::set<Id>& known, Id id) {
    if (known.contains(id)) return "";
    return std::string(what) + " " + std::to_string(id.value) + ", which was never ordered";
  }

  std::set<OperationId> operations_;
  std::set<SocketId> sockets_;
  std::set<ConnectionId> connections_;
};

class Player {
 public:
  explicit Player(const std::function<void(const std::string&)>& say) : say_(say) {}

  // Returns what is wrong with the line, or nothing.
  std::string play(const Json& line) {
    if (!line.is_object()) return "is not an object of JSON";
    return client_ ? step(line) : begin(line);
  }

  [[nodiscard]] bool begun() const { return client_ != nullptr; }
  Replay result;

 private:
  std::string begin(const Json& line) {
    if (!line.contains("options") || !line.contains("seed") || !line["seed"].is_number()) {
      return "must have the options and the seed";
    }
    const Result<ClientOptions> options = parse_client_options(line["options"].dump());
    if (!options) return options.error().detail;
    // As the door of the package does, where every number is a double.
    const auto seed = static_cast<std::uint64_t>(line["seed"].get<double>());
    client_ = std::make_unique<Client>(options.value(), seed);
    return "";
  }

  std::string step(const Json& line) {
    if (!line.contains("at") || !line["at"].is_number() || !line.contains("input")) {
      return "must have a time and an input";
    }
    const std::string differs = compare(line);
    if (!differs.empty()) return differs;
    const TimeMs at{static_cast<std::int64_t>(line["at"].get<double>())};
    if (at < now_) return "is of a time before that of the line before";
    now_ = at;
    const Result<ClientInput> input = parse_client_input(line["input"].dump());
    if (!input) return input.error().detail;
    const std::string unknown = ordered_.unknown(input.value());
    if (!unknown.empty()) return line["input"]["type"].get<std::string>() + " of " + unknown;
    tell(input.value());
    return "";
  }

  std::string compare(const Json& line) const {
    const auto recorded = line.find("previous");
    if (recorded == line.end()) return "";
    std::vector<std::string> types;
    for (const Json& type : *recorded) {
      if (!type.is_string()) return "previous: must be a list of names";
      types.push_back(type);
    }
    if (types == types_) return "";
    return "the input before was answered with " + joined(types) + ", and now with " +
           joined(types_);
  }

  void tell(const ClientInput& input) {
    ++result.inputs;
    trace(describe(input));
    client_->handle(now_, input);
    std::vector<ClientOutput> outputs;
    while (auto output = client_->poll()) {
      trace(describe(*output));
      ordered_.add(*output);
      outputs.push_back(std::move(*output));
    }
    result.outputs += outputs.size();
    types_ = types_of(outputs);
  }

  void trace(const std::string& what) { say_(Transcript::line(now_, "client", what)); }

  const std::function<void(const std::string&)>& say_;
  std::unique_ptr<Client> client_;
  TimeMs now_{0};
  Ordered ordered_;
  std::vector<std::string> types_;
};

}  // namespace

Replay replay(std::istream& transcript, const std::function<void(const std::string& line)>& say) {
  Player player(say);
  std::size_t number = 0;
  for (std::string text; std::getline(transcript, text);) {
    ++number;
    if (text.empty()) continue;
    const Json line = Json::parse(text, nullptr, /*allow_exceptions=*/false);
    const std::string wrong = line.is_discarded() ? "is no JSON" : player.play(line);
    if (!wrong.empty()) {
      player.result.problem = "line " + std::to_string(number) + ": " + wrong;
      return player.result;
    }
  }
  if (player.result.inputs == 0) player.result.problem = "there is no input in it";
  return player.result;
}

}  // namespace partyline::sim
