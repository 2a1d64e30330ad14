// Which outputs of the one machine are inputs of the other: how a host joins the two.
//
//   client.handle(now, input);
//   if (auto fact = fact_for<CompanionInput>(input)) companion.handle(now, *fact);
//   while (auto output = client.poll()) {
//     if (auto fact = fact_for<CompanionInput>(*output)) companion.handle(now, *fact);
//     …
//   }
//   while (auto output = companion.poll()) {
//     if (auto order = fact_for<ClientInput>(*output)) … else …
//   }
#pragma once

#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

#include "partyline/companion_input.h"
#include "partyline/companion_output.h"

namespace partyline {

template <class T, class Variant>
inline constexpr bool kIsAlternative = false;
template <class T, class... Alternatives>
inline constexpr bool kIsAlternative<T, std::variant<Alternatives...>> =
    (std::is_same_v<T, Alternatives> || ...);

// The same as an input of the other machine, if it is one. A wake-up is of one machine only.
template <class To, class From>
[[nodiscard]] std::optional<To> fact_for(const From& from) {
  return std::visit(
      [](const auto& fact) -> std::optional<To> {
        using Fact = std::decay_t<decltype(fact)>;
        if constexpr (kIsAlternative<Fact, To> && !std::is_same_v<Fact, input::Wakeup>) {
          return To{fact};
        } else {
          return std::nullopt;
        }
      },
      from);
}

}  // namespace partyline
