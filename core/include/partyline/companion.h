// The companion of a client: what a line can do beyond joining channels and connecting media. A
// machine of its own, so that a page loads it when the first call is up. It has no socket and no
// connection: what it wants to say it orders of the client core or of the host. No I/O, no clock.
//
//   companion.handle(now, input); while (auto output = companion.poll()) …;
//   schedule(companion.next_wakeup());
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "partyline/companion_input.h"
#include "partyline/companion_output.h"
#include "partyline/options.h"
#include "partyline/time.h"

namespace partyline {

class Companion {
 public:
  explicit Companion(CompanionOptions options);
  ~Companion();
  Companion(const Companion&) = delete;
  Companion& operator=(const Companion&) = delete;

  // Legal at any time. Inputs about ids that are not (or no longer) known are ignored; wishes about
  // them are answered with `closed`.
  void handle(TimeMs now, const CompanionInput& input);

  // The next order, in order; nothing when all are drained.
  [[nodiscard]] std::optional<CompanionOutput> poll();

  // When handle(input::Wakeup) is due at the latest; nothing when no timer runs.
  [[nodiscard]] std::optional<TimeMs> next_wakeup() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace partyline
