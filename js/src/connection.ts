// One RTCPeerConnection: carries out the core's orders one after another and reports how each ended. What to order is the
// core's business.
import { chooseCodecs } from './codecs.js';
import type { Encryption } from './encryption/index.js';
import { describe } from './errors.js';
import type { Platform } from './platform.js';
import type {
  Attachment,
  Input,
  LineStatistics,
  MediaKind,
  Named,
  Output,
  SlotMid,
  WireCandidate,
} from './wire.js';

/** What a connection needs of the driver. */
export interface ConnectionHost {
  readonly platform: Platform;
  readonly encryption: Encryption | undefined;
  submit(input: Input): void;
  track(id: number | undefined): MediaStreamTrack | null;
  /** The local stream of that name: its id is what makes receivers play tracks in sync. */
  localStream(channel: number, name: string): MediaStream;
  remoteDataChannel(connection: Connection, channel: RTCDataChannel): void;
  /** Statistics that were read for the core, for whoever wants to know more. */
  reported(connection: Connection, report: RTCStatsReport): void;
  log(text: string): void;
}

const earlyMax = 16;

/** Lets the page paint and answer its user, where the browser has a way that does not put us last in its queue. */
const breathe = (): Promise<void> | undefined =>
  (globalThis as { scheduler?: { yield?(): Promise<void> } }).scheduler?.yield?.();

/** What one slot sends, and for which publication. */
export type Sending = {
  transceiver?: RTCRtpTransceiver;
  track: MediaStreamTrack | null;
  kind: MediaKind;
  stream: string;
};

/** Of each m-line, all encodings together. Undefined where the browser does not tell lines apart: that is no silence. */
function countPackets(report: RTCStatsReport): LineStatistics[] | undefined {
  const lines = new Map<string, LineStatistics>();
  let told = true;
  report.forEach((each: RTCInboundRtpStreamStats & RTCOutboundRtpStreamStats) => {
    const { type, mid } = each as { type: string; mid?: string };
    if (type !== 'inbound-rtp' && type !== 'outbound-rtp') return;
    if (mid === undefined) return void (told = false);
    const line = lines.get(mid) ?? { mid, received: 0, sent: 0 };
    lines.set(mid, line);
    line.received += each.packetsReceived ?? 0;
    line.sent += each.packetsSent ?? 0;
  });
  return told ? [...lines.values()] : undefined;
}

