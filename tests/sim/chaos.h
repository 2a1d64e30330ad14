// Makes things happen in a world, as its profile weighs them, until it is time to calm down.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "world.h"

namespace partyline::sim {

class Chaos {
 public:
  explicit Chaos(World& world);
  // Begins with everybody coming in, and lasts as long as the profile says.
  void run();

 private:
  void begin();
  void tick();
  void perform(Action action);
  [[nodiscard]] Action draw();

  // The application's.
  void join(ClientHost& client);
  void publish(ClientHost& client, IntendedChannel& channel);
  void touch_publication(Action action, ClientHost& client, IntendedChannel& channel);
  void open_data_channel(ClientHost& client, const IntendedChannel& channel);
  void send(ClientHost& client, const IntendedChannel& channel);
  void in_channel(Action action, ClientHost& client);
  void close(ClientHost& client);
  void reload(ClientHost& client);
  void put_aside(ClientHost& client);
  // Faults.
  void disturb_signalling(Action action, ClientHost& client);
  void disturb_host(Action action, ClientHost& client);
  void sleep(ClientHost& client);
  void partition();
  void block_path();
  void deafen();
  void hostile_frame(ClientHost& client);
  void stranger();
  void stale_input(ClientHost& client);
  void old_candidate(ClientHost& client);

  [[nodiscard]] ClientHost* someone();
  [[nodiscard]] std::string metadata();
  [[nodiscard]] std::string hostile_text();

  World& world_;
  Context& context_;
  Random& random_;
  TimeMs end_;
  std::deque<Port> strangers_;
};

}  // namespace partyline::sim
