#include <utility>

#include "fields.h"
#include "partyline/client_json.h"
#include "writer.h"

namespace partyline {

std::string write_step_error(const Error& error) {
  codec::Writer writer;
  writer.open('{');
  writer("error", error);
  writer.close('}');
  return std::move(writer).take();
}

}  // namespace partyline
