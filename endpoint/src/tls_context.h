// The certificate and what TLS may do with it.
#pragma once

#include <memory>
#include <string>
#include <variant>

#include <boost/asio/ssl/context.hpp>

#include "config.h"

namespace partyline::endpoint {

using TlsContext = std::shared_ptr<boost::asio::ssl::context>;

// Loads certificate and key. The other alternative says in words what is wrong with which file.
[[nodiscard]] std::variant<TlsContext, std::string> load_tls(const TlsConfig& config);

}  // namespace partyline::endpoint
