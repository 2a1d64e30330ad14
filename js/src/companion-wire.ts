// What the companion is told and what it orders: the types of core/include/partyline/companion_input.h and companion_output.h as
// its door spells them. A test sends each of them through the C++ codec.
import type { Input, MediaKind, Named, Output, Typed } from './wire.js';

export interface SenderInfo {
  slot: number;
  publication: string;
  kind: MediaKind;
  width: number;
  height: number;
  framerate: number;
  cpu_limited: boolean;
  bandwidth_limited: boolean;
}

/** Whole numbers; bits and pictures per second, lines, hundredths. */
export interface SendingWishes {
  video_bitrate_max?: number;
  audio_bitrate_max?: number;
  framerate_max?: number;
  height_max?: number;
  scale_percent?: number;
  degradation: string;
}

// What the core orders or tells, and what it is told, that the companion is told as well, in the same words.
const told = [
  'ChannelRoute',
  'MembershipBegan',
  'ChannelFrame',
  'ChannelStateChanged',
  'PeerJoined',
  'PeerLeft',
  'CreateConnection',
  'CloseConnection',
] as const satisfies readonly Output['type'][];
const heard = ['ConnectionStateChanged'] as const satisfies readonly Input['type'][];
const orders = ['ChannelFrame', 'NumbersUsed'] as const satisfies readonly Input['type'][];

export type CompanionFact =
  Named<Output, (typeof told)[number]> | Named<Input, (typeof heard)[number]>;
export type CoreOrder = Named<Input, (typeof orders)[number]>;

const isOneOf = <T extends Typed>(types: readonly string[], it: Typed): it is T =>
  types.includes(it.type);

export const isFact = (output: Output): output is CompanionFact & Output => isOneOf(told, output);
export const isFactToo = (input: Input): input is CompanionFact & Input => isOneOf(heard, input);
/** What the companion wants of the core. */
export const isCoreOrder = (output: CompanionOutput): output is CoreOrder =>
  isOneOf(orders, output);

/** What the companion alone is told. */
export type CompanionWish =
  | {
      type: 'SendMessage';
      call: number;
      channel: number;
      to: string[];
      topic: string;
      format: string;
      body: string;
    }
  | { type: 'SetSending'; channel: number; publication: string; wishes: SendingWishes }
  | { type: 'SetPaused'; channel: number; peer: string; publication: string; paused: boolean }
  | {
      type: 'ShowView';
      view: number;
      channel: number;
      peer: string;
      publication: string;
      width: number;
      height: number;
    }
  | { type: 'EndView'; view: number; forget: boolean }
  | { type: 'SetBudget'; uplink_bitrate_max?: number; encoded_pixels_max?: number }
  | { type: 'LaneOpened'; connection: number }
  | { type: 'LaneTextReceived'; connection: number; text: string }
  | { type: 'LaneClosed'; connection: number }
  | {
      type: 'SendersRead';
      connection: number;
      channel: number;
      peer: string;
      available_bitrate?: number;
      senders: SenderInfo[];
    };

export type CompanionInput = CompanionFact | CompanionWish | Named<Input, 'Wakeup'>;

/** What the companion alone tells. */
export type CompanionNews = {
  type: 'MessageReceived';
  channel: number;
  peer: string;
  topic: string;
  format: string;
  body: string;
};

/** What the companion alone orders. */
export type CompanionOrder =
  | {
      type: 'SetEncoding';
      connection: number;
      slot: number;
      active: boolean;
      bitrate_max?: number;
      framerate_max?: number;
      scale_percent: number;
      priority: string;
      degradation: string;
    }
  | { type: 'SendLaneText'; connection: number; text: string };

/** What its shim tells of the page. */
export type PageNews = { type: 'PlaybackChanged'; blocked: boolean };

export type CompanionOutput =
  CoreOrder | CompanionNews | CompanionOrder | Named<Output, 'CallDone' | 'ChannelError' | 'Log'>;
