#include "partyline/client_json.h"

#include "input_fields.h"
#include "output_fields.h"
#include "variants.h"

namespace partyline {

Result<ClientInput> parse_client_input(std::string_view json) {
  return codec::parse_variant<ClientInput>(json, codec::kInputTypes);
}

Result<ClientOutput> parse_client_output(std::string_view json) {
  return codec::parse_variant<ClientOutput>(json, codec::kOutputTypes);
}

std::string write_client_input(const ClientInput& input) {
  return codec::text_of(input, codec::kInputTypes);
}

std::string write_step_result(Client& client) { return codec::drain(client, codec::kOutputTypes); }

std::string write_step_result(const std::vector<ClientOutput>& outputs,
                              std::optional<TimeMs> wakeup) {
  return codec::list_step(outputs, wakeup, codec::kOutputTypes);
}

Result<ClientOptions> parse_client_options(std::string_view text) {
  Result<ClientOptions> options = codec::parse_options<ClientOptions>(text);
  if (options && options.value().endpoints.empty()) {
    return codec::wrong("options.endpoints: must name at least one");
  }
  return options;
}

}  // namespace partyline
