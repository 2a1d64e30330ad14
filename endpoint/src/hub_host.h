// Carries the hub: hands in what happened on sockets, carries out what the hub orders, keeps its
// one timer. It decides nothing. Everything here runs on the io_context's one thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "config.h"
#include "partyline/hub.h"
#include "session_secret.h"

namespace partyline::endpoint {

// A client's WebSocket as the hub's orders need it.
class ClientSocket {
 public:
  virtual ~ClientSocket() = default;
  virtual void send(std::shared_ptr<const std::string> text) = 0;
  // Sends what is queued, then closes. Nothing that is read afterwards is handed in.
  virtual void close(std::uint16_t code, const std::string& reason) = 0;
  virtual void pause_reading() = 0;
  virtual void resume_reading() = 0;
  // Ends the connection at once.
  virtual void drop() = 0;
};

class HubHost {
 public:
  // `sign` signs resume tickets.
  HubHost(boost::asio::io_context& io, const Config& config, Signer sign);
  HubHost(const HubHost&) = delete;
  HubHost& operator=(const HubHost&) = delete;

  // An id for a socket that is about to be opened; never given twice.
  [[nodiscard]] SocketId new_socket_id() { return SocketId(++last_socket_id_); }

  void open(SocketId id, std::shared_ptr<ClientSocket> socket, std::string address,
            std::string origin);
  void receive_text(SocketId id, std::string text);
  void receive_binary(SocketId id);
  void send_queue_full(SocketId id);
  // Forgets the socket; says nothing when it is forgotten already. `code` as in SocketClosed.
  void closed(SocketId id, std::uint16_t code);

  // From now on its keys, and those of its tokens, are good.
  void change_keys(const Config& config);
  void drain();
  // Ends every connection at once.
  void drop_all();
  // Called whenever the last socket has gone.
  void set_on_empty(std::function<void()> on_empty) { on_empty_ = std::move(on_empty); }

  [[nodiscard]] HubCounts counts() const { return hub_.counts(); }
  [[nodiscard]] std::size_t sockets() const { return sockets_.size(); }

 private:
  // Tokens and tickets go by the system's clock, which somebody may set.
  void look_at_clock();
  template <class Input>
  void handle(const Input& input);
  void carry_out_all();
  void carry_out(const hub_output::SendFrame& order);
  void carry_out(const hub_output::CloseSocket& order);
  void carry_out(const hub_output::PauseReading& order);
  void carry_out(const hub_output::ResumeReading& order);
  void carry_out(const hub_output::Log& order);
  void schedule();
  // Keeps the socket alive while an order is carried out on it.
  [[nodiscard]] std::shared_ptr<ClientSocket> find(SocketId id) const;

  // The hub has it, too.
  std::shared_ptr<std::vector<TokenKey>> token_keys_;
  std::int64_t unix_offset_ms_;
  Hub hub_;
  boost::asio::steady_timer timer_;
  std::optional<TimeMs> scheduled_;
  std::unordered_map<SocketId, std::shared_ptr<ClientSocket>> sockets_;
  std::function<void()> on_empty_;
  std::uint64_t last_socket_id_ = 0;
  bool carrying_out_ = false;
};

}  // namespace partyline::endpoint
