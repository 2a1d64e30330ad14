export { Partyline } from './partyline.js';
export type { JoinOptions, PartylineEvents, SendingBudget } from './partyline.js';
export type { Channel, ChannelEvents, PublishOptions, SendOptions } from './channel.js';
export type { MessageData, ReceivedData } from './data.js';
export type { AttachOptions, DisplaySize, Peer, PeerEvents, RemotePublication } from './peer.js';
export type { Publication, PublicationEvents } from './publication.js';
export type { DataChannelEvents, PartylineDataChannel } from './data-channel.js';
export type { EndReason, MediaSource } from './media.js';
export type { Sending, SendingOptions } from './sending.js';
export type {
  Device,
  DeviceEvents,
  DeviceKind,
  Devices,
  OpenedDevices,
  Permission,
} from './companion/devices.js';
export { PartylineError } from './errors.js';
export type { ErrorCode } from './errors.js';
export type { Logger, PartylineOptions, ReconnectOptions, TokenContext } from './options.js';
export type { Platform } from './platform.js';
export type {
  ChannelState,
  Json,
  LineState,
  MediaKind,
  PeerState,
  TokenReason,
  TrackStatus,
} from './wire.js';
