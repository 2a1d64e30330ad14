// A call between two pages of one kind, and what became of it.
import { within } from './lab.mjs';

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const setUpMs = 20_000;
const answerMs = 10_000;
const media = { hue: 'red', tone: 440, width: 320, height: 240, framesPerSecond: 30 };
/** For several calls at a time. */
export const lightMedia = { hue: 'red', tone: 440, width: 160, height: 120, framesPerSecond: 20 };

/** The longest time without a picture between two moments. */
function longestGap(pictures, from, to) {
  const before = pictures.findLast((moment) => moment <= from) ?? from;
  const moments = [before, ...pictures.filter((moment) => moment > from && moment < to), to];
  return Math.max(...moments.slice(1).map((moment, index) => moment - moments[index]));
}

export class Call {
  /** `url` leads to the signalling, `openPage(side)` gives the pages of the first and the second. */
  static async begin(openPage, url, room, what = media) {
    const call = new Call();
    try {
      for (const [side, name] of ['first', 'second'].entries()) {
        const page = await openPage(side);
        call.pages.push(page);
        const given = { url, room, name, first: side === 0, media: what };
        await within(
          setUpMs,
          page.evaluate((where) => window.recovery.join(where), given),
          room,
        );
      }
      const ready = call.pages.map((page) => page.waitForFunction(() => window.recovery.isReady()));
      await within(setUpMs, Promise.all(ready), `${room} is set up`);
    } catch (error) {
      await call.close();
      throw error;
    }
    return call;
  }

  pages = [];

  /** Calls a function in both pages. */
  each(fn, argument) {
    const called = this.pages.map((page) => page.evaluate(fn, argument));
    return within(answerMs, Promise.all(called), 'an answer of the pages');
  }

  facts() {
    return this.each(() => window.recovery.facts());
  }

  /** The longest time without a picture on either side, in milliseconds. */
  async longestGap(from, to = Date.now()) {
    const gaps = (await this.facts()).map(({ pictures }) => longestGap(pictures, from, to));
    return Math.round(Math.max(...gaps));
  }

  /** When both sides saw a picture again after a moment, or undefined if they do not within so long. */
  async picturesAfter(moment, patienceMs) {
    const firsts = async () =>
      (await this.facts()).map(({ pictures }) => pictures.find((each) => each > moment));
    for (const end = Date.now() + patienceMs; Date.now() < end; await sleep(200)) {
      const found = await firsts();
      if (found.every(Boolean)) return Math.max(...found);
    }
    return undefined;
  }

  /** From the end of each side's socket after a moment to its being usable; rejects when it does not become that. */
  async usableAgain(moment, patienceMs) {
    const after = (moments) => moments.find((each) => each > moment);
    for (const end = Date.now() + patienceMs; Date.now() < end; await sleep(50)) {
      const sides = (await this.facts()).map(({ socketsEnded, usable }) => {
        const ended = after(socketsEnded);
        return ended && usable.find((each) => each > ended) - ended;
      });
      if (sides.every(Boolean)) return sides;
    }
    throw new Error(`not usable again within ${patienceMs} ms`);
  }

  /** Whether the first data channel still carries something, both ways. */
  async pipesWork(word) {
    const said = await this.each((text) => window.recovery.say(text), word);
    if (!said.every(Boolean)) return false;
    for (const end = Date.now() + 2_000; Date.now() < end; await sleep(50)) {
      const facts = await this.facts();
      if (facts.every(({ heard, pipes }) => heard.includes(word) && pipes === 1)) return true;
    }
    return false;
  }

  async close() {
    for (const page of this.pages) await page.context().close();
  }
}
