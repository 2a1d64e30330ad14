// A certificate for "localhost", made for one test.
#pragma once

#include <string>

namespace partyline::endpoint_test {

struct SelfSigned {
  std::string certificate;  // PEM
  std::string key;          // PEM
};

[[nodiscard]] SelfSigned make_self_signed();

}  // namespace partyline::endpoint_test
