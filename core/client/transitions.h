// The transition table of a state machine: which state may follow which. Tables are constexpr, open
// the file of their machine, and are what the diagrams in the docs are generated from.
#pragma once

#include <array>
#include <cstddef>
#include <utility>

namespace partyline {

template <class State, std::size_t N>
using TransitionTable = std::array<std::pair<State, State>, N>;

template <class State, std::size_t N>
[[nodiscard]] constexpr bool allows(const TransitionTable<State, N>& table, State from, State to) {
  for (const auto& [a, b] : table) {
    if (a == from && b == to) return true;
  }
  return false;
}

}  // namespace partyline
