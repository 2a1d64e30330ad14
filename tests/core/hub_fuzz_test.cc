// Many sockets do many things at dice, some of them nonsense. Whatever they do, every client that
// only believes its frames has the same picture of each channel, and it is the hub's.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "dice.h"
#include "hub_world.h"
#include "mutate.h"

namespace partyline {
namespace {

const char* const kChannels[] = {"red", "green", "blue"};

// What one client knows of one channel, from its frames.
using Roster = std::map<PeerId, MemberInfo>;

class Client {
 public:
  explicit Client(SocketId socket) : socket(socket) {}

  void apply(const std::vector<HubMessage>& frames) {
    for (const HubMessage& frame : frames) {
      std::visit([this](const auto& message) { on(message); }, frame);
    }
  }

  SocketId socket;
  PeerId peer;
  std::map<ChannelName, Roster> rosters;
  // Kept by who sends: the hub does not confirm a leave.
  void leave(const ChannelName& channel) { rosters.erase(channel); }

 private:
  void on(const message::Welcome& welcome) {
    peer = welcome.peer;
    for (const auto& joined : welcome.joined) on(joined);
  }
  void on(const message::Joined& joined) {
    REQUIRE(rosters.count(joined.channel) == 0);
    Roster& roster = rosters[joined.channel];
    for (const MemberInfo& member : joined.members) {
      REQUIRE(member.peer != peer);
      REQUIRE(roster.emplace(member.peer, member).second);
    }
  }
  void on(const message::PeerJoined& joined) {
    REQUIRE(joined.member.peer != peer);
    REQUIRE(rosters.at(joined.channel).emplace(joined.member.peer, joined.member).second);
  }
  void on(const message::PeerUpdated& updated) {
    MemberInfo& member = rosters.at(updated.channel).at(updated.peer);
    REQUIRE((updated.metadata || updated.publications));
    if (updated.metadata) {
      REQUIRE(member.metadata != *updated.metadata);
      member.metadata = *updated.metadata;
    }
    if (updated.publications) {
      REQUIRE(member.publications != *updated.publications);
      member.publications = *updated.publications;
    }
  }
  void on(const message::PeerLeft& left) {
    REQUIRE(rosters.at(left.channel).erase(left.peer) == 1);
  }
  void on(const message::SignalFrom& signal) {
    REQUIRE(rosters.at(signal.channel).at(signal.from).incarnation == signal.incarnation);
  }
  void on(const message::MessageFrom& message) {
    REQUIRE(rosters.at(message.channel).contains(message.from));
  }
  void on(const message::Delivered& delivered) {
    REQUIRE(rosters.at(delivered.channel).contains(delivered.peer));
  }
  void on(const message::Sent&) {}
  void on(const message::PeerPresence&) {}
  void on(const message::Ack&) {}
  void on(const message::Ticket&) {}
  void on(const message::Refused&) {}
  void on(const message::Pong&) {}
  void on(const message::Ping&) {}
  void on(const message::TokenExpiring&) {}
  void on(const message::Removed& removed) { REQUIRE(rosters.erase(removed.channel) == 1); }
  void on(const message::IceServers&) {}
  void on(const message::Goodbye&) {}
};

class Story {
 public:
  explicit Story(std::uint64_t seed) : dice_(seed), world_(options()) {}

  void step() {
    if (clients_.size() < 3 || dice_.one_in(12)) {
      arrive();
    } else {
      Client& client = clients_[dice_.below(clients_.size())];
      act(client);
    }
    settle();
  }

  // Each client's picture of a channel is everyone else in it, and all pictures fit together.
  void check_pictures() {
    std::size_t memberships = 0;
    std::map<ChannelName, std::set<PeerId>> members;
    for (const Client& client : clients_) {
      for (const auto& [channel, roster] : client.rosters) {
        ++memberships;
        members[channel].insert(client.peer);
      }
    }
    for (const Client& client : clients_) {
      for (const auto& [channel, roster] : client.rosters)
        check_roster(client, roster, members[channel]);
    }
    CHECK(world_.hub().counts().memberships == memberships);
    CHECK(world_.hub().counts().channels == members.size());
    CHECK(world_.hub().counts().connections == clients_.size());
  }

  std::size_t closed_by_hub = 0;

 private:
  static HubOptions options() {
    HubOptions options;
    options.members_per_channel_max = 6;
    options.channels_per_connection_max = 2;
    options.connections_max = 12;
    options.frames_burst = 40;
    return options;
  }

