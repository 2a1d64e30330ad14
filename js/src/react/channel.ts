// A channel that is joined as long as a component shows it.
import { PartylineError } from 'partyline';
import type { Channel, ChannelState, Json, Partyline } from 'partyline';
import { useCallback, useSyncExternalStore } from 'react';
import { usePartyline } from './line.js';

export interface UseChannelOptions {
  /** What others are told about oneself: of the first component that joins. Later changes go by `channel.setMetadata`. */
  metadata?: { [key: string]: Json };
}

export interface ChannelResult {
  /** Null before it is joined, and after it was left or refused. */
  channel: Channel | null;
  /** `'idle'` where no name was given, and on a server. */
  state: ChannelState | 'idle';
  /** Why it could not be joined, or was left. */
  error: PartylineError | null;
}

const idle: ChannelResult = { channel: null, state: 'idle', error: null };
const joining: ChannelResult = { channel: null, state: 'joining', error: null };

/** One channel of a line, and the components that show it. */
class Membership {
  result = joining;
  readonly #line: Partyline;
  readonly #name: string;
  readonly #listeners = new Set<() => void>();
  #giveUp: AbortController | undefined;
  #stop: (() => void) | undefined;

  constructor(line: Partyline, name: string) {
    this.#line = line;
    this.#name = name;
  }

  use(listener: () => void, options: UseChannelOptions): () => void {
    this.#listeners.add(listener);
    if (!this.#giveUp) this.#join(options);
    return () => {
      this.#listeners.delete(listener);
      // React may take a component away and put it back at once, as StrictMode does.
      setTimeout(() => this.#listeners.size === 0 && this.#leave());
    };
  }

  #join({ metadata }: UseChannelOptions): void {
    const giveUp = (this.#giveUp = new AbortController());
    this.#set(joining);
    const options = { ...(metadata && { metadata }), signal: giveUp.signal };
    this.#line.join(this.#name, options).then(
      (channel) => {
        if (giveUp.signal.aborted) return channel.leave();
        this.#stop = channel.on('state', ({ to, code, reason }) =>
          this.#set(
            to === 'left'
              ? { channel: null, state: to, error: code ? new PartylineError(code, reason) : null }
              : { channel, state: to, error: null },
          ),
        );
        this.#set({ channel, state: channel.state, error: null });
      },
      (error: PartylineError) => {
        if (!giveUp.signal.aborted) this.#set({ channel: null, state: 'left', error });
      },
    );
  }

  #leave(): void {
    this.#giveUp?.abort();
    this.#giveUp = undefined;
    this.#stop?.();
    this.result.channel?.leave();
    this.result = joining;
  }

  #set(result: ChannelResult): void {
    const { channel, state, error } = this.result;
    if (channel === result.channel && state === result.state && error === result.error) return;
    this.result = result;
    for (const listener of [...this.#listeners]) listener();
  }
}

const memberships = new WeakMap<Partyline, Map<string, Membership>>();

function membershipOf(line: Partyline, name: string): Membership {
  let ofLine = memberships.get(line);
  if (!ofLine) memberships.set(line, (ofLine = new Map()));
  let membership = ofLine.get(name);
  if (!membership) ofLine.set(name, (membership = new Membership(line, name)));
  return membership;
}

/**
 * Joins a channel and leaves it when no component uses it any more. Several components may use the same one. With a name of
 * null nothing is joined.
 */
export function useChannel(name: string | null, options: UseChannelOptions = {}): ChannelResult {
  const line = usePartyline();
  const subscribe = useCallback(
    (changed: () => void) =>
      name === null ? () => {} : membershipOf(line, name).use(changed, options),
    // Options count when it is joined.
    [line, name],
  );
  const get = (): ChannelResult => (name === null ? idle : membershipOf(line, name).result);
  return useSyncExternalStore(subscribe, get, () => idle);
}
