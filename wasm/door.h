// The door between JavaScript and a machine of the core: one verb, text both ways. What the text
// means is in partyline/client_json.h and companion_json.h. A module instance holds one machine.
//
// JavaScript asks for room once and again when it needs more, writes UTF-8 there, calls, and reads
// the text at the address that is returned, up to a NUL. js/src/loader.ts is the other side.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "partyline/client_json.h"

#define PARTYLINE_EXPORT(name) extern "C" __attribute__((used, export_name(#name)))

namespace partyline::wasm {

template <class Machine>
struct Door {
  std::optional<Machine> machine;
  std::string input;
  std::string output;

  [[nodiscard]] std::string_view input_text(std::size_t size) const {
    return std::string_view(input).substr(0, size);
  }
  const char* answer(std::string text) {
    output = std::move(text);
    return output.data();
  }
  // Legal only when there is a machine.
  template <class Input>
  const char* step(double now_ms, const Result<Input>& read) {
    if (!read.ok()) return answer(write_step_error(read.error()));
    machine->handle(TimeMs{static_cast<std::int64_t>(now_ms)}, read.value());
    return answer(write_step_result(*machine));
  }
};

// Never destroyed: the host drops the whole instance.
template <class Machine>
Door<Machine>& door() {
  static Door<Machine>* const the_door = new Door<Machine>;
  return *the_door;
}

}  // namespace partyline::wasm
