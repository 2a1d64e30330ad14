#include "http_responses.h"

#include <nlohmann/json.hpp>

namespace partyline::endpoint {
namespace {

namespace http = boost::beast::http;

TextResponse response_of_type(http::status status, std::string body, std::string_view type) {
  TextResponse response;
  response.result(status);
  response.set(http::field::content_type, boost::beast::string_view(type.data(), type.size()));
  response.set(http::field::cache_control, "no-store");
  response.body() = std::move(body);
  return response;
}

}  // namespace

void set_common_headers(http::fields& headers, const std::string& policy) {
  headers.set(http::field::server, "partyline-endpoint");
  headers.set("X-Content-Type-Options", "nosniff");
  // A channel's name may stand in the page's address; it is nobody else's business.
  headers.set("Referrer-Policy", "no-referrer");
  headers.set("Permissions-Policy", "camera=(self), microphone=(self), display-capture=(self)");
  if (!policy.empty()) headers.set("Content-Security-Policy", policy);
}

TextResponse text_response(http::status status, std::string words) {
  return response_of_type(status, std::move(words) + "\n", "text/plain; charset=utf-8");
}

TextResponse health_response(const HubCounts& counts, bool draining) {
  const nlohmann::ordered_json body = {{"status", draining ? "draining" : "ok"},
                                       {"version", PARTYLINE_VERSION},
                                       {"connections", counts.connections},
                                       {"peers", counts.peers},
                                       {"channels", counts.channels},
                                       {"memberships", counts.memberships}};
  return response_of_type(draining ? http::status::service_unavailable : http::status::ok,
                          body.dump() + "\n", "application/json");
}

TextResponse welcome_response() {
  return text_response(http::status::ok,
                       "This is a Partyline endpoint, " PARTYLINE_VERSION
                       ". Clients connect here by WebSocket (subprotocol partyline.v1).\n"
                       "How to use it: README.md and docs/ of Partyline. How it does: /healthz.");
}

}  // namespace partyline::endpoint
