// One accepted connection, until it ends or becomes a WebSocket.
#pragma once

#include <boost/asio/ip/tcp.hpp>

#include "endpoint_context.h"
#include "tls_context.h"

namespace partyline::endpoint {

// Serves the connection: the TLS handshake when `tls` is set, then HTTP/1.1 requests. `slot` is the
// place it takes.
void serve_connection(boost::asio::ip::tcp::socket socket, const TlsContext& tls,
                      EndpointContext& context, ConnectionSlot slot);

}  // namespace partyline::endpoint
