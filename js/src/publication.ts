// What this participant publishes under one name.
import { checkMetadata } from './checks.js';
import type { Driver } from './driver.js';
import { PartylineError } from './errors.js';
import { Emitter } from './events.js';
import type { EndReason, LocalMedia } from './media.js';
import type { Json, MediaKind } from './wire.js';

export interface PublicationEvents {
  /**
   * A track ended by itself: `'device-lost'` (unplugged, or taken by the system), `'sharing-stopped'` (by the browser's
   * own button), `'track-ended'` (one that was handed in). When it was the last one, it is unpublished already.
   */
  ended: { reason: EndReason; kind: MediaKind };
}

/** @internal What a publication needs of its channel. */
export interface PublicationHost {
  readonly _driver: Driver;
  readonly _id: number;
  _report(error: PartylineError): void;
  _unpublished(publication: Publication): void;
}

interface Local {
  track: MediaStreamTrack;
  id: number;
  owned: boolean;
  ended: () => void;
}

const kinds: readonly MediaKind[] = ['audio', 'video'];

export class Publication extends Emitter<PublicationEvents> {
  /** Unique among one's publications in the channel. */
  readonly name: string;
  /** What is sent, for showing it to oneself: an object of the publication's own, with the present tracks. */
  readonly stream: MediaStream;
  readonly #host: PublicationHost;
  readonly #endReason: EndReason;
  readonly #locals = new Map<MediaKind, Local>();
  #muted = new Set<MediaKind>();
  #metadata: { [key: string]: Json };
  #active = true;

  /** @internal */
  constructor(
    host: PublicationHost,
    name: string,
    metadata: { [key: string]: Json },
    media: LocalMedia,
    muted: boolean,
  ) {
    super();
    this.#host = host;
    this.name = name;
    this.#metadata = metadata;
    this.#endReason = media.endReason;
    if (muted) this.#muted = new Set(kinds);
    this.stream = host._driver.platform.createMediaStream();
    for (const kind of kinds) {
      const track = media[kind];
      if (track) this.#use(kind, track, media.owned);
    }
  }

  /** What others see of it besides the media. */
  get metadata(): { [key: string]: Json } {
    return this.#metadata;
  }

  /** Whether all that it has is muted. */
  get muted(): boolean {
    return [...this.#locals.keys()].every((kind) => this.#muted.has(kind));
  }

  /** Whether this kind is muted, or not there at all. */
  isMuted(kind: MediaKind): boolean {
    checkKind(kind);
    return !this.#locals.has(kind) || this.#muted.has(kind);
  }

  /** Sends nothing of one kind, or of both, until `unmute`. The track itself is left alone. */
  mute(kind?: MediaKind): void {
    this.#setMuted(kind, true);
  }

  unmute(kind?: MediaKind): void {
    this.#setMuted(kind, false);
  }

  /** Sends another track of the same kind from now on. */
  async replaceTrack(track: MediaStreamTrack): Promise<void> {
    const kind = (track as MediaStreamTrack | null)?.kind as MediaKind;
    if (kind !== 'audio' && kind !== 'video') {
      throw new TypeError('replaceTrack(track): the track must be a MediaStreamTrack.');
    }
    const { _driver: driver, _id: channel } = this.#host;
    if (!this.#active)
      throw new PartylineError('closed', `'${this.name}' is not published any more.`);
    const id = driver.addTrack(track);
    try {
      await driver.call({ type: 'ReplaceTrack', channel, name: this.name, kind, track: id });
    } catch (error) {
      driver.removeTrack(id);
      throw error;
    }
    if (!this.#active) return driver.removeTrack(id);
    // The same one again stays whose it was, and must not be stopped.
    const local = this.#locals.get(kind);
    const owned = local?.track === track && local.owned;
    if (owned) local.owned = false;
    this.#drop(kind);
    this.#use(kind, track, owned, id);
  }

  /** Changes the metadata that others see: each key of `patch` replaces that key. */
  setMetadata(patch: { [key: string]: Json }): void {
    this.#metadata = {
      ...this.#metadata,
      ...checkMetadata(patch, 'setMetadata(patch): the patch'),
    };
    const { _driver: driver, _id: channel } = this.#host;
    if (!this.#active) return;
    driver.submit({
      type: 'SetPublicationMetadata',
      channel,
      name: this.name,
      metadata: this.#metadata,
    });
  }

  /** Ends it. Tracks that the SDK opened are stopped, tracks that were handed in are not. */
  unpublish(): void {
    if (!this.#active) return;
    this.#host._driver.submit({ type: 'Unpublish', channel: this.#host._id, name: this.name });
    this._end();
  }

  /** @internal */
  get _active(): boolean {
    return this.#active;
  }

  /** @internal The number of the track of this kind. */
  _track(kind: MediaKind): number | undefined {
    return this.#locals.get(kind)?.id;
  }

  /** @internal It is over, whoever ended it. */
  _end(): void {
    if (!this.#active) return;
    this.#active = false;
    for (const kind of kinds) this.#drop(kind);
    this.#host._unpublished(this);
  }

  /** @internal */
  override _report(error: PartylineError): void {
    this.#host._report(error);
  }

  #use(kind: MediaKind, track: MediaStreamTrack, owned: boolean, id?: number): void {
    const ended = (): void => this.#trackEnded(kind);
    track.addEventListener('ended', ended);
    this.#locals.set(kind, { track, owned, ended, id: id ?? this.#host._driver.addTrack(track) });
    this.stream.addTrack(track);
  }

  #drop(kind: MediaKind): void {
    const local = this.#locals.get(kind);
    if (!local) return;
    local.track.removeEventListener('ended', local.ended);
    if (local.owned) local.track.stop();
    this.stream.removeTrack(local.track);
    this.#host._driver.removeTrack(local.id);
    this.#locals.delete(kind);
  }

  #trackEnded(kind: MediaKind): void {
    const all = [...this.#locals.values()].every(({ track }) => track.readyState === 'ended');
    const owned = this.#locals.get(kind)?.owned;
    if (all) this.unpublish();
    this._emit('ended', { reason: owned ? this.#endReason : 'track-ended', kind });
  }

  #setMuted(kind: MediaKind | undefined, muted: boolean): void {
    if (kind !== undefined) checkKind(kind);
    for (const each of kind === undefined ? kinds : [kind]) {
      if (muted) this.#muted.add(each);
      else this.#muted.delete(each);
    }
    if (!this.#active) return;
    this.#host._driver.submit({
      type: 'SetMuted',
      channel: this.#host._id,
      name: this.name,
      ...(kind !== undefined && { kind }),
      muted,
    });
  }
}

function checkKind(kind: unknown): void {
  if (kind !== 'audio' && kind !== 'video') {
    throw new TypeError(`The kind must be 'audio' or 'video', not ${JSON.stringify(kind)}.`);
  }
}
