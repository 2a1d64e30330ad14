// What this participant publishes under one name.
import { checkMetadata } from './checks.js';
import type { Driver } from './driver.js';
import { PartylineError } from './errors.js';
import { Emitter } from './events.js';
import { openSource } from './media.js';
import type { Devices, EndReason, LocalMedia } from './media.js';
import type { Sending } from './sending.js';
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
  /** The device was let go while it is muted: which one it was. */
  released?: { deviceId: string | undefined };
  /** It is being opened again. */
  opening?: Promise<void> | undefined;
}

/** @internal How a publication begins. */
export interface PublicationStart {
  name: string;
  metadata: { [key: string]: Json };
  muted: boolean;
  holdDevice: boolean;
}

const kinds: readonly MediaKind[] = ['audio', 'video'];

export class Publication extends Emitter<PublicationEvents> {
  /** Unique among one's publications in the channel. */
  readonly name: string;
  /** What is sent, for showing it to oneself: an object of the publication's own, with the present tracks. */
  readonly stream: MediaStream;
  readonly #host: PublicationHost;
  readonly #endReason: EndReason;
  readonly #constraints: Devices | undefined;
  readonly #hold: boolean;
  readonly #locals = new Map<MediaKind, Local>();
  #muted = new Set<MediaKind>();
  #metadata: { [key: string]: Json };
  #sending: Sending = {};
  #active = true;

