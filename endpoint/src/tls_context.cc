#include "tls_context.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

namespace partyline::endpoint {
namespace {

namespace ssl = boost::asio::ssl;

// Without this OpenSSL asks for a passphrase on the terminal, and a service hangs at its start.
int no_passphrase(char*, int, int, void*) { return 0; }

void restrict(ssl::context& context) {
  SSL_CTX* native = context.native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                  SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_IGNORE_UNEXPECTED_EOF);
  // An idle connection gives its 34 kB of record buffers back.
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_default_passwd_cb(native, no_passphrase);
}

}  // namespace

std::variant<TlsContext, std::string> load_tls(const TlsConfig& config) {
  const auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  restrict(*context);
  SSL_CTX* native = context->native_handle();
  boost::system::error_code error;
  context->use_certificate_chain_file(config.certificate_file, error);
  if (error) {
    return "TLS: no PEM certificate can be read from " + config.certificate_file + " (" +
           error.message() + ")";
  }
  ERR_clear_error();
  // This also finds a key that is not the certificate's.
  context->use_private_key_file(config.key_file, ssl::context::pem, error);
  if (error) {
    const bool mismatch =
        ERR_GET_REASON(static_cast<unsigned long>(error.value())) == X509_R_KEY_VALUES_MISMATCH;
    if (mismatch) {
      return "TLS: the key in " + config.key_file + " is not that of the certificate in " +
             config.certificate_file;
    }
    return "TLS: no PEM key without passphrase can be read from " + config.key_file + " (" +
           error.message() + ")";
  }
  if (SSL_CTX_check_private_key(native) != 1) {
    ERR_clear_error();
    return "TLS: the key in " + config.key_file + " is not that of the certificate in " +
           config.certificate_file;
  }
  return context;
}

}  // namespace partyline::endpoint
