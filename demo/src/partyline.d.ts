// Stands in for the package's own types until it is built.
declare module 'partyline' {
  type Json = unknown;
  class Emitter<E> {
    on<K extends keyof E>(event: K, listener: (detail: E[K]) => void): unknown;
  }
  export type LineState = 'idle' | 'connecting' | 'connected' | 'reconnecting' | 'closed';
  export type ChannelState = 'joining' | 'joined' | 'reconnecting' | 'left';
  export type PeerState = 'connecting' | 'connected' | 'reconnecting' | 'away' | 'left';
  export type TrackStatus = 'absent' | 'live' | 'muted';
  export interface StateChange<S> {
    from: S;
    to: S;
    code?: string;
    reason?: string;
    retryInMs?: number;
  }
  export class PartylineError extends Error {
    readonly code: string;
    readonly retryable: boolean;
  }
  export class Partyline extends Emitter<{
    state: StateChange<LineState>;
    error: { error: PartylineError };
  }> {
    constructor(options: { endpoint: string | string[]; key?: string });
    readonly state: LineState;
    join(name: string, options?: { metadata?: Json; signal?: AbortSignal }): Promise<Channel>;
    retryNow(): void;
    close(): void;
  }
  export class Channel extends Emitter<{
    'peer-joined': { peer: Peer };
    'peer-left': { peer: Peer; reason: string };
    'peer-updated': { peer: Peer };
    'stream-added': { peer: Peer; stream: MediaStream; name: string; metadata: Json };
    'stream-removed': { peer: Peer; stream: MediaStream; name: string; metadata: Json };
    state: StateChange<ChannelState>;
    error: { error: PartylineError };
  }> {
    readonly name: string;
    readonly state: ChannelState;
    readonly peers: Map<string, Peer>;
    readonly publications: Map<string, Publication>;
    publish(
      source: MediaStream | MediaStreamTrack | MediaStreamConstraints | { screen: true },
      options?: { name?: string; metadata?: Json; muted?: boolean },
    ): Promise<Publication>;
    setMetadata(patch: Record<string, Json>): void;
    leave(): void;
  }
  export interface PeerPublication {
    readonly name: string;
    readonly metadata: Json;
    readonly audio: TrackStatus;
    readonly video: TrackStatus;
    readonly stream: MediaStream | null;
  }
  export class Peer extends Emitter<{ state: StateChange<PeerState>; metadata: unknown }> {
    readonly id: string;
    readonly metadata: Json;
    readonly state: PeerState;
    readonly publications: Map<string, PeerPublication>;
  }
  export class Publication extends Emitter<{ ended: { reason: string } }> {
    readonly name: string;
    readonly stream: MediaStream;
    mute(kind?: 'audio' | 'video'): void;
    unmute(kind?: 'audio' | 'video'): void;
    replaceTrack(track: MediaStreamTrack): Promise<void>;
    unpublish(): void;
  }
}
