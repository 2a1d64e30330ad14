// The encryption of one channel: carries out what the schedule orders, and knows who is who.
import type { Channel } from '../channel.js';
import type { Peer } from '../peer.js';
import type { PartylineError } from '../errors.js';
import { fingerprintOf } from './agreement.js';
import type { Identity } from './agreement.js';
import { toBase64 } from './bytes.js';
import type { Bytes } from './bytes.js';
import type { FrameWorker } from './frame-worker.js';
import { Guard } from './guard.js';
import { Schedule } from './schedule.js';
import type { Fact, Order } from './schedule.js';
import { Session, laneId } from './session.js';
import type { Kind, Refusal } from './sframe.js';

export interface RoomHost {
  readonly worker: FrameWorker;
  readonly identity: Promise<Identity>;
  readonly secret: Promise<Bytes>;
  readonly given: boolean;
  newSession(room: Room): number;
  error(code: 'encryption_unsupported' | 'encryption_failed', words: string): PartylineError;
  fingerprint(peer: Peer, known: Known): void;
  secured(peer: Peer, secured: boolean): void;
}

/** Who somebody is. */
export interface Known {
  readonly fingerprint: string;
  /** It was somebody else before, under the same name. */
  readonly changed: boolean;
  /** And that one was verified. */
  doubted: boolean;
  verified: boolean;
  /** It has shown its key since it came. Who left is remembered. */
  present: boolean;
}

/** How many who left are remembered; of those who were verified, all. */
const knownMax = 256;

interface Live {
  readonly peer: string;
  readonly guard: Guard;
  readonly session: Session;
  secured: boolean;
  /** Its public key, as text, once it has shown it. */
  identity: string | undefined;
  /** It was let in: its keys are taken. */
  readonly release: () => void;
}

export class Room {
  readonly channel: Channel;
  readonly #host: RoomHost;
  readonly #schedule = new Schedule();
  readonly #keys = new Map<number, Bytes>();
  readonly #live = new Map<number, Live>();
  readonly #known = new Map<string, Known>();
  #stopTimer: (() => void) | undefined;

