// The pair's negotiation, seen from one side: the other side and the browser are played by hand.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "client_fixture.h"

namespace partyline {

inline constexpr std::uint64_t kPeer = 30;  // the peer's incarnation where we are the elder

inline Signal offer(std::uint64_t negotiation, const std::string& ufrag,
                    std::vector<MediaBinding> media = {}, std::uint64_t generation = 1) {
  return Signal{generation,
                false,
                Description{DescriptionType::kOffer, negotiation, sdp(ufrag), std::move(media)},
                {}};
}

inline Signal answer(std::uint64_t negotiation, const std::string& ufrag,
                     std::vector<MediaBinding> media = {}, std::uint64_t generation = 1) {
  return Signal{generation,
                false,
                Description{DescriptionType::kAnswer, negotiation, sdp(ufrag), std::move(media)},
                {}};
}

inline MediaBinding binding(const std::string& mid, MediaKind kind,
                            const std::string& name = "camera") {
  return MediaBinding{Mid{mid}, PublicationName{name}, kind};
}

inline MemberInfo publishing(const std::string& id, std::uint64_t incarnation) {
  MemberInfo member = TestClient::member(id, incarnation);
  member.publications.push_back(PublicationInfo{PublicationName{"camera"}, TrackStatus::kLive,
                                                TrackStatus::kLive, JsonText{}});
  return member;
}

// We are the elder and publish a camera; the peer joins: our offer is being made.
inline output::MakeOffer elder(TestClient& client) {
  client.join();
  client.welcome();
  client.publish();
  client.receive(message::PeerJoined{ChannelName{"room"}, publishing("p_a", kPeer)});
  return client.one<output::MakeOffer>();
}

// The peer was here first.
inline ConnectionId newcomer(TestClient& client) {
  client.join();
  client.welcome({publishing("p_a", 1)});
  return client.one<output::CreateConnection>().connection;
}

inline std::vector<SlotMid> mids_of(const std::vector<Attachment>& attachments) {
  std::vector<SlotMid> mids;
  for (std::size_t i = 0; i < attachments.size(); ++i) {
    mids.push_back({attachments[i].slot, Mid{std::to_string(i + 1)}});
  }
  return mids;
}

}  // namespace partyline
