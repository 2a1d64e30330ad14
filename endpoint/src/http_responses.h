// Answers in words and numbers, and the headers that all answers carry.
#pragma once

#include <string>
#include <string_view>

#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/beast/http/string_body.hpp>

#include "partyline/hub.h"

namespace partyline::endpoint {

using TextResponse = boost::beast::http::response<boost::beast::http::string_body>;

// Sets what keeps a page's powers to what a call needs. `policy` is the Content-Security-Policy,
// or empty for none.
void set_common_headers(boost::beast::http::fields& headers, const std::string& policy);

// A short text, for people.
[[nodiscard]] TextResponse text_response(boost::beast::http::status status, std::string words);

// The answer to /healthz.
[[nodiscard]] TextResponse health_response(const HubCounts& counts, bool draining);

// What stands at `/` when no files are served.
[[nodiscard]] TextResponse welcome_response();

}  // namespace partyline::endpoint