  constructor(channel: Channel, host: RoomHost) {
    this.channel = channel;
    this.#host = host;
    channel.on('peer-left', ({ peer }) => this.#left(peer.id));
    channel.on('state', ({ to }) => {
      if (to === 'left') this.end();
    });
  }

  known(peer: Peer): Known | undefined {
    const known = this.#known.get(peer.id);
    return known?.present && this.channel.peers.get(peer.id) === peer ? known : undefined;
  }

  secured(peer: Peer): boolean {
    return [...this.#live.values()].some((live) => live.peer === peer.id && live.secured);
  }

  verify(peer: Peer): void {
    const known = this.known(peer);
    if (!known) return;
    known.verified = true;
    if (!known.doubted) return;
    known.doubted = false;
    for (const [id, live] of this.#live) if (live.peer === peer.id) this.#admit(id, live);
  }

  /** Right after the connection was made. */
  guard(pc: RTCPeerConnection, peer: string): void {
    const { worker, identity, secret, given } = this.#host;
    const id = this.#host.newSession(this);
    const member = this.#member(peer);
    const guard = new Guard(pc, {
      makeTransform: (kind: Kind, receives) =>
        worker.transform({ kind, session: id, member: receives ? member : null }),
      failed: (what, error) => this.channel._driver.log(`encryption: ${what}: ${String(error)}`),
    });
    let release = (): void => {};
    const admitted = new Promise<void>((resolve) => (release = resolve));
    const lane = pc.createDataChannel('partyline-encryption', { negotiated: true, id: laneId });
    const session = new Session(lane, {
      identity,
      secret,
      given,
      channel: this.channel.name,
      me: this.channel.me.id ?? '',
      peer,
      after: (ms, then) => this.#after(ms, then),
      confirmed: (publicKey) => void this.#confirmed(id, peer, publicKey),
      gave: async (kid, base) => {
        await admitted;
        if (this.#live.has(id)) await worker.learn(member, kid, base);
      },
      has: (key) => this.#tell({ type: 'Has', session: id, key }),
      failed: (code, words) => this.#report(peer, code, words),
    });
    this.#live.set(id, { peer, guard, session, secured: false, identity: undefined, release });
    const { close } = pc;
    pc.close = () => {
      close.call(pc);
      this.#lost(id);
    };
  }

  ready(transform: number): void {
    for (const { guard } of this.#live.values()) guard.ready(transform);
  }

  /** The worker let something not pass. */
  refused(id: number, sends: boolean, why: Refusal): void {
    const live = this.#live.get(id);
    if (!live) return;
    if (why === 'plain')
      this.#report(
        live.peer,
        'encryption_unsupported',
        'It sends media that is not encrypted, which is not shown. Both sides need the option `encryption`.',
      );
    else if (why === 'codec' && sends)
      this.#report(
        live.peer,
        'encryption_failed',
        'What this browser made of picture or sound cannot be encrypted, and is not sent.',
      );
    else if (why === 'forged')
      this.#report(
        live.peer,
        'encryption_failed',
        'Something that claims to come from it was not sealed by it, and is not shown.',
      );
  }

  end(): void {
    for (const id of [...this.#live.keys()]) this.#lost(id);
    for (const peer of [...this.#known.keys()]) this.#left(peer);
    this.#known.clear();
    this.#stopTimer?.();
  }

  #member(peer: string): string {
    return `${this.channel._id}/${peer}`;
  }

  async #confirmed(id: number, peer: string, publicKey: Bytes): Promise<void> {
    const { publicKey: own } = await this.#host.identity;
    const fingerprint = await fingerprintOf(own, publicKey);
    const live = this.#live.get(id);
    const object = this.channel.peers.get(peer);
    if (!live || !object) return;
    const known = this.#recognize(peer, fingerprint);
    if (!known.present) {
      known.present = true;
      this.#host.fingerprint(object, known);
    }
    live.identity = toBase64(publicKey);
    if (!known.doubted) return this.#admit(id, live);
    this.#report(
      peer,
      'encryption_failed',
      'Its key is another one than the one that was verified. Nothing is sent to it or shown of it until it is verified again.',
    );
  }

  #recognize(peer: string, fingerprint: string): Known {
    const before = this.#known.get(peer);
    if (before?.fingerprint === fingerprint) return before;
    const doubted = before !== undefined && (before.verified || before.doubted);
    const changed = before !== undefined;
    if (changed) this.#host.worker.post({ type: 'ForgetTheirs', member: this.#member(peer) });
    const known = { fingerprint, changed, doubted, verified: false, present: false };
    // The newest comes last, and the oldest goes.
    this.#known.delete(peer);
    this.#known.set(peer, known);
    for (const [id, { present, verified }] of this.#known) {
      if (this.#known.size <= knownMax) break;
      if (!present && !verified) this.#known.delete(id);
    }
    return known;
  }

  #admit(id: number, live: Live): void {
    if (live.identity === undefined) return;
    live.release();
    const { peer: member, identity } = live;
    this.#tell({ type: 'Admitted', member, identity, session: id });
  }

  #lost(id: number): void {
    const live = this.#live.get(id);
    if (!live) return;
    this.#live.delete(id);
    live.session.end();
    this.#host.worker.post({ type: 'Use', session: id, channel: this.channel._id, kid: null });
    this.#secured(live, false);
    this.#tell({ type: 'Lost', session: id });
  }

  #left(peer: string): void {
    const known = this.#known.get(peer);
    if (known) known.present = false;
    this.#host.worker.post({ type: 'ForgetTheirs', member: this.#member(peer) });
    this.#tell({ type: 'Left', member: peer });
  }

  #tell(fact: Fact): void {
    const { platform } = this.channel._driver;
    for (const order of this.#schedule.handle(platform.now(), fact)) this.#carryOut(order);
    this.#stopTimer?.();
    const { wakeup } = this.#schedule;
    this.#stopTimer =
      wakeup === null
        ? undefined
        : this.#after(Math.max(0, wakeup - platform.now()) + 1, () =>
            this.#tell({ type: 'Wakeup' }),
          );
  }

  #carryOut(order: Order): void {
    const { worker } = this.#host;
    const channel = this.channel._id;
    switch (order.type) {
      case 'Make': {
        const base = crypto.getRandomValues(new Uint8Array(32));
        this.#keys.set(order.key, base);
        return worker.post({ type: 'Own', channel, kid: order.key, base });
      }
      case 'Give':
        return this.#live.get(order.session)?.session.give(order.key, this.#keys.get(order.key)!);
      case 'Use': {
        worker.post({ type: 'Use', session: order.session, channel, kid: order.key });
        const live = this.#live.get(order.session);
        if (live) this.#secured(live, order.key !== null);
        return;
      }
      case 'Forget':
        this.#keys.delete(order.key);
        return worker.post({ type: 'ForgetOwn', channel, kid: order.key });
    }
  }

  #secured(live: Live, secured: boolean): void {
    if (live.secured === secured) return;
    live.secured = secured;
    live.guard.open = secured;
    const peer = this.channel.peers.get(live.peer);
    if (peer) this.#host.secured(peer, secured);
  }

  #after(ms: number, then: () => void): () => void {
    const { platform } = this.channel._driver;
    const timer = platform.setTimeout(then, ms);
    return () => platform.clearTimeout(timer);
  }

  #report(peer: string, code: 'encryption_unsupported' | 'encryption_failed', words: string): void {
    this.channel._report(this.#host.error(code, words), this.channel.peers.get(peer));
  }
}
