// The door of the client: see door.h.
#include "door.h"
#include "partyline/client.h"
#include "partyline/client_json.h"

namespace {

auto& door() { return partyline::wasm::door<partyline::Client>(); }

}  // namespace

// Room for inputs of up to that many bytes, until it is called again.
PARTYLINE_EXPORT(room) char* room(std::size_t size) {
  door().input.resize(size);
  return door().input.data();
}

// Makes the client of the options in the room. Returns nothing, or the words why there is none.
PARTYLINE_EXPORT(create) const char* create(double seed, std::size_t size) {
  auto options = partyline::parse_client_options(door().input_text(size));
  if (!options.ok()) return door().answer(std::move(options.error().detail));
  door().machine.emplace(std::move(options.value()), static_cast<std::uint64_t>(seed));
  return door().answer("");
}

// Legal only when create() returned nothing. Returns write_step_result or write_step_error.
PARTYLINE_EXPORT(step) const char* step(double now_ms, std::size_t size) {
  return door().step(now_ms, partyline::parse_client_input(door().input_text(size)));
}
