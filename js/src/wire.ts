// What the client core is told and what it orders: the types of core/include/partyline/client_input.h and client_output.h
// as the door spells them. A test sends each of them through the C++ codec.
import type { ErrorCode } from './errors.js';

/** A JSON value: what metadata may be. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export type MediaKind = 'audio' | 'video';
export type TrackStatus = 'absent' | 'live' | 'muted';
export type LineState = 'idle' | 'connecting' | 'connected' | 'reconnecting' | 'closed';
export type ChannelState = 'joining' | 'joined' | 'reconnecting' | 'left';
export type PeerState = 'connecting' | 'connected' | 'reconnecting' | 'away' | 'left';
export type TokenReason = 'first' | 'expiring' | 'refused';

export interface WireError {
  code: ErrorCode;
  detail: string;
}
export interface SlotMid {
  slot: number;
  mid: string;
}
/** Packets. */
export interface LineStatistics {
  mid: string;
  received: number;
  sent: number;
}
export interface WireCandidate {
  candidate: string;
  mid: string;
  ufrag: string;
}
export interface Attachment {
  slot: number;
  kind: MediaKind;
  track?: number;
  stream: string;
  mid?: string;
}
export interface RemoteTrack {
  connection: number;
  mid: string;
  kind: MediaKind;
}
export interface PublicationInfo {
  name: string;
  audio: TrackStatus;
  video: TrackStatus;
  metadata: Json;
}
export interface MemberInfo {
  peer: string;
  incarnation: number;
  metadata: Json;
  publications: PublicationInfo[];
}

export type Input =
  | { type: 'Join'; call: number; channel: number; name: string; metadata: Json }
  | { type: 'Leave'; channel: number }
  | {
      type: 'Publish';
      call: number;
      channel: number;
      name: string;
      metadata: Json;
      audio?: number;
      video?: number;
      muted: boolean;
    }
  | { type: 'Unpublish'; channel: number; name: string }
  | { type: 'SetMuted'; channel: number; name: string; kind?: MediaKind; muted: boolean }
  | {
      type: 'ReplaceTrack';
      call: number;
      channel: number;
      name: string;
      kind: MediaKind;
      track: number;
    }
  | { type: 'SetPublicationMetadata'; channel: number; name: string; metadata: Json }
  | { type: 'SetMetadata'; channel: number; metadata: Json }
  | {
      type: 'OpenDataChannel';
      channel: number;
      peer: string;
      data_channel: number;
      label: string;
      init: Json;
    }
  | { type: 'CloseDataChannel'; data_channel: number }
  | { type: 'RetryNow' }
  | { type: 'Close' }
  | { type: 'SocketOpened'; socket: number }
  | { type: 'FrameReceived'; socket: number; text: string }
  | { type: 'BinaryReceived'; socket: number }
  | { type: 'SocketClosed'; socket: number; code: number; reason: string }
  | { type: 'TokenReady'; operation: number; token: string }
  | { type: 'TokenFailed'; operation: number; text: string }
  | { type: 'OfferMade'; operation: number; sdp: string; mids: SlotMid[] }
  | { type: 'AnswerMade'; operation: number; sdp: string; mids: SlotMid[] }
  | { type: 'AnswerAccepted'; operation: number }
  | { type: 'OperationFailed'; operation: number; name: string; text: string }
  | { type: 'CandidateGathered'; connection: number; candidate: WireCandidate }
  | { type: 'GatheringComplete'; connection: number }
  | { type: 'ConnectionStateChanged'; connection: number; state: RTCPeerConnectionState }
  | { type: 'StatisticsRead'; connection: number; lines: LineStatistics[] }
  | { type: 'WentOnline' }
  | { type: 'WentOffline' }
  | { type: 'Resumed' }
  | { type: 'PageHidden'; persisted: boolean }
  | { type: 'ChannelFrame'; channel: number; membership: number; text: string }
  | { type: 'NumbersUsed'; last: number }
  | { type: 'Wakeup' };

