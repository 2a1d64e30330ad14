// The command line: what wins, what is refused, with which exit code.
#include <arpa/inet.h>
#include <catch2/catch_test_macros.hpp>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "endpoint_process.h"

namespace partyline::endpoint_test {
namespace {

// Another program that has the port.
class Squatter {
 public:
  Squatter() : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(descriptor_, reinterpret_cast<const sockaddr*>(&address), size);
    ::listen(descriptor_, 1);
    ::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
  }
  ~Squatter() { ::close(descriptor_); }
  Squatter(const Squatter&) = delete;
  Squatter& operator=(const Squatter&) = delete;
  [[nodiscard]] std::string port() const { return std::to_string(port_); }

 private:
  int descriptor_;
  unsigned short port_ = 0;
};

}  // namespace

TEST_CASE("a port in use is said in words", "[endpoint][flags]") {
  const Squatter squatter;
  const Ended ended = run_endpoint({"--port", squatter.port()});
  CHECK(ended.exit_code == 3);
  CHECK(ended.err == "port " + squatter.port() +
                         " on 127.0.0.1 is in use by another program; choose another with --port "
                         "or PORT\n");
  CHECK(ended.out.empty());
}

TEST_CASE("an address that is not ours cannot be listened on", "[endpoint][flags]") {
  // A test network of RFC 5737, on no machine.
  const Ended ended = run_endpoint({"--host", "192.0.2.1", "--port", "0"});
  CHECK(ended.exit_code == 3);
  CHECK(ended.err.find("port 0 on 192.0.2.1 cannot be listened on") != std::string::npos);
}

TEST_CASE("flags that are wrong are refused", "[endpoint][flags]") {
  struct Wrong {
    std::vector<std::string> arguments;
    std::string says;
  };
  for (const Wrong& wrong : std::vector<Wrong>{
           {{"--port", "many"},
            "--port: must be a whole number between 0 and 65535, is \"many\"\n"},
           {{"--port", "65536"},
            "--port: must be a whole number between 0 and 65535, is \"65536\"\n"},
           {{"--host", ""}, "--host: must not be empty\n"},
           {{"--static", "/nowhere"}, "--static: is no folder: /nowhere\n"},
           {{"--log-level", "loud"},
            "--log-level: must be debug, info, warning, error or off, is \"loud\"\n"},
           {{"--tls-key", "/proc/self/exe"}, "--tls-certificate and --tls-key: one is useless"},
           {{"--config", "/nowhere.json"},
            "/nowhere.json: cannot be read: no such file, or no permission\n"},
           {{"--config", "/"}, "/: cannot be read: no such file, or no permission\n"},
           {{"--colour"}, "--colour"},
       }) {
    INFO(wrong.says);
    const Ended ended = run_endpoint(wrong.arguments);
    CHECK(ended.exit_code == 2);
    CHECK(ended.err.find(wrong.says) != std::string::npos);
    CHECK(ended.out.empty());
  }
}

TEST_CASE("a bad configuration ends with 2, a good one is only checked", "[endpoint][flags]") {
  const TemporaryFolder folder;
  const std::string bad = folder.write("bad.json", "{\n\"limits\": {\"channels_max\": 0}}");
  const Ended refused = run_endpoint({"--config", bad});
  CHECK(refused.exit_code == 2);
  CHECK(refused.err == bad +
                           ":2: field \"limits.channels_max\": must be a whole number between 1 "
                           "and 1000000, is 0\n");
  const Squatter squatter;
  const std::string good =
      folder.write("good.json", "{\"listen\": {\"port\": " + squatter.port() + "}}");
  const Ended checked = run_endpoint({"--config", good, "--check"});
  CHECK(checked.exit_code == 0);
  CHECK(checked.out == "the configuration is good\n");
  CHECK(run_endpoint({"--config", good}).exit_code == 3);
}

TEST_CASE("flags win over the file", "[endpoint][flags]") {
  const Squatter squatter;
  // The process adds --port 0.
  EndpointProcess endpoint("{\"listen\": {\"port\": " + squatter.port() + "}}");
  CHECK(std::to_string(endpoint.port()) != squatter.port());
  CHECK(endpoint.stop() == 0);
}

TEST_CASE("help and version are no mistakes", "[endpoint][flags]") {
  const Ended help = run_endpoint({"--help"});
  CHECK(help.exit_code == 0);
  CHECK(help.out.find("--tls-certificate") != std::string::npos);
  const Ended version = run_endpoint({"--version"});
  CHECK(version.exit_code == 0);
  CHECK(version.out.starts_with("partyline-endpoint "));
}

TEST_CASE("a public address with the development key alone is warned about", "[endpoint][flags]") {
  EndpointProcess open("{}", {"--host", "0.0.0.0"});
  CHECK(open.url().starts_with("http://0.0.0.0:"));
  open.wait_for_log("development_key_only");
  CHECK(open.stop() == 0);

  EndpointProcess keyed(R"({"keys": [{"id": "pk_a"}]})", {"--host", "0.0.0.0"});
  CHECK(keyed.stop() == 0);
  CHECK(keyed.log().find("development_key_only") == std::string::npos);
}

}  // namespace partyline::endpoint_test
