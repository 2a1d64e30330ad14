// Being in channels: answers to joins, rosters, what we publish there.
#include "client_fixture.h"

namespace partyline {

namespace {

PublicationInfo camera(TrackStatus audio, TrackStatus video) {
  return PublicationInfo{PublicationName{"camera"}, audio, video, JsonText{}};
}

}  // namespace

TEST_CASE("a refused join is answered with the endpoint's code and words") {
  TestClient client;
  client.join();
  client.welcome();
  client.tell(input::Join{CallId{7}, ChannelId{2}, ChannelName{"secret"}, JsonText{}});
  const auto join = client.sent<message::Join>();
  REQUIRE(join.size() == 1);
  client.receive(message::Refused{ErrorCode::channel_not_allowed, "this key may not join it",
                                  ChannelName{"secret"}, PeerId{}, join[0].request});
  const auto done = client.one<output::CallDone>();
  CHECK(done.call == CallId{7});
  CHECK(done.error == Error{ErrorCode::channel_not_allowed, "this key may not join it"});
  CHECK(client.one<output::ChannelStateChanged>().to == ChannelState::kLeft);
  // The name is free again.
  client.tell(input::Join{CallId{8}, ChannelId{3}, ChannelName{"secret"}, JsonText{}});
  CHECK(client.all<output::CallDone>().empty());
}

TEST_CASE("bad joins are refused at once and change nothing") {
  TestClient client;
  client.join();
  client.welcome();
  const auto refusal = [&](const std::string& name) {
    client.tell(input::Join{CallId{9}, ChannelId{9}, ChannelName{name}, JsonText{}});
    CHECK(client.sent<message::Join>().empty());
    return client.one<output::CallDone>().error->code;
  };
  CHECK(refusal("") == ErrorCode::channel_name_invalid);
  CHECK(refusal(std::string(129, 'x')) == ErrorCode::channel_name_invalid);
  CHECK(refusal("a\nb") == ErrorCode::channel_name_invalid);
  CHECK(refusal("room") == ErrorCode::already_joined);
}

TEST_CASE("a hello stays below the limit of a frame, what finds no room is asked after it") {
  TestClient client;
  const JsonText large{'"' + std::string(4'000, 'x') + '"'};
  for (std::uint64_t id = 1; id <= 40; ++id) {
    client.tell(input::Join{CallId{id}, ChannelId{id}, ChannelName{std::to_string(id)}, large});
    for (const auto& opened : client.all<output::OpenSocket>()) client.socket = opened.socket;
  }
  client.tell(input::SocketOpened{client.socket});
  CHECK(client.one<output::SendFrame>().text.size() < limits::kFrameBytesMax);
  const auto asked = client.sent<message::Hello>()[0].joins.size();
  CHECK(asked < 40);
  client.receive(message::Welcome{PeerId{"p_me"}, DurationMs{15'000}, JsonText{"[]"}, "", {}});
  CHECK(client.sent<message::Join>().size() == 40 - asked);
}

TEST_CASE("a join that comes between hello and welcome is asked after it") {
  TestClient client;
  client.join();
  client.tell(input::SocketOpened{client.socket});
  const auto hello = client.sent<message::Hello>();
  client.tell(input::Join{CallId{2}, ChannelId{2}, ChannelName{"late"}, JsonText{}});
  CHECK(client.outputs.empty());
  client.receive(message::Welcome{PeerId{"p_me"}, DurationMs{15'000}, JsonText{"[]"}, "", {}});
  const auto joins = client.sent<message::Join>();
  REQUIRE(joins.size() == 1);
  CHECK(joins[0].channel.value == "late");
  REQUIRE(hello[0].joins.size() == 1);
}

TEST_CASE("leaving before the answer aborts the join, and a late answer means nothing") {
  TestClient client;
  client.join();
  client.welcome();
  client.tell(input::Join{CallId{2}, ChannelId{2}, ChannelName{"other"}, JsonText{}});
  const auto first = client.sent<message::Join>()[0];
  client.tell(input::Leave{ChannelId{2}});
  CHECK(client.one<output::CallDone>().error->code == ErrorCode::aborted);
  CHECK(client.sent<message::Leave>().size() == 1);

  client.tell(input::Join{CallId{3}, ChannelId{3}, ChannelName{"other"}, JsonText{}});
  client.receive(
      message::Joined{ChannelName{"other"}, first.request, 20, {TestClient::member("p_a", 5)}});
  CHECK(client.outputs.empty());
}

TEST_CASE("members of the roster and later ones are announced, with a connection each") {
  TestClient client;
  client.join();
  client.welcome({TestClient::member("p_a", 1), TestClient::member("p_b", 2)});
  CHECK(client.all<output::PeerJoined>().size() == 2);
  CHECK(client.all<output::CreateConnection>().size() == 2);
  // They were here first, so they offer.
  CHECK(client.all<output::MakeOffer>().empty());

  client.receive(message::PeerJoined{ChannelName{"room"}, TestClient::member("p_c", 30)});
  CHECK(client.one<output::PeerJoined>().member.peer.value == "p_c");
  CHECK(client.all<output::MakeOffer>().size() == 1);

  client.receive(
      message::PeerLeft{ChannelName{"room"}, PeerId{"p_a"}, message::LeaveReason::kDisconnected});
  CHECK(client.one<output::PeerLeft>().reason == "disconnected");
  CHECK(client.all<output::CloseConnection>().size() == 1);
}

TEST_CASE("after a reconnect the roster is told as a difference") {
  TestClient client;
  client.join();
  client.welcome({TestClient::member("p_a", 1), TestClient::member("p_b", 2)});
  const auto before = client.all<output::CreateConnection>();
  client.tell(input::SocketClosed{client.socket, 1006, ""});
  // A drop of signalling touches no connection.
  CHECK(client.all<output::CloseConnection>().empty());
  client.run_for(DurationMs{300});
  client.socket = client.one<output::OpenSocket>().socket;

  MemberInfo a = TestClient::member("p_a", 1);
  a.metadata = JsonText{R"({"name":"Ada"})"};
  client.welcome({a, TestClient::member("p_c", 3)}, 40);
  CHECK(client.one<output::PeerLeft>().peer.value == "p_b");
  CHECK(client.one<output::PeerJoined>().member.peer.value == "p_c");
  CHECK(client.one<output::PeerMetadataChanged>().metadata.text == R"({"name":"Ada"})");
  // We are a stranger to those who stayed, so their connections begin anew.
  CHECK(client.one<output::ConnectionReset>().peer.value == "p_a");
  CHECK(client.all<output::CloseConnection>().size() == 2);
  CHECK(before.size() == 2);
}

TEST_CASE("a member with another incarnation has left and come back") {
  TestClient client;
  client.join();
  client.welcome({TestClient::member("p_a", 1)});
  client.tell(input::SocketClosed{client.socket, 1006, ""});
  client.run_for(DurationMs{300});
  client.socket = client.one<output::OpenSocket>().socket;
  client.welcome({TestClient::member("p_a", 2)}, 40);
  CHECK(client.all<output::PeerLeft>().size() == 1);
  CHECK(client.all<output::PeerJoined>().size() == 1);
}

TEST_CASE("what is published before the answer is told with the join or right after it") {
  TestClient client;
  client.join();
  client.publish();
  CHECK_FALSE(client.one<output::CallDone>().error);
  client.tell(input::SocketOpened{client.socket});
  const auto hello = client.sent<message::Hello>()[0];
  REQUIRE(hello.joins[0].publications.size() == 1);
  CHECK(hello.joins[0].publications[0] == camera(TrackStatus::kLive, TrackStatus::kLive));

  client.tell(input::SetMuted{ChannelId{1}, PublicationName{"camera"}, MediaKind::kAudio, true});
  CHECK(client.sent<message::Update>().empty());
  client.receive(
      message::Welcome{PeerId{"p_me"},
                       DurationMs{15'000},
                       JsonText{"[]"},
                       "",
                       {message::Joined{ChannelName{"room"}, hello.joins[0].request, 10, {}}}});
  const auto update = client.sent<message::Update>();
  REQUIRE(update.size() == 1);
  CHECK_FALSE(update[0].metadata);
  CHECK(update[0].publications == std::vector{camera(TrackStatus::kMuted, TrackStatus::kLive)});
}

TEST_CASE("intent during an outage is told once, the latest wins") {
  TestClient client;
  client.join();
  client.welcome();
  client.publish();
  client.tell(input::SocketClosed{client.socket, 1006, ""});
  client.tell(input::SetMuted{ChannelId{1}, PublicationName{"camera"}, std::nullopt, true});
  client.tell(input::SetMuted{ChannelId{1}, PublicationName{"camera"}, MediaKind::kVideo, false});
  client.tell(input::SetMetadata{ChannelId{1}, JsonText{"{\"n\":1}"}});
  client.run_for(DurationMs{300});
  client.socket = client.one<output::OpenSocket>().socket;
  client.tell(input::SocketOpened{client.socket});
  const auto hello = client.sent<message::Hello>()[0];
  CHECK(hello.joins[0].metadata.text == "{\"n\":1}");
  CHECK(hello.joins[0].publications ==
        std::vector{camera(TrackStatus::kMuted, TrackStatus::kLive)});
}

TEST_CASE("bad publications are refused in words and change nothing") {
  TestClient client;
  client.join();
  client.welcome();
  client.publish(0, 0);
  CHECK(client.one<output::CallDone>().error->code == ErrorCode::invalid_argument);
  client.publish(1, 2, "a/b");
  CHECK(client.one<output::CallDone>().error->code == ErrorCode::invalid_argument);
  CHECK(client.sent<message::Update>().empty());
  client.publish();
  client.publish(3, 4);
  CHECK(client.one<output::CallDone>().error->code == ErrorCode::publication_exists);
  CHECK(client.sent<message::Update>().empty());
  for (int i = 1; i < 16; ++i) client.publish(1, 2, "extra" + std::to_string(i));
  client.publish(1, 2, "one too many");
  CHECK(client.one<output::CallDone>().error->code == ErrorCode::too_many_publications);

  client.tell(input::ReplaceTrack{CallId{5}, ChannelId{1}, PublicationName{"gone"},
                                  MediaKind::kVideo, TrackId{9}});
  CHECK(client.one<output::CallDone>().error->code == ErrorCode::closed);
  client.publish(1, 0, "voice");
  client.tell(input::Publish{CallId{6}, ChannelId{77}, PublicationName{"x"}, JsonText{}, TrackId{1},
                             std::nullopt, false});
  CHECK(client.one<output::CallDone>().error->code == ErrorCode::closed);
}

TEST_CASE("metadata that the endpoint would refuse is refused here and changes nothing") {
  const std::string large = "\"" + std::string(limits::kMetadataBytesMax, 'x') + "\"";
  const std::string deep = std::string(limits::kMetadataDepthMax + 1, '[') +
                           std::string(limits::kMetadataDepthMax + 1, ']');
  for (const std::string& bad : {large, deep}) {
    TestClient client;
    client.tell(input::Join{CallId{7}, ChannelId{7}, ChannelName{"other"}, JsonText{bad}});
    CHECK(client.one<output::CallDone>().error->code == ErrorCode::metadata_too_large);

    client.join();
    client.welcome();
    client.publish();
    client.tell(input::SetMetadata{ChannelId{1}, JsonText{bad}});
    CHECK(client.one<output::ChannelError>().error.code == ErrorCode::metadata_too_large);
    CHECK(client.sent<message::Update>().empty());
    client.tell(
        input::SetPublicationMetadata{ChannelId{1}, PublicationName{"camera"}, JsonText{bad}});
    CHECK(client.one<output::ChannelError>().error.code == ErrorCode::metadata_too_large);
    CHECK(client.sent<message::Update>().empty());
  }
}

TEST_CASE("what is published muted is muted from the first word about it") {
  TestClient client;
  client.join();
  client.welcome();
  client.tell(input::Publish{CallId{5}, ChannelId{1}, PublicationName{"camera"}, JsonText{},
                             TrackId{1}, TrackId{2}, true});
  const auto update = client.sent<message::Update>();
  REQUIRE(update.size() == 1);
  CHECK(update[0].publications == std::vector{camera(TrackStatus::kMuted, TrackStatus::kMuted)});
  client.receive(message::PeerJoined{ChannelName{"room"}, TestClient::member("p_a", 30)});
  for (const Attachment& attachment : client.one<output::MakeOffer>().attach) {
    CHECK_FALSE(attachment.track);
  }
}

TEST_CASE("a full channel refuses for good at first, but only for a while on the way back") {
  TestClient client;
  client.join();
  client.tell(input::SocketOpened{client.socket});
  const auto hello = client.sent<message::Hello>()[0];
  client.receive(message::Welcome{PeerId{"p_me"}, DurationMs{15'000}, JsonText{"[]"}, "", {}});
  client.receive(message::Refused{ErrorCode::channel_full, "full", ChannelName{"room"}, PeerId{},
                                  hello.joins[0].request});
  CHECK(client.one<output::CallDone>().error->code == ErrorCode::channel_full);

  client.tell(input::Join{CallId{2}, ChannelId{2}, ChannelName{"other"}, JsonText{}});
  client.receive(
      message::Joined{ChannelName{"other"}, client.sent<message::Join>()[0].request, 5, {}});
  client.tell(input::SocketClosed{client.socket, 1006, ""});
  client.run_for(DurationMs{300});
  client.socket = client.one<output::OpenSocket>().socket;
  client.tell(input::SocketOpened{client.socket});
  const auto again = client.sent<message::Hello>()[0];
  client.receive(message::Welcome{PeerId{"p_me"}, DurationMs{15'000}, JsonText{"[]"}, "", {}});
  client.receive(message::Refused{ErrorCode::channel_full, "full", ChannelName{"other"}, PeerId{},
                                  again.joins[0].request});
  CHECK(client.all<output::ChannelStateChanged>().empty());
  client.run_for(DurationMs{4'000});
  CHECK(client.sent<message::Join>().size() == 1);
}

TEST_CASE("several channels share one socket and do not mix") {
  TestClient client;
  client.join();
  client.join(2, "lobby");
  client.welcome();
  CHECK(client.all<output::ChannelStateChanged>().size() == 2);
  client.receive(message::PeerJoined{ChannelName{"lobby"}, TestClient::member("p_a", 50)});
  CHECK(client.one<output::PeerJoined>().channel == ChannelId{2});
  client.receive(message::PeerJoined{ChannelName{"room"}, TestClient::member("p_a", 51)});
  CHECK(client.one<output::PeerJoined>().channel == ChannelId{1});
  client.tell(input::Leave{ChannelId{2}});
  CHECK(client.all<output::CloseConnection>().size() == 1);
  client.receive(message::PeerUpdated{ChannelName{"room"}, PeerId{"p_a"}, JsonText{"1"}, {}});
  CHECK(client.all<output::PeerMetadataChanged>().size() == 1);
}

TEST_CASE("after leave nothing of the channel is told") {
  TestClient client;
  client.join();
  client.welcome({TestClient::member("p_a", 1)});
  client.tell(input::Leave{ChannelId{1}});
  CHECK(client.all<output::PeerLeft>().empty());
  CHECK(client.one<output::ChannelStateChanged>().to == ChannelState::kLeft);
  client.receive(message::PeerLeft{ChannelName{"room"}, PeerId{"p_a"}, {}});
  CHECK(client.outputs.empty());
}

TEST_CASE("application data channels live with the peer") {
  TestClient client;
  client.join();
  client.welcome({TestClient::member("p_a", 1)});
  client.tell(input::OpenDataChannel{ChannelId{1}, PeerId{"p_a"}, DataChannelId{3}, "chat",
                                     JsonText{"{}"}});
  CHECK(client.one<output::OpenDataChannel>().label == "chat");
  client.tell(
      input::OpenDataChannel{ChannelId{1}, PeerId{"p_zz"}, DataChannelId{4}, "x", JsonText{"{}"}});
  CHECK(client.one<output::EndDataChannel>().data_channel == DataChannelId{4});
  client.receive(message::PeerLeft{ChannelName{"room"}, PeerId{"p_a"}, {}});
  CHECK(client.one<output::EndDataChannel>().data_channel == DataChannelId{3});
}

TEST_CASE("a data channel that the application closes ends, once") {
  TestClient client;
  client.join();
  client.welcome({TestClient::member("p_a", 1)});
  client.tell(input::OpenDataChannel{ChannelId{1}, PeerId{"p_a"}, DataChannelId{3}, "chat",
                                     JsonText{"{}"}});
  client.tell(input::CloseDataChannel{DataChannelId{3}});
  CHECK(client.one<output::EndDataChannel>().data_channel == DataChannelId{3});
  client.tell(input::CloseDataChannel{DataChannelId{3}});
  CHECK(client.all<output::EndDataChannel>().empty());
}

}  // namespace partyline
