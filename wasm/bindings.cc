// The door between JavaScript and the client core: one verb, JSON text both ways. What the text
// means is in partyline/client_json.h. A module instance holds one client.
//
// Text is passed in one buffer each way: JavaScript asks for room, writes UTF-8 there, calls, and
// reads what output() and output_size() say. js/src/loader.ts is the other side.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "partyline/client.h"
#include "partyline/client_json.h"

#define PARTYLINE_EXPORT(name) extern "C" __attribute__((used, export_name(#name)))

namespace {

// Never destroyed: the host drops the whole instance.
struct Door {
  std::optional<partyline::Client> client;
  std::string input;
  std::string output;
};
Door& door() {
  static Door* const the_door = new Door;
  return *the_door;
}

}  // namespace

// Room for an input of that many bytes, until the next call.
PARTYLINE_EXPORT(input) char* input(std::size_t size) {
  door().input.resize(size);
  return door().input.data();
}

PARTYLINE_EXPORT(output) const char* output() { return door().output.data(); }
PARTYLINE_EXPORT(output_size) std::size_t output_size() { return door().output.size(); }

// Makes the client of the options in the input. The output is empty, or says why there is none.
PARTYLINE_EXPORT(create) void create(double seed) {
  auto options = partyline::parse_client_options(door().input);
  if (options.ok()) {
    door().client.emplace(std::move(options.value()), static_cast<std::uint64_t>(seed));
  } else {
    door().output = options.error().detail;
  }
}

// Legal only when create() left the output empty. Output: write_step_result or write_step_error.
PARTYLINE_EXPORT(step) void step(double now_ms) {
  const auto input = partyline::parse_client_input(door().input);
  if (!input.ok()) {
    door().output = partyline::write_step_error(input.error());
    return;
  }
  partyline::Client& client = *door().client;
  client.handle(partyline::TimeMs{static_cast<std::int64_t>(now_ms)}, input.value());
  door().output = partyline::write_step_result(client);
}
