// The user's own camera and microphone: what they want, what there is, and what is in the way. Independent of any call.
import { Changes } from './changes';
import { remember, remembered } from './remembered';

export type Kind = 'audio' | 'video';
export type Problem = 'denied' | 'missing' | 'busy' | 'insecure' | 'failed' | null;

export interface Source {
  /** The user wants it on. */
  on: boolean;
  track: MediaStreamTrack | null;
  problem: Problem;
  opening: boolean;
}

export const kinds: readonly Kind[] = ['audio', 'video'];
const deviceKind = { audio: 'audioinput', video: 'videoinput' } as const;
const permission = { audio: 'microphone', video: 'camera' } as const;

function problemOf(error: unknown): Exclude<Problem, null> {
  switch (error instanceof Error ? error.name : '') {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'denied';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'missing';
    case 'NotReadableError':
    case 'AbortError':
      return 'busy';
    default:
      return 'failed';
  }
}

export class LocalMedia extends Changes {
  readonly audio: Source = {
    on: remembered.microphoneOn,
    track: null,
    problem: null,
    opening: false,
  };
  readonly video: Source = { on: remembered.cameraOn, track: null, problem: null, opening: false };
  devices: MediaDeviceInfo[] = [];
  /** Told when a device went away by itself. */
  onUnplugged: (kind: Kind) => void = () => {};

  private readonly attempts = { audio: 0, video: 0 };
  private readonly api: MediaDevices | undefined = navigator.mediaDevices;

  constructor() {
    super();
    this.api?.addEventListener('devicechange', () => void this.devicesChanged());
    for (const kind of kinds) void this.watchPermission(kind);
  }

  /** Opens what the user wants and has not got. May make the browser ask for permission. */
  async open(wanted: readonly Kind[] = kinds): Promise<void> {
    const missing = wanted.filter((kind) => this.needs(kind));
    if (missing.length === 0) return;
    if (!this.api?.getUserMedia) {
      for (const kind of missing) this[kind].problem = 'insecure';
      this.changed();
      return;
    }
    const tickets = missing.map((kind) => this.begin(kind));
    // One request for both, so that the browser asks once; what fails together may work alone.
    const together = await this.request(missing);
    if (together instanceof MediaStream) {
      missing.forEach((kind, i) => this.take(kind, tickets[i]!, together));
    } else {
      for (const [i, kind] of missing.entries())
        await this.openAlone(kind, tickets[i]!, together, missing.length > 1);
    }
    await this.listDevices();
  }

  async setOn(kind: Kind, on: boolean): Promise<void> {
    const source = this[kind];
    source.on = on;
    remember(kind === 'audio' ? { microphoneOn: on } : { cameraOn: on });
    // A microphone is kept, so that it is back without delay; a camera is let go, so that its light goes out.
    if (source.track && kind === 'audio') source.track.enabled = on;
    if (!on && kind === 'video') this.release(kind);
    if (!on) source.problem = null;
    this.changed();
    if (on) await this.open([kind]);
  }

  /** Tries again after a problem. */
  retry(): void {
    for (const kind of kinds) if (this[kind].problem) this[kind].on = true;
    void this.open();
  }

  choose(kind: Kind, deviceId: string): void {
    remember(kind === 'audio' ? { microphone: deviceId } : { camera: deviceId });
    this.release(kind);
    this[kind].on = true;
    remember(kind === 'audio' ? { microphoneOn: true } : { cameraOn: true });
    this.changed();
    void this.open([kind]);
  }

  /** Lets go of both devices, for when no call is near. */
  stop(): void {
    for (const kind of kinds) this.release(kind);
    this.changed();
  }

  /** The device in use, or else the one that would be. */
  current(kind: Kind): string {
    const used = this[kind].track?.getSettings().deviceId;
    return used ?? (kind === 'audio' ? remembered.microphone : remembered.camera);
  }

  list(kind: Kind): MediaDeviceInfo[] {
    return this.devices.filter((info) => info.kind === deviceKind[kind] && info.deviceId !== '');
  }

  private needs(kind: Kind): boolean {
    const source = this[kind];
    return source.on && !source.track && !source.opening;
  }

  private begin(kind: Kind): number {
    this[kind].opening = true;
    this[kind].problem = null;
    this.changed();
    return ++this.attempts[kind];
  }

  private release(kind: Kind): void {
    this.attempts[kind]++;
    this[kind].opening = false;
    this[kind].track?.stop();
    this[kind].track = null;
  }

  private constraints(kind: Kind): MediaTrackConstraints {
    const chosen = kind === 'audio' ? remembered.microphone : remembered.camera;
    // Ideal, not exact: a device that was unplugged since must not be in the way of the others.
    const deviceId = chosen ? { deviceId: { ideal: chosen } } : {};
    return kind === 'audio'
      ? { ...deviceId, echoCancellation: true, noiseSuppression: true, autoGainControl: true }
      : { ...deviceId, width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };
  }

  private async request(wanted: readonly Kind[]): Promise<MediaStream | unknown> {
    try {
      return await this.api!.getUserMedia(
        Object.fromEntries(wanted.map((kind) => [kind, this.constraints(kind)])),
      );
    } catch (error) {
      return error;
    }
  }

  private async openAlone(
    kind: Kind,
    ticket: number,
    error: unknown,
    wasTogether: boolean,
  ): Promise<void> {
    let result = error;
    // A refusal stands, unless the browser says that this one of the two is allowed: nobody is asked twice.
    const denied = problemOf(error) === 'denied';
    if (wasTogether && (!denied || (await this.permissionState(kind)) === 'granted'))
      result = await this.request([kind]);
    if (result instanceof MediaStream) this.take(kind, ticket, result);
    else if (ticket === this.attempts[kind]) {
      this[kind].opening = false;
      this[kind].problem = problemOf(result);
      this.changed();
    }
  }

  private take(kind: Kind, ticket: number, stream: MediaStream): void {
    const track = stream.getTracks().find((candidate) => candidate.kind === kind);
    if (ticket !== this.attempts[kind]) {
      track?.stop();
      return;
    }
    const source = this[kind];
    source.opening = false;
    if (!track) {
      source.problem = 'failed';
    } else {
      source.track = track;
      track.enabled = source.on;
      track.contentHint = kind === 'video' ? 'motion' : 'speech';
      track.addEventListener('ended', () => this.lost(kind, track));
    }
    this.changed();
  }

  /** The device was unplugged, or the permission taken back: another one may do. */
  private lost(kind: Kind, track: MediaStreamTrack): void {
    if (this[kind].track !== track) return;
    this[kind].track = null;
    this.onUnplugged(kind);
    this.changed();
    void this.open([kind]);
  }

  private async devicesChanged(): Promise<void> {
    await this.listDevices();
    for (const kind of kinds) if (this[kind].problem === 'missing') await this.open([kind]);
  }

  private async listDevices(): Promise<void> {
    try {
      this.devices = (await this.api?.enumerateDevices()) ?? [];
    } catch {
      this.devices = [];
    }
    this.changed();
  }

  private async permissionState(kind: Kind): Promise<string> {
    return (await this.queryPermission(kind))?.state ?? 'unknown';
  }

  private async queryPermission(kind: Kind): Promise<PermissionStatus | null> {
    try {
      return await navigator.permissions.query({ name: permission[kind] as PermissionName });
    } catch {
      return null;
    }
  }

  private async watchPermission(kind: Kind): Promise<void> {
    const status = await this.queryPermission(kind);
    status?.addEventListener('change', () => {
      if (status.state === 'granted' && this[kind].problem === 'denied') void this.open([kind]);
    });
  }
}