export class Connection {
  /** Undefined where none could be made, and once it is closed. */
  pc: RTCPeerConnection | undefined;
  readonly id: number;
  readonly channel: number;
  readonly peer: string;
  /** The data channel that is in every connection: how the companions of both ends talk. */
  lane: RTCDataChannel | undefined;
  /** What came over it before anybody listened. That is little: nobody goes on before the first word was answered. */
  readonly early: unknown[] = [];
  readonly #host: ConnectionHost;
  readonly #broken: unknown;
  /** What each slot is to send by the newest order, which queued work looks up when its turn comes. */
  readonly slots = new Map<number, Sending>();
  readonly #preferred = new WeakSet<RTCRtpTransceiver>();
  #queue: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(host: ConnectionHost, order: Named<Output, 'CreateConnection'>) {
    this.#host = host;
    this.id = order.connection;
    this.channel = order.channel;
    this.peer = order.peer;
    try {
      this.pc = host.platform.createPeerConnection({
        iceServers: order.ice_servers,
        iceTransportPolicy: order.ice_transport_policy,
        bundlePolicy: 'max-bundle',
      });
      // Before anybody can add anything to it.
      host.encryption?._guard(this.pc, this.channel, this.peer);
      // So that there is always an m-line to negotiate, and a way to tell whether the path is up.
      this.lane = this.pc.createDataChannel('partyline', { negotiated: true, id: 0 });
      this.lane.binaryType = 'arraybuffer';
      this.lane.onmessage = ({ data }) => {
        if (this.early.length < earlyMax) this.early.push(data);
      };
      this.#listen(this.pc);
    } catch (error) {
      // Told as the failure of whatever is ordered of it.
      this.#broken = error;
    }
  }

  /** Whether data can pass. */
  get open(): boolean {
    return !this.#closed && this.lane?.readyState === 'open';
  }

  /** At once: what is ordered from now on uses them. */
  setIceServers(iceServers: RTCIceServer[]): void {
    try {
      this.pc?.setConfiguration({ ...this.pc.getConfiguration(), iceServers });
    } catch (error) {
      this.#log('ICE servers were not taken', error);
    }
  }

  makeOffer({ operation, attach, ice_restart }: Named<Output, 'MakeOffer'>): void {
    this.#want(attach);
    this.#run(operation, async (pc) => {
      if (ice_restart) pc.restartIce();
      // The connection was made right before, maybe.
      await breathe();
      this.#attach(pc, attach);
      this.#preferCodecs(pc);
      await pc.setLocalDescription();
      return { type: 'OfferMade', operation, ...this.#described(pc) };
    });
  }

  acceptOffer({ operation, sdp, attach }: Named<Output, 'AcceptOffer'>): void {
    this.#want(attach);
    this.#run(operation, async (pc) => {
      await pc.setRemoteDescription({ type: 'offer', sdp });
      this.#attach(pc, attach);
      await pc.setLocalDescription();
      return { type: 'AnswerMade', operation, ...this.#described(pc) };
    });
  }

  acceptAnswer({ operation, sdp }: Named<Output, 'AcceptAnswer'>): void {
    this.#run(operation, async (pc) => {
      await pc.setRemoteDescription({ type: 'answer', sdp });
      // Now the application is told of streams, and makes elements for them.
      await breathe();
      return { type: 'AnswerAccepted', operation };
    });
  }

  addCandidates(candidates: WireCandidate[]): void {
    this.#enqueue(async () => {
      const added = candidates.map(({ candidate, mid, ufrag }) =>
        this.pc?.addIceCandidate({
          candidate,
          ...(mid !== '' && { sdpMid: mid }),
          ...(ufrag !== '' && { usernameFragment: ufrag }),
        }),
      );
      for (const result of await Promise.allSettled(added)) {
        if (result.status === 'rejected') this.#log('a candidate was not taken', result.reason);
      }
    });
  }

  /** At once, not in turn: who mutes must not wait for a negotiation. */
  setTrack(slot: number, track: MediaStreamTrack | null): void {
    const sending = this.slots.get(slot);
    if (!sending) return;
    sending.track = track;
    this.#replaceTrack(sending);
  }

  detachSlot(slot: number): void {
    this.setTrack(slot, null);
    const transceiver = this.slots.get(slot)?.transceiver;
    this.slots.delete(slot);
    if (!transceiver) return;
    this.#enqueue(async () => {
      if (transceiver.direction === 'sendrecv') transceiver.direction = 'recvonly';
      else if (transceiver.direction === 'sendonly') transceiver.direction = 'inactive';
    });
  }

  readStatistics(): void {
    this.pc
      ?.getStats()
      .then((report) => {
        const lines = countPackets(report);
        if (lines && !this.#closed)
          this.#host.submit({ type: 'StatisticsRead', connection: this.id, lines });
        if (!this.#closed) this.#host.reported(this, report);
      })
      .catch((error: unknown) => this.#log('no statistics', error));
  }

  /** Throws what the browser throws when `init` is not to its taste. */
  openDataChannel(label: string, init: RTCDataChannelInit | null): RTCDataChannel | undefined {
    return this.pc?.createDataChannel(label, init ?? {});
  }

  /** The track of an m-line. */
  remoteTrack(mid: string): MediaStreamTrack | undefined {
    return this.pc?.getTransceivers().find((each) => each.mid === mid)?.receiver.track;
  }

  close(): void {
    this.#closed = true;
    const { pc } = this;
    if (!pc) return;
    pc.onicecandidate = null;
    pc.onicegatheringstatechange = null;
    pc.onconnectionstatechange = null;
    pc.ondatachannel = null;
    const ice = pc.sctp?.transport.iceTransport;
    if (ice) ice.onselectedcandidatepairchange = null;
    pc.close();
    this.pc = undefined;
  }

  #listen(pc: RTCPeerConnection): void {
    const connection = this.id;
    const submit = (input: Input): void => {
      if (!this.#closed) this.#host.submit(input);
    };
    pc.onicecandidate = ({ candidate }) => {
      if (!candidate) return;
      const ufrag = candidate.usernameFragment ?? / ufrag (\S+)/.exec(candidate.candidate)?.[1];
      submit({
        type: 'CandidateGathered',
        connection,
        candidate: {
          candidate: candidate.candidate,
          mid: candidate.sdpMid ?? '',
          ufrag: ufrag ?? '',
        },
      });
    };
    pc.onicegatheringstatechange = () => {
      if (pc.iceGatheringState === 'complete') submit({ type: 'GatheringComplete', connection });
    };
    pc.onconnectionstatechange = () =>
      submit({ type: 'ConnectionStateChanged', connection, state: pc.connectionState });
    pc.ondatachannel = ({ channel }) => {
      if (!this.#closed) this.#host.remoteDataChannel(this, channel);
    };
  }

  #want(attach: Attachment[]): void {
    for (const { slot, track, kind, stream } of attach) {
      const sending = this.slots.get(slot);
      this.slots.set(slot, { ...sending, track: this.#host.track(track), kind, stream });
    }
  }

  #attach(pc: RTCPeerConnection, attach: Attachment[]): void {
    for (const attachment of attach) {
      const sending = this.slots.get(attachment.slot);
      if (!sending) continue; // detached meanwhile
      const stream = this.#host.localStream(this.channel, attachment.stream);
      if (attachment.mid === undefined) this.#addTransceiver(pc, sending, attachment, stream);
      else this.#useTransceiver(pc, sending, attachment.mid, stream);
    }
  }

  #addTransceiver(
    pc: RTCPeerConnection,
    sending: Sending,
    { kind }: Attachment,
    stream: MediaStream,
  ): void {
    // Both directions, so that the other side can send on this m-line too.
    sending.transceiver = pc.addTransceiver(sending.track ?? kind, {
      direction: 'sendrecv',
      streams: [stream],
    });
  }

  /** Says which codecs to offer, once for each transceiver, whoever made it. An answer chooses among those that were offered. */
  #preferCodecs(pc: RTCPeerConnection): void {
    for (const transceiver of pc.getTransceivers()) {
      if (this.#preferred.has(transceiver)) continue;
      this.#preferred.add(transceiver);
      const kind = transceiver.receiver.track.kind as MediaKind;
      const codecs = chooseCodecs(this.#host.platform.capabilities(kind));
      if (codecs.length === 0) continue;
      try {
        transceiver.setCodecPreferences?.(codecs);
      } catch (error) {
        this.#log('codec preferences were not taken', error);
      }
    }
  }

  #useTransceiver(pc: RTCPeerConnection, sending: Sending, mid: string, stream: MediaStream): void {
    const transceiver = pc.getTransceivers().find((each) => each.mid === mid);
    if (!transceiver) throw new DOMException(`There is no m-line '${mid}'.`, 'NotFoundError');
    sending.transceiver = transceiver;
    if (transceiver.direction === 'recvonly') transceiver.direction = 'sendrecv';
    else if (transceiver.direction === 'inactive') transceiver.direction = 'sendonly';
    transceiver.sender.setStreams?.(stream);
    // Not waited for: a description says nothing about tracks, so that it can be made meanwhile.
    this.#replaceTrack(sending);
  }

  #replaceTrack({ transceiver, track }: Sending): void {
    transceiver?.sender
      .replaceTrack(track)
      .catch((error: unknown) => this.#log('a track was not taken', error));
  }

  /** Whoever waits for a key frame, since pictures were lost with a path, gets it with the new path instead of seconds later. */
  #watchPath(pc: RTCPeerConnection): void {
    const ice = pc.sctp?.transport.iceTransport;
    if (ice) ice.onselectedcandidatepairchange = () => this.#sendKeyFrames(pc);
  }

  #sendKeyFrames(pc: RTCPeerConnection): void {
    for (const sender of pc.getSenders()) {
      if (sender.track?.kind !== 'video') continue;
      const parameters = sender.getParameters();
      // Not in TypeScript's library yet (W3C webrtc-extensions, RTCSetParameterOptions). Browsers without it do nothing.
      const options = { encodingOptions: parameters.encodings.map(() => ({ keyFrame: true })) };
      const set = sender.setParameters as (
        parameters: RTCRtpSendParameters,
        options: unknown,
      ) => Promise<void>;
      set
        .call(sender, parameters, options)
        .catch((error: unknown) => this.#log('no key frame', error));
    }
  }

  #described(pc: RTCPeerConnection): { sdp: string; mids: SlotMid[] } {
    this.#watchPath(pc);
    const mids: SlotMid[] = [];
    for (const [slot, { transceiver }] of this.slots) {
      if (transceiver && transceiver.mid !== null) mids.push({ slot, mid: transceiver.mid });
    }
    return { sdp: pc.localDescription?.sdp ?? '', mids };
  }

  #run(operation: number, work: (pc: RTCPeerConnection) => Promise<Input>): void {
    this.#enqueue(async () => {
      let end: Input;
      try {
        if (!this.pc || this.#broken) throw this.#broken;
        end = await work(this.pc);
      } catch (error) {
        end = { type: 'OperationFailed', operation, ...describe(error) };
      }
      if (!this.#closed) this.#host.submit(end);
    });
  }

  #enqueue(work: () => Promise<void>): void {
    this.#queue = this.#queue.then(async () => {
      if (this.#closed) return;
      try {
        await work();
      } catch (error) {
        this.#log('an order failed', error);
      }
    });
  }

  #log(what: string, error: unknown): void {
    const { name, text } = describe(error);
    if (!this.#closed) this.#host.log(`connection ${this.id}: ${what}: ${name}: ${text}`);
  }
}
