// Plain HTTP beside the WebSocket: few methods, small requests, no surprises.
#include <catch2/catch_test_macros.hpp>

#include "endpoint_process.h"
#include "raw_socket.h"

namespace partyline::endpoint_test {

TEST_CASE("without files the root says what this is", "[endpoint][http]") {
  EndpointProcess endpoint;
  const HttpAnswer root = request(endpoint.port(), "GET", "/");
  CHECK(root.status == 200);
  CHECK(root.body.find("Partyline endpoint") != std::string::npos);
  CHECK(root.body.find("docs") != std::string::npos);
  CHECK(request(endpoint.port(), "GET", "/anything").status == 404);
  CHECK(request(endpoint.port(), "GET", "/v1").status == 426);
  CHECK(endpoint.stop() == 0);
}

TEST_CASE("methods other than GET and HEAD are refused", "[endpoint][http]") {
  EndpointProcess endpoint;
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "BREW"}) {
    INFO(method);
    const HttpAnswer answer = request(endpoint.port(), method, "/healthz");
    CHECK(answer.status == 405);
    CHECK(answer.headers.at("allow") == "GET, HEAD");
    CHECK_FALSE(answer.body.empty());
  }
  const HttpAnswer head = request(endpoint.port(), "HEAD", "/healthz");
  CHECK(head.status == 200);
  CHECK(head.headers.at("content-length") != "0");
  CHECK(endpoint.stop() == 0);
}

TEST_CASE("several requests share a connection", "[endpoint][http]") {
  EndpointProcess endpoint;
  RawSocket socket(endpoint.port());
  const std::string get = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
  socket.write(get + get + "HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  CHECK(socket.read_response().status == 200);
  CHECK(socket.read_response().status == 200);
  CHECK(socket.read_response(false).status == 200);
  socket.write("GET /healthz HTTP/1.0\r\n\r\n");
  CHECK(socket.read_response().status == 200);
  CHECK(socket.read_to_end().empty());
  CHECK(endpoint.stop() == 0);
}

TEST_CASE("a client that only ends its half still gets its answer", "[endpoint][http]") {
  EndpointProcess endpoint;
  RawSocket socket(endpoint.port());
  socket.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
  socket.end_writing();
  CHECK(socket.read_response().status == 200);
  CHECK(socket.read_to_end().empty());
  CHECK(endpoint.stop() == 0);
}

TEST_CASE("requests that are too much are refused in words", "[endpoint][http]") {
  EndpointProcess endpoint;
  RawSocket socket(endpoint.port());
  HttpAnswer answer;
  SECTION("headers") {
    socket.write("GET / HTTP/1.1\r\nX-Long: " + std::string(40'000, 'x') + "\r\n\r\n");
    answer = socket.read_response();
    CHECK(answer.status == 431);
  }
  SECTION("a target") {
    socket.write("GET /" + std::string(40'000, 'x') + " HTTP/1.1\r\n\r\n");
    answer = socket.read_response();
    CHECK(answer.status == 431);
  }
  SECTION("a body") {
    socket.write("GET / HTTP/1.1\r\nContent-Length: 100000\r\n\r\n" + std::string(100'000, 'x'));
    answer = socket.read_response();
    CHECK(answer.status == 413);
  }
  SECTION("a chunked body") {
    socket.write("GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n");
    answer = socket.read_response();
    CHECK(answer.status == 413);
  }
  SECTION("nonsense") {
    socket.write("\x16\x03\x01\x02 this is no HTTP\r\n\r\n");
    answer = socket.read_response();
    CHECK(answer.status == 400);
  }
  CHECK_FALSE(answer.body.empty());
  CHECK(answer.headers.at("connection") == "close");
  socket.end_writing();
  CHECK(socket.read_to_end().empty());
  CHECK(request(endpoint.port(), "GET", "/healthz").status == 200);
  CHECK(endpoint.stop() == 0);
}

}  // namespace partyline::endpoint_test
