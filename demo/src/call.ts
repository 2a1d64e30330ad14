// One call, from the press of Join to its end. It asks the SDK for things and shows what the SDK says: recovery is all there.
import { Partyline, type Channel, type LineState, type Peer, type Publication } from 'partyline';
import { announce, note } from './announcer';
import { Changes } from './changes';
import type { Config } from './config';
import type { LocalMedia } from './media';
import { readPeople, readShares, screenName, type Person, type Share } from './people';
import { nameInMetadata } from './person-name';
import { Publisher } from './publisher';
import { hiccup, say } from './strings';

export interface Connection {
  state: LineState;
  code: string;
  /** When the next attempt is made, by Date.now(), or null while one is under way. */
  retryAt: number | null;
}

export interface Failure {
  code: string;
  message: string;
}

function failureOf(error: unknown): Failure {
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  const message = error instanceof Error ? error.message : String(error);
  return { code: typeof code === 'string' ? code : 'unknown', message };
}

export class Call extends Changes {
  phase: 'joining' | 'joined' | 'ended' = 'joining';
  connection: Connection = { state: 'idle', code: '', retryAt: null };
  people: Person[] = [];
  shares: Share[] = [];
  sharing = false;
  /** The key does not let this page publish. */
  watching = false;
  /** Why it ended, or null when the user left. */
  failure: Failure | null = null;
  joinedAt = 0;
  /** Others were here at some time. */
  hadCompany = false;

  private line: Partyline | null = null;
  private channel: Channel | null = null;
  private publisher: Publisher | null = null;
  private screen: Publication | null = null;
  private startingShare = false;

  constructor(
    private readonly config: Config,
    readonly channelName: string,
    private name: string,
    private readonly media: LocalMedia,
  ) {
    super();
  }

  async join(): Promise<void> {
    try {
      const { endpoint, key } = this.config;
      this.line = new Partyline({ endpoint, key });
      this.line.on('state', (change) => this.lineChanged(change));
      this.line.on('error', ({ error }) => this.told(error));
      const channel = await this.line.join(this.channelName, { metadata: this.metadata() });
      if (this.phase !== 'joining') return;
      this.joined(channel);
    } catch (error) {
      if (this.phase === 'joining') this.end(failureOf(error));
    }
  }

  leave(): void {
    this.end(null);
  }

  retryNow(): void {
    this.line?.retryNow();
  }

  rename(name: string): void {
    if (name === this.name) return;
    this.name = name;
    this.channel?.setMetadata(this.metadata());
  }

  /** To be called in a click or key press, which browsers require. */
  async share(): Promise<void> {
    if (!this.channel || this.screen || this.startingShare) return;
    this.startingShare = true;
    try {
      const screen = await this.channel.publish({ screen: true }, { name: screenName });
      if (this.phase !== 'joined') return;
      this.screen = screen;
      this.sharing = true;
      screen.on('ended', () => this.shareEnded(screen));
      announce(say.youShare);
    } catch (error) {
      this.told(error);
    } finally {
      this.startingShare = false;
      this.changed();
    }
  }

  unshare(): void {
    const screen = this.screen;
    if (!screen) return;
    screen.unpublish();
    this.shareEnded(screen);
  }

  private metadata(): { name: string } {
    return { name: this.name };
  }

  private joined(channel: Channel): void {
    this.channel = channel;
    this.phase = 'joined';
    this.joinedAt = Date.now();
    this.people = readPeople(channel);
    this.shares = readShares(channel);
    this.hadCompany = this.people.length > 0;
    announce(this.people.length > 0 ? say.joined(this.people.length) : say.joinedAlone);
    const update = (): void => this.update();
    channel.on('peer-joined', ({ peer }) => this.watch(peer));
    channel.on('peer-left', update);
    channel.on('peer-updated', update);
    channel.on('stream-added', update);
    channel.on('stream-removed', update);
    channel.on('error', ({ error, peer }) => this.told(error, peer));
    channel.on('state', ({ to, code, reason }) => {
      if (to === 'left') this.end({ code: code || 'closed', message: reason ?? '' });
    });
    this.publisher = new Publisher(channel, this.media, (error) => this.told(error));
    this.update();
  }

  private watch(peer: Peer): void {
    peer.on('state', () => this.update());
    this.update();
  }

  private update(): void {
    if (!this.channel || this.phase !== 'joined') return;
    const before = { people: this.people, shares: this.shares };
    this.people = readPeople(this.channel);
    this.shares = readShares(this.channel);
    this.hadCompany ||= this.people.length > 0;
    this.tellPeople(before.people);
    this.tellShares(before.shares);
    this.changed();
  }

  private tellPeople(before: Person[]): void {
    const known = new Map(before.map((person) => [person.id, person]));
    for (const person of this.people) {
      const was = known.get(person.id);
      known.delete(person.id);
      if (!was) note(say.someoneJoined(person.name));
      else if (was.stream && person.stream && was.audio !== person.audio)
        announce((person.audio ? say.unmuted : say.muted)(person.name));
    }
    for (const gone of known.values()) note(say.someoneLeft(gone.name));
  }

  private tellShares(before: Share[]): void {
    for (const share of this.shares)
      if (!before.some((each) => each.id === share.id)) note(say.shares(share.name));
    for (const share of before)
      if (
        !this.shares.some((each) => each.id === share.id) &&
        this.people.some((person) => person.id === share.personId)
      )
        note(say.sharesNoMore(share.name));
  }

  private lineChanged(change: {
    to: LineState;
    code?: string;
    reason?: string;
    retryInMs?: number;
  }): void {
    if (this.phase === 'ended') return;
    const was = this.connection.state;
    this.connection = {
      state: change.to,
      code: change.code ?? '',
      retryAt: change.retryInMs === undefined ? null : Date.now() + change.retryInMs,
    };
    if (this.phase === 'joined' && was !== change.to) {
      if (change.to === 'reconnecting') announce(say.reconnecting);
      if (change.to === 'connected' && was === 'reconnecting') note(say.reconnected);
    }
    if (change.to === 'closed')
      this.end({ code: change.code || 'closed', message: change.reason ?? '' });
    this.changed();
  }

  private told(error: unknown, peer: Peer | null = null): void {
    const { code, message } = failureOf(error);
    if (['listener_failed', 'internal', 'unknown'].includes(code)) console.error(error);
    if (code === 'publish_not_allowed') return this.onlyWatch();
    const text = hiccup(code, message, peer ? nameInMetadata(peer.metadata) || say.guest : '');
    if (text && this.phase === 'joined') note(text);
  }

  private onlyWatch(): void {
    if (!this.watching) announce(say.watching);
    this.watching = true;
    this.media.stop();
    this.changed();
  }

  private shareEnded(screen: Publication): void {
    if (this.screen !== screen) return;
    this.screen = null;
    this.sharing = false;
    if (this.phase === 'joined') note(say.youShareNoMore);
    this.changed();
  }

  private end(failure: Failure | null): void {
    if (this.phase === 'ended') return;
    this.phase = 'ended';
    this.failure = failure;
    this.publisher?.stop();
    this.channel?.leave();
    this.line?.close();
    this.changed();
  }
}
