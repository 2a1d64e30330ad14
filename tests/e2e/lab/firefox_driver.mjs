// The other end of firefox.mjs: carries out what it is asked for.
import puppeteer from 'puppeteer-core';

const preferences = {
  'media.navigator.streams.fake': true,
  'media.navigator.permission.disabled': true,
  // Addresses as they are: names of hosts on another network cannot be looked up.
  'media.peerconnection.ice.obfuscate_host_addresses': false,
  'media.autoplay.default': 0,
  'media.autoplay.blocking_policy': 0,
};

let browser;
const pages = new Map();

async function open(id) {
  const page = await browser.newPage({ type: 'window' });
  pages.set(id, page);
  const tell = (problem) => process.send({ page: id, problem });
  page.on('console', (message) => message.type() === 'error' && tell(message.text()));
  page.on('pageerror', (error) => tell(String(error)));
}

const verbs = {
  async launch() {
    browser = await puppeteer.launch({
      browser: 'firefox',
      executablePath: process.argv[2],
      headless: true,
      // Endpoints of the tests certify themselves.
      acceptInsecureCerts: true,
      extraPrefsFirefox: preferences,
    });
  },
  open: ({ page }) => open(page),
  goto: async ({ page, url }) => void (await pages.get(page).goto(url)),
  evaluate: ({ page, fn, argument }) =>
    pages.get(page).evaluate(`(${fn})(${JSON.stringify(argument)})`),
  async close({ page }) {
    await pages.get(page).close();
    pages.delete(page);
  },
  quit: () => browser.close(),
};

process.on('message', async ({ id, verb, ...question }) => {
  try {
    process.send({ id, value: await verbs[verb](question) });
  } catch (error) {
    process.send({ id, error: String(error?.message ?? error) });
  }
});

// Whoever asked is gone.
process.on('disconnect', async () => {
  await browser?.close().catch(() => {});
  process.exit();
});
