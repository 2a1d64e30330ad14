// Inputs and outputs of a machine as text, whichever machine it is.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "partyline/time.h"
#include "protocol/json_guard.h"
#include "reader.h"
#include "writer.h"

namespace partyline::codec {

inline Error wrong(std::string detail) { return {ErrorCode::invalid_argument, std::move(detail)}; }

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

inline void begin_step(Writer& writer) {
  writer.open('{');
  writer.key("outputs");
  writer.open('[');
}

inline std::string end_step(Writer writer, std::optional<TimeMs> wakeup) {
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

template <class Variant>
std::string text_of(const Variant& value, std::span<const std::string_view> names) {
  Writer writer;
  write_variant(writer, value, names);
  return std::move(writer).take();
}

// What a machine has to say after a step, long texts aside.
template <class Machine>
std::string drain(Machine& machine, std::span<const std::string_view> names) {
  Writer writer(Bodies::kAside);
  begin_step(writer);
  while (const auto output = machine.poll()) write_variant(writer, *output, names);
  return end_step(std::move(writer), machine.next_wakeup());
}

template <class Variant>
std::string list_step(const std::vector<Variant>& outputs, std::optional<TimeMs> wakeup,
                      std::span<const std::string_view> names) {
  Writer writer;
  begin_step(writer);
  for (const Variant& output : outputs) write_variant(writer, output, names);
  return end_step(std::move(writer), wakeup);
}

template <class Options>
Result<Options> parse_options(std::string_view text) {
  const Result<Json> parsed = parse_json(text);
  if (!parsed.ok()) return wrong(parsed.error().detail);
  Reader reader{Missing::kKeepsDefault};
  Options options;
  if (!reader.read_object(parsed.value(), options)) return reader.error("options");
  return options;
}

}  // namespace partyline::codec
