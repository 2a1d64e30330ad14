// The door between JavaScript and the client core: one verb, text both ways. What the text means is
// in partyline/client_json.h. A module instance holds one client.
//
// JavaScript asks for room once and again when it needs more, writes UTF-8 there, calls, and reads
// the text at the address that is returned, up to a NUL. js/src/loader.ts is the other side.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
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

std::string_view input_text(std::size_t size) {
  return std::string_view(door().input).substr(0, size);
}
const char* answer(std::string text) {
  door().output = std::move(text);
  return door().output.data();
}

}  // namespace

// Room for inputs of up to that many bytes, until it is called again.
PARTYLINE_EXPORT(room) char* room(std::size_t size) {
  door().input.resize(size);
  return door().input.data();
}

// Makes the client of the options in the room. Returns nothing, or the words why there is none.
PARTYLINE_EXPORT(create) const char* create(double seed, std::size_t size) {
  auto options = partyline::parse_client_options(input_text(size));
  if (!options.ok()) return answer(std::move(options.error().detail));
  door().client.emplace(std::move(options.value()), static_cast<std::uint64_t>(seed));
  return answer("");
}

// Legal only when create() returned nothing. Returns write_step_result or write_step_error.
PARTYLINE_EXPORT(step) const char* step(double now_ms, std::size_t size) {
  const auto input = partyline::parse_client_input(input_text(size));
  if (!input.ok()) return answer(partyline::write_step_error(input.error()));
  partyline::Client& client = *door().client;
  client.handle(partyline::TimeMs{static_cast<std::int64_t>(now_ms)}, input.value());
  return answer(partyline::write_step_result(client));
}
