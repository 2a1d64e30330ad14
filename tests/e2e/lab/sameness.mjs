// What must be the same after an outage as before it: objects, and what the application was told of the others.
import { expect, test } from '@playwright/test';

const mayBeRebuilt = / has (another connection|other tracks)$/;
/** What is told of the line, and of a connection that had to be made anew. */
const beingRebuilt = /^(state|connection-reset|error negotiation_failed) /;

const isOf = (event, stream) => event.startsWith('stream-') && event.endsWith(` ${stream}`);

/**
 * Compares with what `Client.remember` found: the same peers and streams, and nobody joined, left, appeared or went away. The
 * connection is the same too, and what comes by it, unless it may have been `rebuilt`. A stream that was `published` meanwhile may be
 * told of.
 */
export async function expectSame(clients, { rebuilt = false, published } = {}) {
  for (const client of clients) {
    const { different, events } = await client.compare();
    const allowed = (what) => rebuilt && mayBeRebuilt.test(what);
    expect(
      different.filter((what) => !allowed(what)),
      `what is different for ${client.name}`,
    ).toEqual([]);
    const expected = rebuilt ? beingRebuilt : /^state /;
    expect(
      events.filter((event) => !expected.test(event) && !isOf(event, published)),
      `what ${client.name} was told`,
    ).toEqual([]);
  }
}

/** Writes down how long each was without a picture, and which other `times` in ms there are by name. Machines differ: nothing is asserted. */
export async function reportTimes(clients, times = {}) {
  const info = test.info();
  const note = (type, ms) => info.annotations.push({ type, description: `${Math.round(ms)} ms` });
  for (const client of clients)
    note(`longest gap of ${client.name}`, (await client.compare()).longestGap);
  for (const [name, ms] of Object.entries(times)) note(name, ms);
  const words = info.annotations.map(({ type, description }) => `${type}: ${description}`);
  if (process.env.PARTYLINE_TIMES) console.log(`  ${info.title}\n    ${words.join('\n    ')}`);
}
