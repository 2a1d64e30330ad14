// Who has which of our keys, and when there must be another one. One for each channel, for what we send; of keys it knows numbers.
//
// Rules
//  - A key is given to who is admitted, and to nobody else: its connection has proved who is at its other end.
//  - Who comes must not read what was said before: it gets a key that nobody had before it came.
//  - Who left must not read on: there is another key, and those that it had are used for `overlapMs` more at the most.
//  - A rotation loses no frame: each member is sent to with the newest key that it says it has, so old and new overlap.
//  - Who is at the other end of a member's connection is told by its identity. The same one again, on another connection, is the
//    same member and gets the present key; another one under the same name is somebody who came after the first one left.
//  - Numbers of keys are never used twice.
// No clock, no I/O, no randomness: time comes in with each fact, the host makes the keys and asks again at `wakeup`.

export type Fact =
  | { type: 'Admitted'; member: string; identity: string; session: number }
  | { type: 'Lost'; session: number }
  | { type: 'Left'; member: string }
  | { type: 'Has'; session: number; key: number }
  | { type: 'Wakeup' };

export type Order =
  | { type: 'Make'; key: number }
  | { type: 'Give'; session: number; key: number }
  /** Frames of this session are sealed with that key; null: there are none to be sent. */
  | { type: 'Use'; session: number; key: number | null }
  | { type: 'Forget'; key: number };

interface Key {
  readonly given: Set<string>;
  /** Nothing is sealed with it from then on. */
  end: number;
}

interface Member {
  readonly identity: string;
  session: number | null;
  readonly has: Set<number>;
  using: number | null;
}

/** How long a key that somebody took along may still be used for those who have no other one yet: time for the new one to arrive. */
export const overlapMs = 5_000;

export class Schedule {
  readonly #keys = new Map<number, Key>();
  readonly #members = new Map<string, Member>();
  #current = 0;
  #orders: Order[] = [];

  handle(now: number, fact: Fact): Order[] {
    this.#orders = [];
    switch (fact.type) {
      case 'Admitted':
        this.#admitted(now, fact.member, fact.identity, fact.session);
        break;
      case 'Lost':
        this.#lost(fact.session);
        break;
      case 'Left':
        this.#left(now, fact.member);
        break;
      case 'Has':
        this.#of(fact.session)?.has.add(fact.key);
        break;
      case 'Wakeup':
        break;
    }
    this.#settle(now);
    return this.#orders;
  }

  /** When to be told the time again, or null. */
  get wakeup(): number | null {
    const ends = [...this.#keys.values()].map(({ end }) => end).filter(Number.isFinite);
    return ends.length > 0 ? Math.min(...ends) : null;
  }

  #of(session: number): Member | undefined {
    return [...this.#members.values()].find((member) => member.session === session);
  }

  #admitted(now: number, name: string, identity: string, session: number): void {
    let member = this.#members.get(name);
    if (member && member.identity !== identity) {
      this.#left(now, name);
      member = undefined;
    }
    if (member) {
      member.session = session;
      member.has.clear();
      member.using = null;
      return this.#give(member);
    }
    member = { identity, session, has: new Set(), using: null };
    this.#members.set(name, member);
    const current = this.#keys.get(this.#current);
    if (!current || current.given.size > 0 || current.end !== Infinity) this.#rotate();
    else this.#give(member);
  }

  #lost(session: number): void {
    const member = this.#of(session);
    if (!member) return;
    member.session = null;
    member.has.clear();
    member.using = null;
  }

  #left(now: number, name: string): void {
    const member = this.#members.get(name);
    if (!member) return;
    this.#members.delete(name);
    for (const key of this.#keys.values()) {
      if (key.given.has(member.identity)) key.end = Math.min(key.end, now + overlapMs);
    }
    const current = this.#keys.get(this.#current);
    if (current?.given.has(member.identity) && this.#members.size > 0) this.#rotate();
  }

  #rotate(): void {
    this.#current += 1;
    this.#keys.set(this.#current, { given: new Set(), end: Infinity });
    this.#orders.push({ type: 'Make', key: this.#current });
    for (const member of this.#members.values()) this.#give(member);
  }

  #give({ session, identity }: Member): void {
    if (session === null) return;
    this.#keys.get(this.#current)!.given.add(identity);
    this.#orders.push({ type: 'Give', session, key: this.#current });
  }

  /** Everybody is sent to with the best key that there is for it, and keys that are of no use any more are forgotten. */
  #settle(now: number): void {
    for (const member of this.#members.values()) {
      let best: number | null = null;
      for (const number of member.has) {
        const key = this.#keys.get(number);
        if (key && now < key.end && number > (best ?? 0)) best = number;
      }
      if (best === member.using || member.session === null) continue;
      member.using = best;
      this.#orders.push({ type: 'Use', session: member.session, key: best });
    }
    const used = new Set([...this.#members.values()].map(({ using }) => using));
    for (const [number, { end }] of this.#keys) {
      if (used.has(number) || (number === this.#current && now < end)) continue;
      this.#keys.delete(number);
      this.#orders.push({ type: 'Forget', key: number });
    }
  }
}
