// The other end of the fake platform's sockets: welcomes everybody, grants every join unless told otherwise, and plays peers
// that the test scripts.
import { fakeSdp, linesOf } from './peer_connection.mjs';
import { until } from './platform.mjs';

export class FakeEndpoint {
  /** Every frame that came, parsed; signals have their `body`. */
  frames = [];
  /** Channel name → { code, text } to refuse its joins with. */
  refusals = new Map();
  /** Channel name → members that are there already. */
  members = new Map();
  /** Whether sockets open by themselves, and frames are answered. */
  answers = true;
  #incarnation = 0;

  constructor(platform) {
    this.platform = platform;
    platform.onsocket = (socket) => {
      this.socket = socket;
      socket.onsent = (text) => this.#receive(socket, text);
      if (this.answers) queueMicrotask(() => socket.open());
    };
  }

  of(type) {
    return this.frames.filter((frame) => frame.type === type);
  }
  send(frame, body) {
    this.socket.receive(JSON.stringify(frame) + (body === undefined ? '' : `\n${body}`));
  }

  #receive(socket, text) {
    const end = text.indexOf('\n');
    const header = JSON.parse(end < 0 ? text : text.slice(0, end));
    this.frames.push(end < 0 ? header : { ...header, body: text.slice(end + 1) });
    if (!this.answers) return;
    if (header.type === 'hello') this.#welcome(header);
    if (header.type === 'join') this.#join(header);
    if (header.type === 'message') this.#pass(header);
    if (header.type === 'ping') this.send({ type: 'pong' });
  }
  #grant({ channel, request }) {
    return {
      channel,
      request,
      incarnation: (this.#incarnation += 1),
      members: this.members.get(channel) ?? [],
    };
  }
  #refuse({ channel, request }) {
    this.send({ type: 'refused', channel, request, ...this.refusals.get(channel) });
  }
  #pass({ channel, request }) {
    this.send({ type: 'sent', channel, request });
  }
  #welcome({ join = [] }) {
    const granted = join.filter(({ channel }) => !this.refusals.has(channel));
    this.send({
      type: 'welcome',
      peer: 'p_me',
      heartbeat_ms: 15_000,
      joined: granted.map((each) => this.#grant(each)),
    });
    for (const each of join) if (!granted.includes(each)) this.#refuse(each);
  }
  #join(frame) {
    if (this.refusals.has(frame.channel)) this.#refuse(frame);
    else this.send({ type: 'joined', ...this.#grant(frame) });
  }

  // ---- peers ----

  /** Another participant comes. We were there first, so we are offered nothing and have to offer. */
  peerJoins(channel, peer, { metadata = { name: peer }, publications = [] } = {}) {
    const incarnation = (this.#incarnation += 1) + 1000;
    this.send({ type: 'peer-joined', channel, peer, incarnation, metadata, publications });
    return new FakePeer(this, channel, peer, incarnation);
  }
}

const parseSignal = (body) => {
  const end = body.indexOf('\n');
  return end < 0
    ? JSON.parse(body)
    : { ...JSON.parse(body.slice(0, end)), sdp: body.slice(end + 1) };
};

export class FakePeer {
  constructor(endpoint, channel, id, incarnation) {
    Object.assign(this, { endpoint, channel, id, incarnation });
  }
  /** Signals that were sent to it. */
  get signals() {
    return this.endpoint
      .of('signal')
      .filter(({ to, channel }) => to === this.id && channel === this.channel)
      .map(({ body }) => parseSignal(body));
  }
  signal(header, sdp) {
    const { channel, id: from, incarnation } = this;
    this.endpoint.send(
      { type: 'signal', channel, from, incarnation },
      JSON.stringify(header) + (sdp === undefined ? '' : `\n${sdp}`),
    );
  }
  /** Answers the newest offer, and sends on these of its m-lines: { mid: 'name/kind' }. */
  answer(media = {}) {
    const { generation, negotiation, sdp } = this.signals.findLast(({ type }) => type === 'offer');
    this.signal({ generation, negotiation, type: 'answer', media }, fakeSdp(linesOf(sdp)));
  }
  /** A message of its, with the sender's `request` as its number. */
  says(request, body, { format, topic } = {}) {
    const { channel, id: from } = this;
    this.endpoint.send({ type: 'message', channel, from, request, format, topic }, body);
  }
  updates(publications) {
    const { channel, id: peer } = this;
    this.endpoint.send({ type: 'peer-updated', channel, peer, publications });
  }
  leaves(reason = 'left') {
    this.endpoint.send({ type: 'peer-left', channel: this.channel, peer: this.id, reason });
  }
  /** Waits for an offer. The description is held for a moment, so time has to pass. */
  async offered(count = 1) {
    await this.endpoint.platform.advance(100);
    await until(() => this.signals.filter(({ type }) => type === 'offer').length >= count, 'offer');
  }
}
