// The door between JavaScript and the client core: one class, one verb, JSON text both ways. What
// the text means is in partyline/client_json.h.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <emscripten/bind.h>

#include "partyline/client.h"
#include "partyline/client_json.h"

namespace {

class Core {
 public:
  // A constructor cannot fail without exceptions: error() says whether it did.
  Core(const std::string& options_json, double seed) {
    auto options = partyline::parse_client_options(options_json);
    if (options.ok()) {
      client_.emplace(std::move(options.value()), static_cast<std::uint64_t>(seed));
    } else {
      error_ = options.error().detail;
    }
  }

  // Why there is no client, or empty.
  [[nodiscard]] std::string error() const { return error_; }

  // Legal only without an error(). The result is write_step_result() or write_step_error().
  std::string step(double now_ms, const std::string& input_json) {
    const auto input = partyline::parse_client_input(input_json);
    if (!input.ok()) return partyline::write_step_error(input.error());
    client_->handle(partyline::TimeMs{static_cast<std::int64_t>(now_ms)}, input.value());
    std::vector<partyline::ClientOutput> outputs;
    while (auto output = client_->poll()) outputs.push_back(std::move(*output));
    return partyline::write_step_result(outputs, client_->next_wakeup());
  }

 private:
  std::optional<partyline::Client> client_;
  std::string error_;
};

}  // namespace

EMSCRIPTEN_BINDINGS(partyline) {
  emscripten::class_<Core>("Core")
      .constructor<const std::string&, double>()
      .function("error", &Core::error)
      .function("step", &Core::step);
}
