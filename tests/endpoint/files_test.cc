// Static files: the right ones with the right words about them, and nothing from outside the
// folder.
#include <filesystem>

#include <catch2/catch_test_macros.hpp>
#include <sys/stat.h>

#include "endpoint_process.h"
#include "raw_socket.h"
#include "static_files.h"

namespace partyline::endpoint_test {
namespace {

// A site with a secret beside it.
struct Site {
  Site() {
    folder.write("secret.txt", "secret");
    folder.write("site/index.html", "<p>home");
    folder.write("site/app.mjs", "export {};");
    folder.write("site/a b.txt", "spaced");
    folder.write("site/sub/index.html", "<p>sub");
    folder.write("site/empty/readme.md", "x");
    folder.write("site/.env", "secret");
    folder.write("site/.git/config", "secret");
    folder.write("site/.well-known/security.txt", "contact");
    root = folder.path() / "site";
    std::filesystem::create_symlink("../secret.txt", root / "link.txt");
    std::filesystem::create_directory_symlink("..", root / "up");
    std::filesystem::create_symlink("app.mjs", root / "inside.mjs");
    ::mkfifo((root / "pipe.txt").c_str(), 0600);
  }
  TemporaryFolder folder;
  std::filesystem::path root;
};

}  // namespace

TEST_CASE("files are served with their type", "[endpoint][files]") {
  const Site site;
  EndpointProcess endpoint("{}", {"--static", site.root.string()});
  const auto get = [&](std::string_view target) { return request(endpoint.port(), "GET", target); };

  const HttpAnswer home = get("/");
  CHECK(home.status == 200);
  CHECK(home.body == "<p>home");
  CHECK(home.headers.at("content-type") == "text/html; charset=utf-8");
  CHECK(get("/index.html?x=1").body == "<p>home");
  CHECK(get("/app.mjs").headers.at("content-type") == "text/javascript; charset=utf-8");
  CHECK(get("/inside.mjs").body == "export {};");
  CHECK(get("/a%20b.txt").body == "spaced");
  CHECK(get("/sub/").body == "<p>sub");
  CHECK(get("/.well-known/security.txt").body == "contact");
  CHECK(get("/healthz").headers.at("content-type") == "application/json");

  const HttpAnswer redirect = get("/sub?a=b");
  CHECK(redirect.status == 301);
  CHECK(redirect.headers.at("location") == "/sub/?a=b");
  CHECK(endpoint.stop() == 0);
}

TEST_CASE("every answer keeps the page's powers small", "[endpoint][files]") {
  const Site site;
  EndpointProcess endpoint("{}", {"--static", site.root.string()});
  for (const char* target : {"/", "/nothing", "/healthz"}) {
    INFO(target);
    const HttpAnswer answer = request(endpoint.port(), "GET", target);
    CHECK(answer.headers.at("x-content-type-options") == "nosniff");
    CHECK(answer.headers.at("referrer-policy") == "no-referrer");
    CHECK(
        answer.headers.at("content-security-policy").find("script-src 'self' 'wasm-unsafe-eval'") !=
        std::string::npos);
    CHECK(answer.headers.at("permissions-policy") ==
          "camera=(self), microphone=(self), display-capture=(self)");
  }
  CHECK(endpoint.stop() == 0);
}

TEST_CASE("what the browser has is not sent again", "[endpoint][files]") {
  const Site site;
  EndpointProcess endpoint("{}", {"--static", site.root.string()});
  const std::string etag = request(endpoint.port(), "GET", "/app.mjs").headers.at("etag");
  const auto ask = [&](const std::string& condition) {
    return request(endpoint.port(), "GET", "/app.mjs", "If-None-Match: " + condition + "\r\n");
  };
  const HttpAnswer same = ask(etag);
  CHECK(same.status == 304);
  CHECK(same.headers.at("etag") == etag);
  CHECK(ask("\"other\", W/" + etag).status == 304);
  CHECK(ask("*").status == 304);
  CHECK(ask("\"other\"").status == 200);

  const HttpAnswer head = request(endpoint.port(), "HEAD", "/app.mjs");
  CHECK(head.status == 200);
  CHECK(head.headers.at("content-length") == "10");
  CHECK(head.headers.at("etag") == etag);

  site.folder.write("site/app.mjs", "export { changed };");
  const HttpAnswer changed = ask(etag);
  CHECK(changed.status == 200);
  CHECK(changed.body == "export { changed };");
  CHECK(endpoint.stop() == 0);
}

TEST_CASE("a large file arrives whole", "[endpoint][files]") {
  const Site site;
  std::string content;
  while (content.size() < 3'000'000) content += std::to_string(content.size());
  site.folder.write("site/large.wasm", content);
  EndpointProcess endpoint("{}", {"--static", site.root.string()});
  const HttpAnswer answer = request(endpoint.port(), "GET", "/large.wasm");
  CHECK(answer.headers.at("content-type") == "application/wasm");
  CHECK((answer.body == content));
  CHECK(endpoint.stop() == 0);
}

TEST_CASE("nothing outside the folder is served", "[endpoint][files]") {
  const Site site;
  EndpointProcess endpoint("{}", {"--static", site.root.string()});
  for (const char* target : {"/../secret.txt",
                             "/sub/../../secret.txt",
                             "/%2e%2e/secret.txt",
                             "/%2E%2E%2Fsecret.txt",
                             "/..%2fsecret.txt",
                             "/..%5csecret.txt",
                             "/..\\secret.txt",
                             "/.%2e/secret.txt",
                             "/link.txt",
                             "/up/secret.txt",
                             "/up/",
                             "/up",
                             "//etc/passwd",
                             "/%2fetc/passwd",
                             "/sub//index.html",
                             "/.env",
                             "/.git/config",
                             "/sub/./index.html",
                             "/app.mjs/",
                             "/app.mjs%00.html",
                             "/pipe.txt",
                             "/empty/",
                             "http://localhost/secret.txt",
                             "secret.txt",
                             "/%252e%252e/secret.txt"}) {
    INFO(target);
    const HttpAnswer answer = request(endpoint.port(), "GET", target);
    CHECK((answer.status == 404 || answer.status == 400));
    CHECK(answer.body.find("secret\n") == std::string::npos);
    CHECK(answer.body != "secret");
  }
  for (const char* target : {"/%", "/%4", "/%zz", "/a%2"}) {
    INFO(target);
    CHECK(request(endpoint.port(), "GET", target).status == 400);
  }
  CHECK(endpoint.stop() == 0);
}

TEST_CASE("types are known by extension", "[endpoint][files]") {
  using endpoint::content_type_of;
  CHECK(content_type_of("a.html") == "text/html; charset=utf-8");
  CHECK(content_type_of("a.JS") == "text/javascript; charset=utf-8");
  CHECK(content_type_of("a.css") == "text/css; charset=utf-8");
  CHECK(content_type_of("a.wasm") == "application/wasm");
  CHECK(content_type_of("a.js.map") == "application/json");
  CHECK(content_type_of("a.svg") == "image/svg+xml");
  CHECK(content_type_of("a.png") == "image/png");
  CHECK(content_type_of("favicon.ico") == "image/x-icon");
  CHECK(content_type_of("a.webp") == "image/webp");
  CHECK(content_type_of("a.woff2") == "font/woff2");
  CHECK(content_type_of("app.webmanifest") == "application/manifest+json");
  CHECK(content_type_of("a.exe") == "application/octet-stream");
  CHECK(content_type_of("none") == "application/octet-stream");
}

}  // namespace partyline::endpoint_test
