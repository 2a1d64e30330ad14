// Makes broken text out of good text.
#pragma once

#include <string>

#include "dice.h"

namespace partyline {

inline std::string random_bytes(Dice& dice, std::size_t length) {
  std::string bytes(length, '\0');
  for (char& byte : bytes) byte = static_cast<char>(dice.next());
  return bytes;
}

// Changes, inserts, deletes or repeats something at a few places. What it inserts is mostly what
// has a meaning in JSON.
inline std::string mutate(Dice& dice, std::string text) {
  constexpr char kMeaningful[] = "{}[]\",:\\/0123456789.-+eE\n truefalsn\x01\x7F\x80\xC2\xFF";
  for (std::size_t left = 1 + dice.below(4); left > 0 && !text.empty(); --left) {
    const std::size_t place = dice.below(text.size());
    const char character = kMeaningful[dice.below(sizeof kMeaningful - 1)];
    switch (dice.below(5)) {
      case 0:
        text[place] = character;
        break;
      case 1:
        text.insert(place, 1, character);
        break;
      case 2:
        text.erase(place, 1 + dice.below(8));
        break;
      case 3:
        text.insert(place, text.substr(dice.below(text.size()), dice.below(24)));
        break;
      default:
        text[place] = static_cast<char>(dice.next());
        break;
    }
  }
  return text;
}

}  // namespace partyline
