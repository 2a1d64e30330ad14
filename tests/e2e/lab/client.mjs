// One participant: a page that uses the package (pages/call.html), in whichever browser, driven by its verbs.
import { expect } from '@playwright/test';

const succeeded = (outcome, what) => {
  if (!outcome.ok)
    throw new Error(
      `${what}: ${outcome.error.code ?? outcome.error.name}: ${outcome.error.message}`,
    );
};

/** What a page with the package on it can be told to do. `page` is anything with `evaluate(fn, argument)`. */
export class Client {
  /** Whether messages of level error on the page's console are what the test is about. */
  mayComplain = false;

  /** `options` are those of the line. */
  constructor(page, name, options) {
    this.page = page;
    this.name = name;
    this.options = options;
  }

  evaluate(fn, argument) {
    return this.page.evaluate(fn, argument);
  }

  async #ready() {
    await expect
      .poll(() => this.evaluate(() => 'call' in window), { message: 'the page is ready' })
      .toBe(true);
  }

  /** Makes the line. Nothing happens on the network yet. */
  async open() {
    await this.#ready();
    await this.evaluate((given) => window.call.open(given), this.options);
  }

  async reload() {
    this.room = undefined;
    await this.page.reload();
  }

  async expectLine(state) {
    await expect
      .poll(async () => (await this.report()).line.state, { message: `the line of ${this.name}` })
      .toBe(state);
  }

  /** Joins with metadata that tells the others our name. `room` is where all the following happens. */
  async join(room) {
    succeeded(await this.tryJoin(room), `${this.name} joins ${room}`);
  }

  tryJoin(room) {
    this.room ??= room;
    return this.evaluate(([where, name]) => window.call.join(where, { name }), [room, this.name]);
  }

  /** Returns how the tracks that the test handed in were afterwards, by publication and kind. */
  async leave(room = this.room) {
    if (room === this.room) this.room = undefined;
    const outcome = await this.evaluate((where) => window.call.leave(where), room);
    succeeded(outcome, `${this.name} leaves`);
    return outcome.tracks;
  }

  /** `media` is { hue, tone } of a source that the test makes, or what Channel.publish takes. */
  async publish(media, options, room) {
    succeeded(await this.tryPublish(media, options, room), `${this.name} publishes`);
  }

  tryPublish(media, options = {}, room = this.room) {
    return this.evaluate(
      ([where, what, how]) => window.call.publish(where, what, how),
      [room, media, options],
    );
  }

  async #onPublication(verb, name, argument, room = this.room) {
    const outcome = await this.evaluate(
      ([what, ...rest]) => window.call[what](...rest),
      [verb, room, name, argument],
    );
    succeeded(outcome, `${this.name}: ${verb} ${name}`);
  }

  unpublish(name = 'camera') {
    return this.#onPublication('unpublish', name);
  }

  mute(kind, name = 'camera') {
    return this.#onPublication('mute', name, kind);
  }

  unmute(kind, name = 'camera') {
    return this.#onPublication('unmute', name, kind);
  }

  replace(media, name = 'camera') {
    return this.#onPublication('replace', name, media);
  }

  /** Waits for an event in the room, as pages/call.js words them. */
  async expectEvent(event, room = this.room) {
    await expect
      .poll(async () => (await this.roomReport(room))?.events, {
        message: `events of ${this.name}`,
      })
      .toContainEqual(event);
  }

  /** How the tracks that the test handed in for a publication are, by kind: ready state, and whether enabled. */
  sourceStates(name = 'camera', room = this.room) {
    return this.evaluate(([where, what]) => window.call.sourceStates(where, what), [room, name]);
  }

  openDataChannel(peer, label, init) {
    return this.evaluate(
      (words) => window.call.openDataChannel(...words),
      [this.room, peer.name, label, init],
    );
  }

  send(peer, label, data) {
    return this.evaluate(
      (words) => window.call.send(...words),
      [this.room, `${peer.name}/${label}`, data],
    );
  }

  async closeLine() {
    this.room = undefined;
    succeeded(await this.evaluate(() => window.call.close()), `${this.name} closes the line`);
  }

  /** Remembers peers, streams, tracks and connections as they are now. */
  remember() {
    return this.evaluate((where) => window.call.remember(where), this.room);
  }

  /** { different, events, longestGap } since then. */
  compare() {
    return this.evaluate((where) => window.call.compare(where), this.room);
  }

  /** Looks from now on whether any media arrives in the room. */
  guard() {
    return this.evaluate((where) => window.call.guard(where), this.room);
  }

  /** { connections, packets, frames, loudest } since then: how much there was, by how many connections, and the amplitude. */
  guarded() {
    return this.evaluate((where) => window.call.guarded(where), this.room);
  }

  report() {
    return this.evaluate(() => window.call.report());
  }

  async roomReport(room = this.room) {
    return (await this.report()).rooms[room];
  }

  async peerReport(peer, room = this.room) {
    return (await this.roomReport(room))?.peers[peer.name];
  }

  /** The address that packets to the other one in the room leave from. */
  ownAddress() {
    return this.evaluate(async (room) => {
      const [{ connection }] = window.call.line.channels.get(room).peers.values();
      const statistics = await connection.getStats();
      const transport = [...statistics.values()].find(({ type }) => type === 'transport');
      const pair = statistics.get(transport?.selectedCandidatePairId);
      const { address, ip } = statistics.get(pair?.localCandidateId) ?? {};
      return address ?? ip;
    }, this.room);
  }

  explain() {
    return this.evaluate(() => window.call?.explain());
  }

  /** Waits until the others in the room are exactly these, and connected. */
  async expectPeers(...others) {
    await expect
      .poll(
        async () => {
          const { peers } = await this.roomReport();
          return Object.fromEntries(
            Object.entries(peers).map(([name, { state }]) => [name, state]),
          );
        },
        { message: `who ${this.name} is with` },
      )
      .toEqual(Object.fromEntries(others.map(({ name }) => [name, 'connected'])));
  }
}
