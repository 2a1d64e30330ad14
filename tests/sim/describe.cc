#include "describe.h"

#include <string_view>
#include <variant>

#include "partyline/companion_json.h"

namespace partyline::sim {

namespace {

// Of the companion, as it passes the door.
constexpr std::size_t kTextMax = 160;

// Builds "name key=value key=value".
class Line {
 public:
  explicit Line(std::string_view name) : text_(name) {}

  Line& add(std::string_view key, std::string_view value) {
    text_ += ' ';
    text_ += key;
    text_ += '=';
    text_ += value;
    return *this;
  }
  Line& add(std::string_view key, std::uint64_t value) { return add(key, std::to_string(value)); }
  Line& add(std::string_view key, DurationMs value) {
    return add(key, std::to_string(value.value) + "ms");
  }
  template <class Tag>
  Line& add(std::string_view key, const StringId<Tag>& id) {
    return add(key, std::string_view(id.value));
  }
  template <class Tag>
  Line& add(std::string_view key, NumberId<Tag> id) {
    return add(key, id.value);
  }
  template <class T>
  Line& add(std::string_view key, const std::optional<T>& value) {
    return value ? add(key, *value) : *this;
  }
  Line& add(std::string_view key, const Error& error) {
    return add(key, std::string(error_name(error.code)) + " (" + error.detail + ")");
  }
  Line& add(std::string_view key, const JsonText& json) { return add(key, json.text); }
  Line& add(std::string_view key, MediaKind kind) { return add(key, media_kind_name(kind)); }

