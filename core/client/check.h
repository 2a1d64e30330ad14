// A check that only a bug of ours can fail. It ends the test, and in a page it marks the client as
// failed and leaves the page alive (the shim catches the trap). No input reaches it.
#pragma once

#include <cstdlib>

#define PARTYLINE_CHECK(condition)    \
  do {                                \
    if (!(condition)) ::std::abort(); \
  } while (false)
