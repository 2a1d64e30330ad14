#include "partyline/companion_json.h"

#include "companion_fields.h"
#include "variants.h"

namespace partyline {

Result<CompanionInput> parse_companion_input(std::string_view json) {
  return codec::parse_variant<CompanionInput>(json, codec::kCompanionInputTypes);
}

Result<CompanionOutput> parse_companion_output(std::string_view json) {
  return codec::parse_variant<CompanionOutput>(json, codec::kCompanionOutputTypes);
}

std::string write_companion_input(const CompanionInput& input) {
  return codec::text_of(input, codec::kCompanionInputTypes);
}

std::string write_step_result(Companion& companion) {
  return codec::drain(companion, codec::kCompanionOutputTypes);
}

std::string write_step_result(const std::vector<CompanionOutput>& outputs,
                              std::optional<TimeMs> wakeup) {
  return codec::list_step(outputs, wakeup, codec::kCompanionOutputTypes);
}

Result<CompanionOptions> parse_companion_options(std::string_view json) {
  return codec::parse_options<CompanionOptions>(json);
}

}  // namespace partyline