  void check_roster(const Client& client, const Roster& roster, std::set<PeerId> expected) {
    expected.erase(client.peer);
    std::set<PeerId> known;
    for (const auto& [peer, member] : roster) known.insert(peer);
    CHECK(known == expected);
  }

  ChannelName channel() { return ChannelName(kChannels[dice_.below(3)]); }

  JsonText metadata() { return JsonText(std::to_string(dice_.below(3))); }

  std::vector<PublicationInfo> publications() {
    std::vector<PublicationInfo> list;
    for (std::size_t left = dice_.below(3); left > 0; --left) {
      list.push_back(publication(dice_.one_in(2) ? "camera" : "screen"));
    }
    return list;
  }

  PeerId somebody() {
    const Client& client = clients_[dice_.below(clients_.size())];
    return dice_.one_in(10) || client.peer.empty() ? PeerId("p_nobody") : client.peer;
  }

  void arrive() {
    const SocketId socket = world_.open();
    clients_.emplace_back(socket);
    if (dice_.one_in(10)) return;
    std::vector<message::Join> joins;
    if (dice_.one_in(2)) joins.push_back({channel(), 1, metadata(), publications()});
    if (dice_.one_in(3)) joins.push_back({channel(), 2, metadata(), {}});
    world_.send(socket, message::Hello{1, dice_.one_in(15) ? "pk_no" : "pk_open", "", "", joins});
  }

  std::uint64_t incarnation_of(const Client& client, const ChannelName& name, const PeerId& peer) {
    const auto roster = client.rosters.find(name);
    if (roster == client.rosters.end() || !roster->second.contains(peer)) return 1;
    return roster->second.at(peer).incarnation;
  }

  ClientMessage random_message(Client& client) {
    switch (dice_.below(10)) {
      case 0:
      case 1:
        return message::Join{channel(), dice_.below(9), metadata(), publications()};
      case 2:
        return message::Leave{channel()};
      case 3:
      case 4:
        return message::Update{channel(), metadata(), publications()};
      case 5:
        return message::Ping{};
      case 6:
        return message::MessageTo{channel(), dice_.below(9), {}, false, "", "", "body"};
      case 7:
        return message::MessageTo{channel(), 1,     {somebody(), somebody()}, dice_.one_in(2), "",
                                  "",        "body"};
      default: {
        const ChannelName name = channel();
        const PeerId to = somebody();
        return message::SignalTo{name, to, incarnation_of(client, name, to), "body"};
      }
    }
  }

  void act(Client& client) {
    const std::size_t what = dice_.below(100);
    if (what < 3) {
      world_.close(client.socket);
      gone_.insert(client.socket);
    } else if (what < 4) {
      world_.handle(hub_input::SendQueueFull{client.socket});
    } else if (what < 8) {
      world_.send_text(client.socket, mutate(dice_, write_message(random_message(client))));
      // A mutated leave may still be one; the client cannot know.
      confused_.insert(client.socket);
    } else if (what < 20) {
      world_.run_for({static_cast<std::int64_t>(dice_.below(3'000))});
    } else {
      const ClientMessage message = random_message(client);
      world_.send(client.socket, message);
      if (const auto* leave = std::get_if<message::Leave>(&message)) client.leave(leave->channel);
    }
  }

  // Frames are applied, and sockets that the hub closes, or that are of no more use, go.
  void settle() {
    for (Client& client : clients_) client.apply(world_.take(client.socket));
    for (const SocketId socket : confused_) {
      if (!world_.closed(socket)) {
        world_.close(socket);
        gone_.insert(socket);
      }
    }
    confused_.clear();
    for (Client& client : clients_) {
      if (!world_.closed(client.socket) || gone_.contains(client.socket)) continue;
      ++closed_by_hub;
      world_.close(client.socket);
      gone_.insert(client.socket);
    }
    for (Client& client : clients_) client.apply(world_.take(client.socket));
    std::erase_if(clients_, [&](const Client& client) { return gone_.contains(client.socket); });
  }

  Dice dice_;
  HubWorld world_;
  std::vector<Client> clients_;
  std::set<SocketId> gone_;
  std::set<SocketId> confused_;
};

TEST_CASE("clients that believe their frames agree with each other and with the hub") {
  std::size_t closed_by_hub = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    INFO("seed " << seed);
    Story story(seed);
    for (int steps = 0; steps < 300; ++steps) {
      story.step();
      story.check_pictures();
    }
    closed_by_hub += story.closed_by_hub;
  }
  CHECK(closed_by_hub > 100);
}

}  // namespace
}  // namespace partyline
