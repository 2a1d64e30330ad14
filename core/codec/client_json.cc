#include "partyline/client_json.h"

#include <array>
#include <span>
#include <utility>

#include "input_fields.h"
#include "output_fields.h"
#include "protocol/json_guard.h"
#include "reader.h"
#include "writer.h"

namespace partyline {
namespace {

using codec::Bodies;
using codec::Missing;
using codec::Reader;
using codec::Writer;

Error wrong(std::string detail) { return {ErrorCode::invalid_argument, std::move(detail)}; }

template <class Variant, std::size_t kIndex>
bool read_alternative(Reader& reader, const Json& object, Variant& target) {
  return reader.read_object(object, target.template emplace<kIndex>());
}

// One function per alternative, in the order of the variant, as the names are.
template <class Variant, std::size_t... kIndices>
constexpr auto alternative_readers(std::index_sequence<kIndices...>) {
  using Read = bool (*)(Reader&, const Json&, Variant&);
  return std::array<Read, sizeof...(kIndices)>{&read_alternative<Variant, kIndices>...};
}

template <class Variant>
Result<Variant> parse_variant(std::string_view text, std::span<const std::string_view> names) {
  static constexpr auto kReaders =
      alternative_readers<Variant>(std::make_index_sequence<std::variant_size_v<Variant>>{});
  const std::size_t line_end = text.find('\n');
  const Result<Json> parsed = parse_json(text.substr(0, line_end));
  if (!parsed.ok()) return wrong(parsed.error().detail);
  std::optional<std::string_view> body;
  if (line_end != std::string_view::npos) body = text.substr(line_end + 1);
  const Json& object = parsed.value();
  if (!object.is_object()) return wrong("must be a JSON object");
  const auto type = object.find("type");
  const auto* const name = type == object.end() ? nullptr : type->get_ptr<const Json::string_t*>();
  if (name == nullptr) return wrong("type: must be a string");
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] != *name) continue;
    Reader reader(Missing::kIsWrong, body);
    Variant result;
    if (!kReaders[i](reader, object, result)) return reader.error(names[i]);
    if (reader.has_body()) return wrong(*name + ": there is text after the line");
    return result;
  }
  return wrong("type: " + dump_json(*name) + " is none of the known names");
}

template <class Variant>
void write_variant(Writer& writer, const Variant& value, std::span<const std::string_view> names) {
  std::visit([&](const auto& object) { writer.write_object(names[value.index()], object); }, value);
}

void begin_step(Writer& writer) {
  writer.open('{');
  writer.key("outputs");
  writer.open('[');
}

std::string end_step(Writer writer, std::optional<TimeMs> wakeup) {
  writer.close(']');
  writer.key("wakeup");
  if (wakeup) {
    writer.write(wakeup->value);
  } else {
    writer.write(JsonText());
  }
  writer.close('}');
  return std::move(writer).take();
}

}  // namespace

Result<ClientInput> parse_client_input(std::string_view json) {
  return parse_variant<ClientInput>(json, codec::kInputTypes);
}

Result<ClientOutput> parse_client_output(std::string_view json) {
  return parse_variant<ClientOutput>(json, codec::kOutputTypes);
}

std::string write_client_input(const ClientInput& input) {
  Writer writer;
  write_variant(writer, input, codec::kInputTypes);
  return std::move(writer).take();
}

std::string write_step_result(Client& client) {
  Writer writer(Bodies::kAside);
  begin_step(writer);
  while (const auto output = client.poll()) write_variant(writer, *output, codec::kOutputTypes);
  return end_step(std::move(writer), client.next_wakeup());
}

std::string write_step_result(const std::vector<ClientOutput>& outputs,
                              std::optional<TimeMs> wakeup) {
  Writer writer;
  begin_step(writer);
  for (const ClientOutput& output : outputs) write_variant(writer, output, codec::kOutputTypes);
  return end_step(std::move(writer), wakeup);
}

std::string write_step_error(const Error& error) {
  Writer writer;
  writer.open('{');
  writer("error", error);
  writer.close('}');
  return std::move(writer).take();
}

Result<ClientOptions> parse_client_options(std::string_view text) {
  const Result<Json> parsed = parse_json(text);
  if (!parsed.ok()) return wrong(parsed.error().detail);
  Reader reader{Missing::kKeepsDefault};
  ClientOptions options;
  if (!reader.read_object(parsed.value(), options)) return reader.error("options");
  if (options.endpoints.empty()) return wrong("options.endpoints: must name at least one");
  return options;
}

}  // namespace partyline
