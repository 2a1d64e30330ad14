// What the companion is told and what it orders: the types of core/include/partyline/companion_input.h and companion_output.h as
// its door spells them. A test sends each of them through the C++ codec.
import type { Input, Named, Output, Typed } from './wire.js';

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
export type CompanionWish = {
  type: 'SendMessage';
  call: number;
  channel: number;
  to: string[];
  topic: string;
  format: string;
  body: string;
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

export type CompanionOutput =
  CoreOrder | CompanionNews | Named<Output, 'CallDone' | 'ChannelError' | 'Log'>;