  // A description: everything that tells two of them apart.
  Line& sdp(std::string_view text) {
    std::size_t lines = 0;
    for (std::size_t at = text.find("\nm="); at != text.npos; at = text.find("\nm=", at + 1)) {
      ++lines;
    }
    const std::size_t origin = text.find("o=- ");
    const std::string_view name =
        origin == text.npos ? text.substr(0, 24)
                            : text.substr(origin + 4, text.find(" IN", origin) - origin - 4);
    return add("sdp", "<" + std::string(name) + ", " + std::to_string(lines) + " m-lines>");
  }
  // The header whole, the body's size.
  Line& frame(std::string_view text) {
    const std::size_t end = text.find('\n');
    if (end == text.npos) return add("", text);
    const std::string_view body = text.substr(end + 1);
    add("", text.substr(0, end));
    return add("body", std::string(body.substr(0, body.find('\n'))) + " (" +
                           std::to_string(body.size()) + " B)");
  }
  Line& mids(const std::vector<SlotMid>& mids) {
    for (const SlotMid& entry : mids) {
      add("slot", std::to_string(entry.slot.value) + "@" + entry.mid.value);
    }
    return *this;
  }
  Line& attach(const std::vector<Attachment>& attach) {
    for (const Attachment& entry : attach) {
      std::string text = std::to_string(entry.slot.value) + ":";
      text += media_kind_name(entry.kind);
      text += entry.track ? ":track" + std::to_string(entry.track->value) : ":muted";
      if (entry.mid) text += "@" + entry.mid->value;
      add("attach", text);
    }
    return *this;
  }
  Line& candidates(const std::vector<IceCandidate>& candidates) {
    for (const IceCandidate& entry : candidates) {
      add("candidate", entry.ufrag + (entry.candidate.empty() ? ":end" : ""));
    }
    return *this;
  }
  Line& publications(const std::vector<PublicationInfo>& publications) {
    for (const PublicationInfo& entry : publications) {
      constexpr std::string_view kStatus[] = {"-", "live", "muted"};
      add("publication",
          entry.name.value + "[" + std::string(kStatus[static_cast<int>(entry.audio)]) + "/" +
              std::string(kStatus[static_cast<int>(entry.video)]) + "]" + entry.metadata.text);
    }
    return *this;
  }
  Line& tracks(const std::vector<RemoteTrack>& tracks) {
    for (const RemoteTrack& entry : tracks) {
      add("track", std::string(media_kind_name(entry.kind)) + ":" +
                       std::to_string(entry.connection.value) + "@" + entry.mid.value);
    }
    return *this;
  }

  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

template <class State, std::size_t N>
std::string_view name_of(State state, const std::string_view (&names)[N]) {
  const auto index = static_cast<std::size_t>(state);
  return index < N ? names[index] : "?";
}

constexpr std::string_view kConnectionStates[] = {"new",          "connecting", "connected",
                                                  "disconnected", "failed",     "closed"};
constexpr std::string_view kLineStates[] = {"idle", "connecting", "connected", "reconnecting",
                                            "closed"};
constexpr std::string_view kChannelStates[] = {"joining", "joined", "reconnecting", "left"};
constexpr std::string_view kPeerStates[] = {"connecting", "connected", "reconnecting", "away",
                                            "left"};
constexpr std::string_view kReasons[] = {"first", "expiring", "refused"};

template <class... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};
// clang 14 does not deduce this by itself.
template <class... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

std::string wish(const ClientInput& input) {
  return std::visit(
      Overloaded{
          [](const input::Join& i) {
            return Line("join")
                .add("call", i.call)
                .add("channel", i.channel)
                .add("name", i.name)
                .add("metadata", i.metadata)
                .take();
          },
          [](const input::Leave& i) { return Line("leave").add("channel", i.channel).take(); },
          [](const input::Publish& i) {
            return Line("publish")
                .add("call", i.call)
                .add("channel", i.channel)
                .add("name", i.name)
                .add("metadata", i.metadata)
                .add("audio", i.audio)
                .add("video", i.video)
                .take();
          },
          [](const input::Unpublish& i) {
            return Line("unpublish").add("channel", i.channel).add("name", i.name).take();
          },
          [](const input::SetMuted& i) {
            return Line(i.muted ? "mute" : "unmute")
                .add("channel", i.channel)
                .add("name", i.name)
                .add("kind", i.kind)
                .take();
          },
          [](const input::ReplaceTrack& i) {
            return Line("replace-track")
                .add("call", i.call)
                .add("channel", i.channel)
                .add("name", i.name)
                .add("kind", i.kind)
                .add("track", i.track)
                .take();
          },
          [](const input::SetPublicationMetadata& i) {
            return Line("set-publication-metadata")
                .add("channel", i.channel)
                .add("name", i.name)
                .add("metadata", i.metadata)
                .take();
          },
          [](const input::SetMetadata& i) {
            return Line("set-metadata")
                .add("channel", i.channel)
                .add("metadata", i.metadata)
                .take();
          },
          [](const input::OpenDataChannel& i) {
            return Line("open-data-channel")
                .add("channel", i.channel)
                .add("peer", i.peer)
                .add("data-channel", i.data_channel)
                .add("label", i.label)
                .take();
          },
          [](const input::CloseDataChannel& i) {
            return Line("close-data-channel").add("data-channel", i.data_channel).take();
          },
          [](const input::RetryNow&) { return std::string("retry-now"); },
          [](const input::Close&) { return std::string("close"); },
          [](const auto&) { return std::string(); }},
      input);
}

std::string fact(const ClientInput& input) {
  return std::visit(
      Overloaded{
          [](const input::SocketOpened& i) {
            return Line("socket-opened").add("socket", i.socket).take();
          },
          [](const input::FrameReceived& i) {
            return Line("frame").add("socket", i.socket).frame(i.text).take();
          },
          [](const input::BinaryReceived& i) {
            return Line("binary").add("socket", i.socket).take();
          },
          [](const input::SocketClosed& i) {
            return Line("socket-closed")
                .add("socket", i.socket)
                .add("code", std::uint64_t{i.code})
                .add("reason", i.reason)
                .take();
          },
          [](const input::TokenReady& i) {
            return Line("token-ready").add("operation", i.operation).take();
          },
          [](const input::TokenFailed& i) {
            return Line("token-failed").add("operation", i.operation).take();
          },
          [](const input::OfferMade& i) {
            return Line("offer-made").add("operation", i.operation).sdp(i.sdp).mids(i.mids).take();
          },
          [](const input::AnswerMade& i) {
            return Line("answer-made").add("operation", i.operation).sdp(i.sdp).mids(i.mids).take();
          },
          [](const input::AnswerAccepted& i) {
            return Line("answer-accepted").add("operation", i.operation).take();
          },
          [](const input::OperationFailed& i) {
            return Line("operation-failed")
                .add("operation", i.operation)
                .add("name", i.name)
                .add("text", i.text)
                .take();
          },
          [](const input::CandidateGathered& i) {
            return Line("candidate-gathered")
                .add("connection", i.connection)
                .candidates({i.candidate})
                .take();
          },
          [](const input::GatheringComplete& i) {
            return Line("gathering-complete").add("connection", i.connection).take();
          },
          [](const input::StatisticsRead& i) {
            Line line("statistics");
            line.add("connection", i.connection);
            for (const LineStatistics& each : i.lines) {
              line.add(each.mid.value,
                       std::to_string(each.received) + "/" + std::to_string(each.sent));
            }
            return line.take();
          },
          [](const input::ConnectionStateChanged& i) {
            return Line("connection-state")
                .add("connection", i.connection)
                .add("state", name_of(i.state, kConnectionStates))
                .take();
          },
          [](const input::WentOnline&) { return std::string("online"); },
          [](const input::WentOffline&) { return std::string("offline"); },
          [](const input::Resumed&) { return std::string("resumed"); },
          [](const input::PageHidden& i) {
            return std::string(i.persisted ? "page-hidden persisted" : "page-hidden");
          },
          [](const input::ChannelFrame& i) {
            return Line("channel-frame")
                .add("channel", i.channel)
                .add("membership", i.membership)
                .frame(i.text)
                .take();
          },
          [](const input::NumbersUsed& i) {
            return Line("numbers-used").add("last", i.last).take();
          },
          [](const input::Wakeup&) { return std::string("wakeup"); },
          [](const auto&) { return std::string(); }},
      input);
}

std::string order(const ClientOutput& output) {
  return std::visit(
      Overloaded{[](const output::OpenSocket& o) {
                   return Line("open-socket").add("socket", o.socket).add("url", o.url).take();
                 },
                 [](const output::SendFrame& o) {
                   return Line("send").add("socket", o.socket).frame(o.text).take();
                 },
                 [](const output::CloseSocket& o) {
                   return Line("close-socket")
                       .add("socket", o.socket)
                       .add("code", std::uint64_t{o.code})
                       .add("reason", o.reason)
                       .take();
                 },
                 [](const output::RequestToken& o) {
                   return Line("request-token")
                       .add("operation", o.operation)
                       .add("reason", name_of(o.reason, kReasons))
                       .take();
                 },
                 [](const output::CreateConnection& o) {
                   return Line("create-connection")
                       .add("connection", o.connection)
                       .add("channel", o.channel)
                       .add("peer", o.peer)
                       .take();
                 },
                 [](const output::SetIceServers&) { return std::string("set-ice-servers"); },
                 [](const output::MakeOffer& o) {
                   return Line(o.ice_restart ? "make-offer (ice restart)" : "make-offer")
                       .add("operation", o.operation)
                       .add("connection", o.connection)
                       .attach(o.attach)
                       .take();
                 },
                 [](const output::AcceptOffer& o) {
                   return Line("accept-offer")
                       .add("operation", o.operation)
                       .add("connection", o.connection)
                       .sdp(o.sdp)
                       .attach(o.attach)
                       .take();
                 },
                 [](const output::AcceptAnswer& o) {
                   return Line("accept-answer")
                       .add("operation", o.operation)
                       .add("connection", o.connection)
                       .sdp(o.sdp)
                       .take();
                 },
                 [](const output::AddCandidates& o) {
                   return Line("add-candidates")
                       .add("connection", o.connection)
                       .candidates(o.candidates)
                       .take();
                 },
                 [](const output::SetTrack& o) {
                   return Line("set-track")
                       .add("connection", o.connection)
                       .add("slot", o.slot)
                       .add("track", o.track)
                       .take();
                 },
                 [](const output::DetachSlot& o) {
                   return Line("detach").add("connection", o.connection).add("slot", o.slot).take();
                 },
                 [](const output::ReadStatistics& o) {
                   return Line("read-statistics").add("connection", o.connection).take();
                 },
                 [](const output::CloseConnection& o) {
                   return Line("close-connection").add("connection", o.connection).take();
                 },
                 [](const output::OpenDataChannel& o) {
                   return Line("open-data-channel")
                       .add("connection", o.connection)
                       .add("data-channel", o.data_channel)
                       .add("label", o.label)
                       .take();
                 },
                 [](const output::EndDataChannel& o) {
                   return Line("end-data-channel").add("data-channel", o.data_channel).take();
                 },
                 [](const auto&) { return std::string(); }},
      output);
}

std::string event(const ClientOutput& output) {
  return std::visit(
      Overloaded{
          [](const output::CallDone& o) {
            return Line("call-done").add("call", o.call).add("error", o.error).take();
          },
          [](const output::LineStateChanged& o) {
            return Line("line-state")
                .add("from", name_of(o.from, kLineStates))
                .add("to", name_of(o.to, kLineStates))
                .add("code", o.code)
                .add("reason", o.reason)
                .add("retry-in", o.retry_in_ms)
                .take();
          },
          [](const output::HandOver&) { return std::string("hand-over"); },
          [](const output::Identified& o) { return Line("identified").add("peer", o.peer).take(); },
          [](const output::LineError& o) {
            return Line("line-error").add("error", o.error).take();
          },
          [](const output::ChannelStateChanged& o) {
            return Line("channel-state")
                .add("channel", o.channel)
                .add("from", name_of(o.from, kChannelStates))
                .add("to", name_of(o.to, kChannelStates))
                .add("code", o.code)
                .take();
          },
          [](const output::ChannelError& o) {
            return Line("channel-error")
                .add("channel", o.channel)
                .add("peer", o.peer)
                .add("error", o.error)
                .take();
          },
          [](const output::ChannelRoute& o) {
            Line line("channel-route");
            line.add("channel", o.channel).add("open", o.open ? "yes" : "no");
            for (const PeerId& peer : o.expected) line.add("expected", peer);
            return std::move(line).take();
          },
          [](const output::MembershipBegan& o) {
            return Line("membership")
                .add("channel", o.channel)
                .add("number", o.membership)
                .add("incarnation", o.incarnation)
                .add("restart", o.restart ? "yes" : "no")
                .add("missed", o.missed ? "yes" : "no")
                .take();
          },
          [](const output::ChannelFrame& o) {
            return Line("channel-frame").add("channel", o.channel).frame(o.text).take();
          },
          [](const output::PeerJoined& o) {
            return Line("peer-joined")
                .add("channel", o.channel)
                .add("peer", o.member.peer)
                .add("metadata", o.member.metadata)
                .publications(o.member.publications)
                .take();
          },
          [](const output::PeerLeft& o) {
            return Line("peer-left")
                .add("channel", o.channel)
                .add("peer", o.peer)
                .add("reason", o.reason)
                .take();
          },
          [](const output::PeerStateChanged& o) {
            return Line("peer-state")
                .add("channel", o.channel)
                .add("peer", o.peer)
                .add("from", name_of(o.from, kPeerStates))
                .add("to", name_of(o.to, kPeerStates))
                .take();
          },
          [](const output::PeerMetadataChanged& o) {
            return Line("peer-metadata")
                .add("channel", o.channel)
                .add("peer", o.peer)
                .add("metadata", o.metadata)
                .take();
          },
          [](const output::PeerPublicationsChanged& o) {
            return Line("peer-publications")
                .add("channel", o.channel)
                .add("peer", o.peer)
                .publications(o.publications)
                .take();
          },
          [](const output::StreamAdded& o) {
            return Line("stream-added")
                .add("channel", o.channel)
                .add("peer", o.peer)
                .add("name", o.name)
                .tracks(o.tracks)
                .take();
          },
          [](const output::StreamTracksChanged& o) {
            return Line("stream-tracks")
                .add("channel", o.channel)
                .add("peer", o.peer)
                .add("name", o.name)
                .tracks(o.tracks)
                .take();
          },
          [](const output::StreamRemoved& o) {
            return Line("stream-removed")
                .add("channel", o.channel)
                .add("peer", o.peer)
                .add("name", o.name)
                .take();
          },
          [](const output::ConnectionReset& o) {
            return Line("connection-reset")
                .add("channel", o.channel)
                .add("peer", o.peer)
                .add("connection", o.connection)
                .take();
          },
          [](const output::Log& o) { return "log " + o.text; },
          [](const auto&) { return std::string(); }},
      output);
}

}  // namespace

std::string describe(const ClientInput& input) {
  std::string text = wish(input);
  return "> " + (text.empty() ? fact(input) : text);
}

std::string describe(const ClientOutput& output) {
  std::string text = order(output);
  return "  < " + (text.empty() ? event(output) : text);
}

std::string describe(const CompanionInput& input) {
  return ">> " + write_companion_input(input).substr(0, kTextMax);
}

std::string describe(const CompanionOutput& output) {
  const std::string text = write_step_result({output}, std::nullopt);
  return "  << " + text.substr(0, kTextMax);
}

std::string describe(const HubInput& input) {
  return "> " +
         std::visit(
             Overloaded{
                 [](const hub_input::SocketOpened& i) {
                   return Line("socket-opened")
                       .add("socket", i.socket)
                       .add("address", i.address)
                       .take();
                 },
                 [](const hub_input::FrameReceived& i) {
                   return Line("frame").add("socket", i.socket).frame(i.text).take();
                 },
                 [](const hub_input::BinaryReceived& i) {
                   return Line("binary").add("socket", i.socket).take();
                 },
                 [](const hub_input::SendQueueFull& i) {
                   return Line("send-queue-full").add("socket", i.socket).take();
                 },
                 [](const hub_input::SocketClosed& i) {
                   return Line("socket-closed").add("socket", i.socket).add("code", i.code).take();
                 },
                 [](const hub_input::ClockSet&) { return std::string("clock-set"); },
                 [](const hub_input::KeysChanged&) { return std::string("keys-changed"); },
                 [](const hub_input::Drain&) { return std::string("drain"); },
                 [](const hub_input::Wakeup&) { return std::string("wakeup"); }},
             input);
}

std::string describe(const HubOutput& output) {
  return "  < " +
         std::visit(Overloaded{[](const hub_output::SendFrame& o) {
                                 return Line("send").add("socket", o.socket).frame(*o.text).take();
                               },
                               [](const hub_output::CloseSocket& o) {
                                 return Line("close-socket")
                                     .add("socket", o.socket)
                                     .add("code", std::uint64_t{o.code})
                                     .add("reason", o.reason)
                                     .take();
                               },
                               [](const hub_output::PauseReading& o) {
                                 return Line("pause").add("socket", o.socket).take();
                               },
                               [](const hub_output::ResumeReading& o) {
                                 return Line("resume").add("socket", o.socket).take();
                               },
                               [](const hub_output::Log& o) {
                                 Line line("log " + o.event);
                                 for (const auto& [key, value] : o.fields) {
                                   line.add(key, std::string_view(value));
                                 }
                                 return line.take();
                               }},
                    output);
}

}  // namespace partyline::sim
