// What the companion is told and what it orders: the types of core/include/partyline/companion_input.h and companion_output.h as
// its door spells them. A test sends each of them through the C++ codec.
import type { Sending } from './sending.js';
import type { Input, Named, Output } from './wire.js';

/** What the core orders or tells that the companion is told as well, in the same words. */
type FactName = never;
const facts: ReadonlySet<string> = new Set<FactName>([]);

export type CompanionFact = Named<Output, FactName>;
export const isFact = (output: Output): output is CompanionFact => facts.has(output.type);

/** What is not for the core but for the companion. */
export type CompanionWish = {
  type: 'SetSending';
  channel: number;
  name: string;
  options: Sending;
};

export type CompanionInput = CompanionFact | CompanionWish | Named<Input, 'Wakeup'>;

export type CompanionOutput = Named<Output, 'CallDone' | 'Log'>;
