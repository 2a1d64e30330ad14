// A call between two pages of one kind, and what became of it.
import { within } from './lab.mjs';

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// A connection that found no path fails after 15 s, and is made anew by some.
const setUpMs = 40_000;
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
  /** `openPage(side)` gives the pages of the first and the second, `where` is the signalling's `url`, the `key` to it, and the `room`. */
  static async begin(openPage, where, what = media) {
    const { room } = where;
    const call = new Call();
    call.begun = Date.now();
    try {
      for (const [side, name] of ['first', 'second'].entries()) {
        const page = await openPage(side, (opened) => call.#watch(opened));
        const given = { ...where, name, first: side === 0, media: what };
        const joined = page.evaluate((all) => window.recovery.join(all), given);
        await within(setUpMs, joined, `${room}: ${name} joins`);
      }
      const ready = call.pages.map((page) => page.waitForFunction(() => window.recovery.isReady()));
      await within(setUpMs, Promise.all(ready), `${room} is set up`);
    } catch (error) {
      error.told = await call.told();
      await call.close();
      throw error;
    }
    return call;
  }

  pages = [];
  #problems = [];

  /** Keeps a page, and what it complains of. */
  #watch(page) {
    const side = this.pages.push(page);
    const note = (text) => this.#problems.push(`${Date.now() - this.begun} side ${side}: ${text}`);
    page.on('pageerror', (error) => note(error.message));
    page.on('console', (message) => message.type() === 'error' && note(message.text()));
    page.on('requestfailed', (request) =>
      note(`${request.url()}: ${request.failure()?.errorText}`),
    );
  }

  /** What became of it, for who wonders why. */
  async told() {
    const asked = this.pages.map((page) =>
      within(
        answerMs,
        page.evaluate((begun) => window.recovery.told(begun), this.begun),
        'told',
      ).catch(({ message }) => message),
    );
    return { sides: await Promise.all(asked), problems: this.#problems };
  }

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

  /** From the end of each side's socket after a moment to its being usable, undefined where it is not within so long. */
  async usableAgain(moment, patienceMs) {
    const after = (moments) => moments.find((each) => each > moment);
    const sides = async () =>
      (await this.facts()).map(({ socketsEnded, usable }) => {
        const ended = after(socketsEnded);
        const back = ended && usable.find((each) => each > ended);
        return back && Math.round(back - ended);
      });
    let found = await sides();
    for (const end = Date.now() + patienceMs; Date.now() < end; found = await sides()) {
      if (found.every((each) => each !== undefined)) break;
      await sleep(50);
    }
    return found;
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