  /** @internal */
  constructor(host: PublicationHost, start: PublicationStart, media: LocalMedia) {
    super();
    this.#host = host;
    this.name = start.name;
    this.#metadata = start.metadata;
    this.#endReason = media.endReason;
    this.#hold = start.holdDevice;
    this.#constraints = media.constraints;
    if (start.muted) this.#muted = new Set(kinds);
    this.stream = host._driver.platform.createMediaStream();
    for (const kind of kinds) {
      const track = media[kind];
      if (!track) continue;
      this.#use(kind, track, media.owned);
      if (start.muted) this.#release(kind);
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

  /**
   * Sends nothing of one kind, or of both, until `unmute`. A device that the SDK opened is let go (its light goes off), unless
   * it was published with `holdDevice`; a track that was handed in is left alone.
   */
  mute(kind?: MediaKind): void {
    const wanted = this.#setMuted(kind, true);
    this.#tellMuted(kind, true);
    for (const each of wanted) this.#release(each);
  }

  /**
   * Sends again. Resolves when it does: a device that was let go is opened first, the same one where it is still there.
   * Where that fails it rejects with a `PartylineError` in words, and stays muted.
   */
  async unmute(kind?: MediaKind): Promise<void> {
    const wanted = this.#setMuted(kind, false);
    const released = wanted.filter((each) => this.#locals.get(each)?.released);
    if (released.length === 0) return this.#tellMuted(kind, false);
    for (const each of wanted) if (!released.includes(each)) this.#tellMuted(each, false);
    await Promise.all(released.map((each) => this.#reopen(each)));
  }

  /** Changes how it is sent: each option given replaces that option; `null` takes it back. Rejects with a `TypeError` in words. */
  async setSending(patch: Sending): Promise<void> {
    const { _driver: driver, _id: channel } = this.#host;
    const companion = await driver.companion();
    companion.checkSending(patch);
    this.#sending = { ...this.#sending, ...patch };
    for (const { track } of this.#locals.values()) this.#hint(track);
    companion.setSending(channel, this.name, this.#sending, this.#locals.has('video'));
  }

  /** Sends another track of the same kind from now on. */
  async replaceTrack(track: MediaStreamTrack): Promise<void> {
    const kind = (track as MediaStreamTrack | null)?.kind as MediaKind;
    if (kind !== 'audio' && kind !== 'video') {
      throw new TypeError('replaceTrack(track): the track must be a MediaStreamTrack.');
    }
    if (!this.#active)
      throw new PartylineError('closed', `'${this.name}' is not published any more.`);
    return this._replace(kind, track, false);
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

  /** @internal The same, of a track that the SDK opened, maybe. */
  async _replace(kind: MediaKind, track: MediaStreamTrack, owned: boolean): Promise<void> {
    const { _driver: driver, _id: channel } = this.#host;
    const id = driver.addTrack(track);
    try {
      await driver.call({ type: 'ReplaceTrack', channel, name: this.name, kind, track: id });
      if (!this.#active) throw new PartylineError('closed', `'${this.name}' was unpublished.`);
    } catch (error) {
      driver.removeTrack(id);
      // Nobody else could.
      if (owned) track.stop();
      throw error;
    }
    // The same one again stays whose it was, and must not be stopped.
    const local = this.#locals.get(kind);
    if (local?.track === track) {
      owned = local.owned;
      local.owned = false;
    }
    this.#drop(kind);
    this.#use(kind, track, owned, id);
  }

  /** @internal The track of this kind where it is of a device that the SDK opened, and how it was asked for. */
  _device(
    kind: MediaKind,
  ): { track: MediaStreamTrack; wish: unknown; released: boolean } | undefined {
    const local = this.#locals.get(kind);
    const wish = this.#constraints?.[kind];
    return local?.owned && wish
      ? { track: local.track, wish, released: local.released !== undefined }
      : undefined;
  }

  /** @internal Which device to open when it is unmuted. */
  _reopenWith(kind: MediaKind, deviceId: string): void {
    const local = this.#locals.get(kind);
    if (local?.released) local.released.deviceId = deviceId;
  }

  /** @internal Nothing takes the place of a track that ended. */
  _lost(kind: MediaKind): void {
    const all = [...this.#locals.values()].every(
      ({ track, released }) => !released && track.readyState === 'ended',
    );
    const owned = this.#locals.get(kind)?.owned;
    if (all) this.unpublish();
    this._emit('ended', { reason: owned ? this.#endReason : 'track-ended', kind });
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
    this.#hint(track);
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
    if (!this.#host._driver.deviceLost?.(this, kind)) this._lost(kind);
  }

  /** Returns which kinds are meant. */
  #setMuted(kind: MediaKind | undefined, muted: boolean): readonly MediaKind[] {
    if (kind !== undefined) checkKind(kind);
    const wanted = kind === undefined ? kinds : [kind];
    for (const each of wanted) {
      if (muted) this.#muted.add(each);
      else this.#muted.delete(each);
    }
    return wanted;
  }

  #tellMuted(kind: MediaKind | undefined, muted: boolean): void {
    if (!this.#active) return;
    this.#host._driver.submit({
      type: 'SetMuted',
      channel: this.#host._id,
      name: this.name,
      ...(kind !== undefined && { kind }),
      muted,
    });
  }

  /** No sender has the track any more: the device can go. */
  #release(kind: MediaKind): void {
    const local = this.#locals.get(kind);
    if (!local?.owned || local.released || !this.#constraints || this.#hold) return;
    local.released = { deviceId: local.track.getSettings?.().deviceId };
    local.track.stop();
    this.stream.removeTrack(local.track);
  }

  #reopen(kind: MediaKind): Promise<void> {
    const local = this.#locals.get(kind)!;
    return (local.opening ??= this.#open(kind, local).finally(() => (local.opening = undefined)));
  }

  async #open(kind: MediaKind, local: Local): Promise<void> {
    const given = this.#constraints?.[kind];
    const { deviceId } = local.released!;
    const open = (exact?: string): Promise<LocalMedia> =>
      openSource(
        {
          [kind]: {
            ...(exact && { deviceId: { exact } }),
            ...(typeof given === 'object' && given),
          },
        },
        this.#host._driver.platform,
      );
    try {
      const media = await open(deviceId).catch((error: PartylineError) => {
        if ((error.cause as Error | undefined)?.name !== 'OverconstrainedError') throw error;
        return open(); // that one is gone
      });
      const track = media[kind]!;
      // It was muted again meanwhile, or is over.
      if (this.#muted.has(kind) || this.#locals.get(kind) !== local) return track.stop();
      await this._replace(kind, track, true);
    } catch (error) {
      this.#muted.add(kind);
      throw error;
    }
    if (this.#muted.has(kind)) this.#release(kind);
    else this.#tellMuted(kind, false);
  }

  #hint(track: MediaStreamTrack): void {
    const { contentHint } = this.#sending;
    if (track.kind === 'video' && contentHint !== undefined) track.contentHint = contentHint ?? '';
  }
}

function checkKind(kind: unknown): void {
  if (kind !== 'audio' && kind !== 'video') {
    throw new TypeError(`The kind must be 'audio' or 'video', not ${JSON.stringify(kind)}.`);
  }
}
