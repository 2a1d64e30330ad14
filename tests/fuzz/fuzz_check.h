// What must hold whatever comes in. Where it does not, the process ends, and libFuzzer keeps the
// input and prints the stack.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace partyline::fuzz {

[[noreturn]] inline void fail(std::string_view words, std::string_view detail) {
  std::fprintf(stderr, "WRONG: %.*s\n%.*s\n", static_cast<int>(words.size()), words.data(),
               static_cast<int>(detail.size()), detail.data());
  std::abort();
}

// `detail` is only looked at when it is wrong.
#define FUZZ_CHECK(condition, words, detail)                  \
  do {                                                        \
    if (!(condition)) ::partyline::fuzz::fail(words, detail); \
  } while (false)

}  // namespace partyline::fuzz
