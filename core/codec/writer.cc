#include "writer.h"

#include "protocol/json_guard.h"

namespace partyline::codec {

void Writer::key(std::string_view name) {
  if (!std::exchange(first_, false)) text_ += ',';
  text_ += '"';
  text_ += name;
  text_ += "\":";
}

void Writer::write(std::string_view value) { text_ += dump_json(value); }

}  // namespace partyline::codec
