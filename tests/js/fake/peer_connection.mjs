// An RTCPeerConnection with transceivers, mids and descriptions, and without a network: a description is the list of its
// m-lines, in words that look like SDP.
import { FakeStream, FakeTrack } from './media.mjs';

let lastUfrag = 0;

class FakeSender {
  streams = [];
  /** Every track it was ever given, in order. */
  history = [];
  constructor(track) {
    this.track = track;
    if (track) this.history.push(track);
  }
  async replaceTrack(track) {
    this.track = track;
    this.history.push(track);
  }
  setStreams(...streams) {
    this.streams = streams;
  }
}

class FakeTransceiver {
  mid = null;
  stopped = false;
  codecs = undefined;
  constructor(kind, { track = null, direction, streams = [] }) {
    this.kind = kind;
    this.direction = direction;
    this.sender = new FakeSender(track);
    this.sender.streams = streams;
    this.receiver = { track: new FakeTrack(kind) };
  }
  stop() {
    this.stopped = true;
  }
  setCodecPreferences(codecs) {
    this.codecs = codecs;
  }
}

export class FakeDataChannel {
  readyState = 'connecting';
  bufferedAmount = 0;
  sent = [];
  onopen = null;
  onmessage = null;
  onerror = null;
  onclose = null;
  constructor(label, init = {}) {
    this.label = label;
    this.init = init;
  }
  open() {
    this.readyState = 'open';
    this.onopen?.({});
  }
  receive(data) {
    this.onmessage?.({ data });
  }
  lose() {
    this.readyState = 'closed';
    this.onclose?.({});
  }
  send(data) {
    this.sent.push(data);
  }
  close() {
    this.readyState = 'closed';
  }
}

const sdpOf = (lines, ufrag) =>
  [
    'v=0',
    ...lines.flatMap(({ mid, kind, direction }) => [
      `m=${kind} 9 UDP/TLS/RTP/SAVPF 0`,
      `a=ice-ufrag:${ufrag}`,
      `a=mid:${mid}`,
      `a=${direction}`,
    ]),
    '',
  ].join('\r\n');

export function linesOf(sdp) {
  return sdp
    .split(/^m=/m)
    .slice(1)
    .map((line) => ({
      kind: /^\w+/.exec(line)[0],
      mid: /^a=mid:(\S+)/m.exec(line)[1],
      direction: /^a=(sendrecv|sendonly|recvonly|inactive)/m.exec(line)?.[1] ?? 'sendrecv',
    }));
}

export const fakeSdp = (lines, ufrag = 'remote') => sdpOf(lines, ufrag);

export class FakePeerConnection {
  connectionState = 'new';
  iceGatheringState = 'new';
  signalingState = 'stable';
  localDescription = null;
  remoteDescription = null;
  dataChannels = [];
  candidates = [];
  restarts = 0;
  closed = false;
  /** Set to a DOMException to have the next description refused. */
  refuseNext = null;
  #transceivers = [];
  #ufrag = `local${(lastUfrag += 1)}`;

  constructor(configuration) {
    this.configuration = configuration;
  }

  getConfiguration() {
    return this.configuration;
  }
  setConfiguration(configuration) {
    // As browsers do where anything else is changed (W3C webrtc-pc, "set a configuration").
    if (configuration.bundlePolicy !== this.configuration.bundlePolicy)
      throw new DOMException('the bundle policy', 'InvalidModificationError');
    this.configuration = configuration;
  }

  getTransceivers() {
    return this.#transceivers.filter(({ stopped }) => !stopped);
  }
  addTransceiver(trackOrKind, init) {
    const track = typeof trackOrKind === 'string' ? null : trackOrKind;
    const transceiver = new FakeTransceiver(track?.kind ?? trackOrKind, { ...init, track });
    this.#transceivers.push(transceiver);
    return transceiver;
  }
  createDataChannel(label, init) {
    if (init?.maxRetransmits !== undefined && init.maxPacketLifeTime !== undefined) {
      throw new TypeError('maxRetransmits and maxPacketLifeTime exclude each other');
    }
    const channel = new FakeDataChannel(label, init);
    this.dataChannels.push(channel);
    return channel;
  }
  restartIce() {
    this.restarts += 1;
  }

  async setLocalDescription() {
    await this.#settle();
    const type = this.signalingState === 'have-remote-offer' ? 'answer' : 'offer';
    const used = new Set(this.getTransceivers().map(({ mid }) => mid));
    let next = 0;
    for (const transceiver of this.getTransceivers()) {
      if (transceiver.mid !== null) continue;
      while (used.has(String(next))) next += 1;
      transceiver.mid = String(next);
      used.add(transceiver.mid);
    }
    const lines = this.getTransceivers().map(({ mid, kind, direction }) => ({
      mid,
      kind,
      direction,
    }));
    const sdp = sdpOf([...lines, { mid: 'data', kind: 'application', direction: '' }], this.#ufrag);
    this.localDescription = { type, sdp };
    this.signalingState = type === 'offer' ? 'have-local-offer' : 'stable';
  }

  async setRemoteDescription({ type, sdp }) {
    await this.#settle();
    this.remoteDescription = { type, sdp };
    if (type === 'answer') {
      this.signalingState = 'stable';
      return;
    }
    this.signalingState = 'have-remote-offer';
    for (const { kind, mid } of linesOf(sdp)) {
      if (kind === 'application') continue;
      if (this.getTransceivers().some((each) => each.mid === mid)) continue;
      const transceiver = new FakeTransceiver(kind, { direction: 'recvonly' });
      transceiver.mid = mid;
      this.#transceivers.push(transceiver);
    }
  }

  async addIceCandidate(candidate) {
    await this.#settle();
    this.candidates.push(candidate);
  }

  /** The browser found a candidate. */
  gather(candidate, mid = '0') {
    this.onicecandidate?.({
      candidate: { candidate, sdpMid: mid, usernameFragment: this.#ufrag },
    });
  }
  become(state) {
    this.connectionState = state;
    if (state === 'connected') this.dataChannels[0]?.open();
    this.onconnectionstatechange?.({});
  }
  close() {
    this.closed = true;
    this.connectionState = 'closed';
  }

  async #settle() {
    await null;
    const refusal = this.refuseNext;
    this.refuseNext = null;
    if (refusal) throw refusal;
  }
}

export { FakeStream };
