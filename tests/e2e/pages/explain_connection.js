// What a connection is about, for the logs of a test that failed.

const statisticsOf = ({
  kind,
  mid,
  framesEncoded,
  framesDecoded,
  framesReceived,
  packetsSent,
  packetsReceived,
  pliCount,
}) =>
  JSON.parse(
    JSON.stringify({
      kind,
      mid,
      framesEncoded,
      framesDecoded,
      framesReceived,
      packetsSent,
      packetsReceived,
      pliCount,
    }),
  );

const trackOf = (track) =>
  track && `${track.kind} ${track.readyState}${track.muted ? ' muted' : ''}`;

export async function explainConnection(connection) {
  if (!connection) return null;
  const statistics = [...(await connection.getStats()).values()];
  return {
    connection: connection.connectionState,
    signalling: connection.signalingState,
    transceivers: connection
      .getTransceivers()
      .map(({ mid, direction, currentDirection, sender, receiver }) => ({
        mid,
        direction,
        currentDirection,
        sends: trackOf(sender.track),
        receives: trackOf(receiver.track),
      })),
    statistics: statistics.filter(({ type }) => /^(in|out)bound-rtp$/.test(type)).map(statisticsOf),
    local: connection.localDescription?.sdp,
    remote: connection.remoteDescription?.sdp,
  };
}
