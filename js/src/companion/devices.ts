// Cameras, microphones and speakers: what there is, which are used, and what becomes of a call when they are plugged in and out.
import type { PartylineError as ErrorType } from '../errors.js';
import type { Emitter as EmitterType } from '../events.js';
import type { Devices as Wishes, openSource } from '../media.js';
import type { Platform } from '../platform.js';
import type { Publication } from '../publication.js';
import type { MediaKind } from '../wire.js';
import { devicesOf, pick } from './device-choice.js';
import type { Device, DeviceKind, Remembered } from './device-choice.js';

export type { Device, DeviceKind } from './device-choice.js';

/** `'unknown'` where the browser does not say. */
export type Permission = 'granted' | 'denied' | 'prompt' | 'unknown';

export interface DeviceEvents {
  /** Something was plugged in or out, or labels became known. */
  change: { devices: Device[] };
  /** Another device is used from now on; null where there is none. */
  switched: {
    kind: DeviceKind;
    device: Device | null;
    reason: 'chosen' | 'lost' | 'returned';
  };
  permission: { kind: 'camera' | 'microphone'; state: Permission };
  /** A device could not be opened where one had to take the place of another. */
  error: { error: ErrorType };
}

/** What was opened, and what was not. */
export interface OpenedDevices {
  stream: MediaStream;
  /** Why there is no camera, or no microphone, of those that were asked for. */
  failed: { kind: 'camera' | 'microphone'; error: ErrorType }[];
}

/** @internal What it needs of the page and of the package. */
export interface DevicesHost {
  media: MediaDevices | undefined;
  permissions: Permissions | undefined;
  storage: Pick<Storage, 'getItem' | 'setItem'> | undefined;
  platform: Platform;
  Emitter: typeof EmitterType;
  PartylineError: typeof ErrorType;
  openSource: typeof openSource;
  failed(text: string, error: unknown): void;
  publications(): Publication[];
  /** Those that play what comes from others. */
  elements: Iterable<object>;
}

type Captured = 'camera' | 'microphone';
const captured: readonly Captured[] = ['camera', 'microphone'];
const mediaKind = { camera: 'video', microphone: 'audio' } as const;
const slot = 'partyline devices';

const good = {
  video: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } },
  audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
};

/** Storage may be refused by being asked for. */
export function localStorageOf(page: { localStorage?: Storage }): Storage | undefined {
  try {
    return page.localStorage;
  } catch {
    return undefined;
  }
}

