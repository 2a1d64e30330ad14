// Firefox by WebDriver BiDi. Its driver must reach it over the loopback interface, so the driver runs in the tests' network too, as
// a process of its own that is talked to by messages.
import { existsSync } from 'node:fs';
import { at } from './places.mjs';

const installed = ['/usr/bin/firefox-esr', '/usr/bin/firefox'];

export const firefoxProgram = () => installed.find(existsSync);

/** A page in Firefox, with as much of Playwright's interface as `Client` needs. */
class FirefoxPage {
  constructor(browser, id) {
    this.browser = browser;
    this.id = id;
    this.problems = [];
  }

  goto(url) {
    return this.browser.ask({ verb: 'goto', page: this.id, url });
  }

  evaluate(fn, argument) {
    return this.browser.ask({
      verb: 'evaluate',
      page: this.id,
      fn: String(fn),
      argument: argument ?? null,
    });
  }

  close() {
    return this.browser.ask({ verb: 'close', page: this.id });
  }
}

export class Firefox {
  #asked = new Map();
  #pages = new Map();
  #lastId = 0;

  static async launch(network) {
    const program = firefoxProgram();
    if (!program) throw new Error('Firefox is not installed: apt-get install firefox-esr');
    const driver = network.spawn(
      process.execPath,
      [at('tests', 'e2e', 'lab', 'firefox_driver.mjs'), program],
      {
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      },
    );
    const firefox = new Firefox(driver);
    await firefox.ask({ verb: 'launch' });
    return firefox;
  }

  constructor(driver) {
    this.driver = driver;
    driver.on('message', (message) => this.#receive(message));
    driver.on('exit', () => {
      for (const { reject } of this.#asked.values())
        reject(new Error('the driver of Firefox ended'));
      this.#asked.clear();
    });
  }

  #receive({ id, value, error, page, problem }) {
    if (problem !== undefined) {
      this.#pages.get(page)?.problems.push(problem);
      return;
    }
    const { resolve, reject } = this.#asked.get(id);
    this.#asked.delete(id);
    if (error === undefined) resolve(value);
    else reject(new Error(error));
  }

  ask(question) {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { resolve, reject });
      this.driver.send({ id, ...question });
    });
  }

  async newPage() {
    const page = new FirefoxPage(this, ++this.#lastId);
    this.#pages.set(page.id, page);
    await this.ask({ verb: 'open', page: page.id });
    return page;
  }

  async close() {
    await this.ask({ verb: 'quit' });
    this.driver.disconnect();
    await new Promise((resolve) => {
      if (this.driver.exitCode !== null) resolve();
      else this.driver.once('exit', resolve);
    });
  }
}
