// What a connection is about, for the logs of a test that failed.

/** What a report has of these. */
const pick = (report, ...names) =>
  Object.fromEntries(
    names.filter((name) => report[name] !== undefined).map((name) => [name, report[name]]),
  );

/** Of what is received, played or sent: how much of it there was, and whether it was silence. */
export const soundStatisticsOf = (report) =>
  pick(
    report,
    'packetsReceived',
    'totalSamplesReceived',
    'concealedSamples',
    'silentConcealedSamples',
    'totalSamplesCount',
    'totalSamplesDuration',
    'totalAudioEnergy',
    'audioLevel',
  );

const statisticsOf = (report) => ({
  ...pick(report, 'type', 'kind', 'mid', 'framesEncoded', 'framesDecoded', 'framesReceived'),
  ...pick(report, 'packetsSent', 'pliCount'),
  ...soundStatisticsOf(report),
});

export const trackWords = (track) =>
  track &&
  `${track.kind} ${track.readyState}${track.muted ? ' muted' : ''}${track.enabled ? '' : ' disabled'}`;

export async function explainConnection(connection) {
  if (!connection) return null;
  const statistics = [...(await connection.getStats()).values()];
  return {
    connection: connection.connectionState,
    signalling: connection.signalingState,
    gathering: connection.iceGatheringState,
    ice: connection.iceConnectionState,
    transceivers: connection
      .getTransceivers()
      .map(({ mid, direction, currentDirection, sender, receiver }) => ({
        mid,
        direction,
        currentDirection,
        sends: trackWords(sender.track),
        receives: trackWords(receiver.track),
      })),
    statistics: statistics
      .filter(({ type }) => /^((in|out)bound-rtp|media-(source|playout))$/.test(type))
      .map(statisticsOf),
    local: connection.localDescription?.sdp,
    remote: connection.remoteDescription?.sdp,
  };
}