export class Devices {
  /** @internal */
  readonly ready: Promise<void>;
  readonly #host: DevicesHost;
  readonly #events: EmitterType<DeviceEvents>;
  readonly #preferred: { [K in DeviceKind]?: Remembered } = {};
  /** What was used before it was lost, where nothing was chosen. */
  readonly #home: { [K in DeviceKind]?: Remembered } = {};
  readonly #permission: { [K in Captured]: Permission } = {
    camera: 'unknown',
    microphone: 'unknown',
  };
  readonly #stops: (() => void)[] = [];
  #list: Device[] = [];
  #speaker = '';
  /** One change after the other. */
  #queue: Promise<unknown> = Promise.resolve();
  #ended = false;

  /** @internal */
  constructor(host: DevicesHost) {
    this.#host = host;
    this.#events = new host.Emitter<DeviceEvents>();
    this.#recall();
    this.#preferChosen();
    const changed = (): void => void this.#enqueue(() => this.#follow());
    host.media?.addEventListener?.('devicechange', changed);
    this.#stops.push(() => host.media?.removeEventListener?.('devicechange', changed));
    this.ready = this.#enqueue(async () => {
      await Promise.all(captured.map((kind) => this.#watchPermission(kind)));
      await this.#refresh();
    });
  }

  on<T extends keyof DeviceEvents>(
    type: T,
    listener: (event: DeviceEvents[T]) => unknown,
  ): () => void {
    return this.#events.on(type, listener);
  }

  off<T extends keyof DeviceEvents>(type: T, listener: (event: DeviceEvents[T]) => unknown): void {
    this.#events.off(type, listener);
  }

  /** What there is. Ids and labels are empty until the user has allowed a device of that kind. */
  list(kind?: DeviceKind): Device[] {
    return this.#list.filter((device) => kind === undefined || device.kind === kind);
  }

  /** Whether the user has allowed it. */
  permission(kind: Captured): Permission {
    return this.#permission[kind];
  }

  /** The one that is used now, or would be. */
  current(kind: DeviceKind): Device | null {
    return pick(this.#list, kind, this.#preferred[kind], this.#inUse(kind)) ?? null;
  }

  /** What the user chose, also where it is not there now. */
  chosen(kind: DeviceKind): string | null {
    return this.#preferred[kind]?.id ?? null;
  }

  /**
   * Uses this device from now on, in all publications that the SDK opened a device for, and remembers it for the next visit.
   * `null` leaves it to the system again. Rejects with a `PartylineError`, and then nothing has changed.
   */
  choose(kind: DeviceKind, id: string | null): Promise<void> {
    if (kind !== 'speaker' && !captured.includes(kind)) {
      return Promise.reject(
        new TypeError(`choose(kind): '${String(kind)}' is none of camera, microphone, speaker.`),
      );
    }
    return this.#enqueue(async () => {
      await this.#refresh();
      const device = this.#list.find((each) => each.kind === kind && each.id === id);
      if (id !== null && !device)
        throw new this.#host.PartylineError('media_not_found', `There is no ${kind} '${id}'.`);
      const before = this.#preferred[kind];
      if (device) this.#preferred[kind] = { id: device.id, label: device.label };
      else delete this.#preferred[kind];
      delete this.#home[kind];
      try {
        await this.#use(kind, device ?? this.current(kind), 'chosen');
      } catch (error) {
        if (before) this.#preferred[kind] = before;
        else delete this.#preferred[kind];
        throw error;
      }
      this.#remember();
    });
  }

  /**
   * Opens camera and microphone as calls want them (1280 by 720 at 30, echo cancelled), those that were chosen. Where only one
   * of two can be opened, it is; where none can it rejects with a `PartylineError` in words. What it opened is yours to stop:
   * publish `{ audio, video }` instead where the SDK should.
   */
  async open({ audio = true, video = true }: Wishes = {}): Promise<OpenedDevices> {
    const ask = async (wishes: Wishes): Promise<MediaStreamTrack[]> => {
      const media = await this.#host.openSource(wishes, this.#host.platform);
      return [media.audio, media.video].filter((track) => track !== undefined);
    };
    const with_ = <T>(value: boolean | T, usual: T): boolean | T =>
      value === true ? usual : value;
    const wishes = { audio: with_(audio, good.audio), video: with_(video, good.video) };
    const stream = this.#host.platform.createMediaStream();
    const failed: OpenedDevices['failed'] = [];
    try {
      // Together: the user is asked once.
      for (const track of await ask(wishes)) stream.addTrack(track);
    } catch (error) {
      if (!audio || !video) throw error;
      for (const kind of captured) {
        try {
          const alone = { [mediaKind[kind]]: wishes[mediaKind[kind]] };
          for (const track of await ask(alone)) stream.addTrack(track);
        } catch (reason) {
          failed.push({ kind, error: reason as ErrorType });
        }
      }
      // The words about both are the better ones.
      if (failed.length > 1) throw error;
    }
    // Now there are labels.
    await this.#enqueue(() => this.#refresh());
    return { stream, failed };
  }

  /** Plays an element through the chosen speaker, as it is done with attached ones. */
  route(element: object): void {
    if (this.#speaker) void this.#sink(element, this.#speaker).catch(() => {});
  }

  /** @internal A publication's device ended. Whether another may take its place; if none can, the publication is told. */
  lost(publication: Publication, kind: MediaKind): boolean {
    const device = publication._device(kind);
    if (!device || this.#ended) return false;
    const name = kind === 'video' ? 'camera' : 'microphone';
    const id = device.track.getSettings?.().deviceId;
    void this.#enqueue(async () => {
      const label = device.track.label;
      if (id && !this.#preferred[name]) this.#home[name] ??= { id, label };
      await this.#refresh();
      for (const other of this.#candidates(name, id)) {
        try {
          return await this.#use(name, other, 'lost');
        } catch (error) {
          this.#report(error);
        }
      }
      if (publication._device(kind)?.track === device.track) publication._lost(kind);
      this.#events._emit('switched', { kind: name, device: null, reason: 'lost' });
    });
    return true;
  }

  /** @internal */
  end(): void {
    this.#ended = true;
    for (const stop of this.#stops.splice(0)) stop();
  }

  #enqueue<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(work);
    this.#queue = done.catch((error: unknown) => this.#host.failed('devices', error));
    return done;
  }

  #report(error: unknown): void {
    if (error instanceof this.#host.PartylineError) this.#events._emit('error', { error });
    else this.#host.failed('a device', error);
  }

  async #refresh(): Promise<void> {
    const infos = (await this.#host.media?.enumerateDevices?.()) ?? [];
    const before = JSON.stringify(this.#list);
    this.#list = devicesOf(infos);
    if (JSON.stringify(this.#list) !== before)
      this.#events._emit('change', { devices: this.list() });
  }

  async #watchPermission(kind: Captured): Promise<void> {
    try {
      const status = await this.#host.permissions?.query({ name: kind as PermissionName });
      if (!status) return;
      const read = (): void => {
        this.#permission[kind] = status.state;
      };
      read();
      const changed = (): void => {
        read();
        this.#events._emit('permission', { kind, state: this.#permission[kind] });
        void this.#enqueue(() => this.#refresh());
      };
      status.addEventListener('change', changed);
      this.#stops.push(() => status.removeEventListener('change', changed));
    } catch {
      // A browser that does not know the name throws.
    }
  }

  /** Something was plugged in or out. */
  async #follow(): Promise<void> {
    if (this.#ended) return;
    await this.#refresh();
    for (const kind of captured) {
      const inUse = this.#inUse(kind);
      if (inUse === undefined) continue;
      const home = this.#preferred[kind] ?? this.#home[kind];
      const wanted = pick(this.#list, kind, home, inUse);
      // Where the one in use is gone its track ends, and that is dealt with there.
      if (!wanted || wanted.id === inUse || !this.#list.some(({ id }) => id === inUse)) continue;
      await this.#use(kind, wanted, 'returned').catch((error: unknown) => this.#report(error));
    }
    const speaker = this.#preferred.speaker;
    if (!speaker) return;
    const there = this.#list.find(({ kind, id }) => kind === 'speaker' && id === speaker.id);
    if ((there?.id ?? '') === this.#speaker) return;
    await this.#use('speaker', there ?? null, there ? 'returned' : 'lost').catch((error: unknown) =>
      this.#report(error),
    );
  }

  /** Others than the one that was lost, best first; and that one, which may be listed still, or stand for another. */
  #candidates(kind: Captured, lost: string | undefined): Device[] {
    const these = this.list(kind);
    const best = pick(
      these.filter(({ id }) => id !== lost),
      kind,
      this.#preferred[kind],
      undefined,
    );
    const rest = these.filter((device) => device !== best && device.id !== lost);
    return [
      ...(best ? [best] : []),
      ...rest,
      ...these.filter(({ id }) => id !== '' && id === lost),
    ];
  }

  /** Id of the device that publications use. */
  #inUse(kind: DeviceKind): string | undefined {
    if (kind === 'speaker') return this.#speaker || undefined;
    for (const publication of this.#host.publications()) {
      const device = publication._device(mediaKind[kind]);
      const id = device && !device.released && device.track.getSettings?.().deviceId;
      if (id) return id;
    }
    return undefined;
  }

  async #use(
    kind: DeviceKind,
    device: Device | null,
    reason: DeviceEvents['switched']['reason'],
  ): Promise<void> {
    if (kind === 'speaker') await this.#useSpeaker(device?.id ?? '');
    else if (device) await this.#useCaptured(kind, device.id);
    if (device && reason === 'returned') delete this.#home[kind];
    this.#events._emit('switched', { kind, device, reason });
  }

  async #useCaptured(kind: Captured, id: string): Promise<void> {
    const media = mediaKind[kind];
    for (const publication of this.#host.publications()) {
      const present = publication._device(media);
      if (!present) continue;
      if (present.released) {
        publication._reopenWith(media, id);
        continue;
      }
      if (present.track.readyState === 'live' && present.track.getSettings?.().deviceId === id)
        continue;
      const wish = typeof present.wish === 'object' ? (present.wish as MediaTrackConstraints) : {};
      const opened = await this.#host.openSource(
        { [media]: { ...wish, deviceId: { exact: id } } },
        this.#host.platform,
      );
      const track = opened[media]!;
      // Muted or unpublished while the device was opened.
      const now = publication._device(media);
      if (!now || now.released || now.track !== present.track) {
        track.stop();
        if (now?.released) publication._reopenWith(media, id);
        continue;
      }
      await publication._replace(media, track, true);
    }
  }

  async #useSpeaker(id: string): Promise<void> {
    const elements = [...this.#host.elements];
    await Promise.all(elements.map((element) => this.#sink(element, id)));
    this.#speaker = id;
  }

  async #sink(element: object, id: string): Promise<void> {
    const sink = element as { setSinkId?(id: string): Promise<void> };
    if (!sink.setSinkId) {
      throw new this.#host.PartylineError(
        'media_unsupported',
        'This browser plays through the speaker of the system: none can be chosen.',
      );
    }
    await sink.setSinkId(id);
  }

  /** What the SDK opens from now on is the chosen one, where the application does not say which. */
  #preferChosen(): void {
    const { platform } = this.#host;
    const open = platform.getUserMedia;
    platform.getUserMedia = async (constraints) => {
      const chosen = (wish: boolean | MediaTrackConstraints | undefined, kind: Captured) => {
        const id = this.#idToOpen(kind);
        if (!wish || !id || (typeof wish === 'object' && wish.deviceId)) return wish;
        // Exact: what is only preferred, Chromium gives up for a size that fits better.
        return { ...(typeof wish === 'object' && wish), deviceId: { exact: id } };
      };
      const audio = chosen(constraints.audio, 'microphone') ?? false;
      const video = chosen(constraints.video, 'camera') ?? false;
      try {
        return await open({ ...constraints, audio, video });
      } catch (error) {
        // Where it is gone, or cannot do what is asked, another one will do.
        const same =
          audio === (constraints.audio ?? false) && video === (constraints.video ?? false);
        if (same || (error as Error).name !== 'OverconstrainedError') throw error;
        return open(constraints);
      }
    };
    this.#stops.push(() => (platform.getUserMedia = open));
  }

  #idToOpen(kind: Captured): string | undefined {
    const preferred = this.#preferred[kind];
    // Before the user has allowed one in this page there are no ids to find it by.
    const listed = this.list(kind).some(({ id }) => id !== '');
    return preferred && listed ? this.current(kind)?.id : preferred?.id;
  }

  #recall(): void {
    try {
      const text = this.#host.storage?.getItem(slot);
      const told: unknown = text ? JSON.parse(text) : {};
      for (const kind of ['camera', 'microphone', 'speaker'] as const) {
        const { id, label } = ((told as { [kind: string]: unknown })[kind] ?? {}) as {
          [name: string]: unknown;
        };
        if (typeof id === 'string' && typeof label === 'string')
          this.#preferred[kind] = { id, label };
      }
      this.#speaker = this.#preferred.speaker?.id ?? '';
    } catch {
      // Somebody else's, or refused.
    }
  }

  #remember(): void {
    try {
      this.#host.storage?.setItem(slot, JSON.stringify(this.#preferred));
    } catch {
      // Full, or refused: it is forgotten with the page.
    }
  }
}
