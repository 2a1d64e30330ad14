// A Chromium whose tabs are treated as a user's are: those behind another tab are hidden, their timers are throttled, they can be
// frozen, and pages that were left are kept for the back button. Playwright sees to it that none of that happens, so it is driven by
// another program.
import puppeteer from 'puppeteer-core';
import { chromiumProgram, fakeDevices, flags, hostNetwork } from './browsers.mjs';

const notWanted = [
  '--disable-background-timer-throttling',
  '--disable-renderer-backgrounding',
  '--disable-backgrounding-occluded-windows',
  '--disable-back-forward-cache',
];

/** The pages of its windows have as much of Playwright's interface as `Client` needs. */
export function launchTabs(network) {
  return puppeteer.launch({
    executablePath: network.wrapper(chromiumProgram()),
    pipe: true,
    ignoreDefaultArgs: notWanted,
    args: [...flags, ...fakeDevices, ...(network.isolated ? [] : hostNetwork)],
  });
}

/** Puts another tab in front of a page. */
export async function hide(page) {
  const other = await page.browser().newPage();
  await other.bringToFront();
  await page.waitForFunction(() => document.visibilityState === 'hidden', { polling: 50 });
  return other;
}

/** Stops a hidden page, as browsers do with tabs that nobody has looked at for some minutes; returns how to let it go on. */
export async function freeze(page) {
  const devtools = await page.createCDPSession();
  const become = (state) => devtools.send('Page.setWebLifecycleState', { state });
  await become('frozen');
  return () => become('active');
}

/** Counts what the page says to endpoints, by the type of the message. */
export async function countFrames(page) {
  const counts = {};
  const devtools = await page.createCDPSession();
  devtools.on('Network.webSocketFrameSent', ({ response }) => {
    const [, type = '?'] = /"type":"([\w-]+)"/.exec(response.payloadData) ?? [];
    counts[type] = (counts[type] ?? 0) + 1;
  });
  await devtools.send('Network.enable');
  return counts;
}