export type Output =
  | { type: 'OpenSocket'; socket: number; url: string }
  | { type: 'SendFrame'; socket: number; text: string }
  | { type: 'CloseSocket'; socket: number; code: number; reason: string }
  | { type: 'RequestToken'; operation: number; reason: TokenReason }
  | {
      type: 'CreateConnection';
      connection: number;
      channel: number;
      peer: string;
      ice_servers: RTCIceServer[];
      ice_transport_policy: RTCIceTransportPolicy;
    }
  | { type: 'SetIceServers'; ice_servers: RTCIceServer[] }
  | {
      type: 'MakeOffer';
      operation: number;
      connection: number;
      attach: Attachment[];
      ice_restart: boolean;
    }
  | {
      type: 'AcceptOffer';
      operation: number;
      connection: number;
      sdp: string;
      attach: Attachment[];
    }
  | { type: 'AcceptAnswer'; operation: number; connection: number; sdp: string }
  | { type: 'AddCandidates'; connection: number; candidates: WireCandidate[] }
  | { type: 'SetTrack'; connection: number; slot: number; track?: number }
  | { type: 'DetachSlot'; connection: number; slot: number }
  | { type: 'ReadStatistics'; connection: number }
  | { type: 'CloseConnection'; connection: number }
  | {
      type: 'OpenDataChannel';
      connection: number;
      data_channel: number;
      label: string;
      init: RTCDataChannelInit | null;
    }
  | { type: 'EndDataChannel'; data_channel: number }
  | { type: 'CallDone'; call: number; error?: WireError }
  | {
      type: 'LineStateChanged';
      from: LineState;
      to: LineState;
      code: ErrorCode | '';
      reason: string;
      retry_in_ms?: number;
    }
  | { type: 'HandOver'; text: string }
  | { type: 'Identified'; peer: string }
  | { type: 'LineError'; error: WireError }
  | {
      type: 'ChannelStateChanged';
      channel: number;
      from: ChannelState;
      to: ChannelState;
      code: ErrorCode | '';
      reason: string;
    }
  | { type: 'ChannelError'; channel: number; peer: string; error: WireError }
  | { type: 'PeerJoined'; channel: number; member: MemberInfo }
  | { type: 'PeerLeft'; channel: number; peer: string; reason: string }
  | { type: 'PeerStateChanged'; channel: number; peer: string; from: PeerState; to: PeerState }
  | { type: 'PeerMetadataChanged'; channel: number; peer: string; metadata: Json }
  | {
      type: 'PeerPublicationsChanged';
      channel: number;
      peer: string;
      publications: PublicationInfo[];
    }
  | {
      type: 'StreamAdded';
      channel: number;
      peer: string;
      name: string;
      metadata: Json;
      tracks: RemoteTrack[];
    }
  | {
      type: 'StreamTracksChanged';
      channel: number;
      peer: string;
      name: string;
      tracks: RemoteTrack[];
    }
  | { type: 'StreamRemoved'; channel: number; peer: string; name: string }
  | { type: 'ConnectionReset'; channel: number; peer: string; connection: number }
  | {
      type: 'ChannelRoute';
      channel: number;
      name: string;
      numbers_above: number;
      open: boolean;
      expected: string[];
    }
  | {
      type: 'MembershipBegan';
      channel: number;
      membership: number;
      me: string;
      incarnation: number;
      restart: boolean;
      missed: boolean;
    }
  | { type: 'ChannelFrame'; channel: number; text: string }
  | { type: 'Log'; level: 'debug' | 'info' | 'warning' | 'error'; text: string };

/** One variant of a union of `{ type }` objects, by its name. */
export type Named<U extends { type: string }, T extends U['type']> = Extract<U, { type: T }>;

/** What all inputs and outputs are. */
export interface Typed {
  type: string;
}

/** What `Core.step` returns, parsed. */
export type StepResult<Out> = { outputs: Out[]; wakeup: number | null } | { error: WireError };
