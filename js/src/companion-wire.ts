// What the companion is told and what it orders: the types of core/include/partyline/companion_input.h and companion_output.h as
// its door spells them. A test sends each of them through the C++ codec.
import type { Input, MediaKind, Named, Output } from './wire.js';

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

/** What the core orders or tells that the companion is told as well, in the same words. */
type FactName = never;
const facts: ReadonlySet<string> = new Set<FactName>([]);

export type CompanionFact = Named<Output, FactName>;
export const isFact = (output: Output): output is CompanionFact => facts.has(output.type);

/** What is not for the core but for the companion. */
export type CompanionWish =
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
  | { type: 'LaneOpened' | 'LaneClosed'; connection: number }
  | { type: 'LaneTextReceived'; connection: number; text: string }
  | {
      type: 'SendersRead';
      connection: number;
      channel: number;
      peer: string;
      available_bitrate?: number;
      senders: SenderInfo[];
    };

export type CompanionInput = CompanionFact | CompanionWish | Named<Input, 'Wakeup'>;

export type CompanionOutput =
  | Named<Output, 'CallDone' | 'Log'>
  | { type: 'SendLaneText'; connection: number; text: string }
  | {
      type: 'SetEncoding';
      connection: number;
      slot: number;
      active: boolean;
      bitrate_max?: number;
      framerate_max?: number;
      scale_percent: number;
      priority: RTCPriorityType;
      degradation: RTCDegradationPreference | '';
    };

/** What the companion's shim tells the application. */
export type CompanionNews = { type: 'PlaybackChanged'; blocked: boolean };
