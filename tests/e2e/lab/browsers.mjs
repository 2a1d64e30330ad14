// The system's Chromium where there is one, else Playwright's own, in the tests' network.
import { chromium } from '@playwright/test';
import { existsSync } from 'node:fs';

const installed = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export const chromiumProgram = () => installed.find(existsSync) ?? chromium.executablePath();

/** A host of another name. */
export const elsewhere = 'elsewhere.test';

export const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
  // An origin that is not loopback, while the address is: a page there may still reach the endpoint.
  `--host-resolver-rules=MAP ${elsewhere} 127.0.0.1`,
];

/** A camera and a microphone that are not there in truth, granted without a question. */
export const fakeDevices = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];

/** What is needed where the network is the host's own, without isolation. */
export const hostNetwork = ['--allow-loopback-in-peer-connection'];

/** Starts Chromium. `devices` are the flags that give it a camera and a microphone, `more` come last. */
export function launchChromium(network, { devices = fakeDevices, more = [] } = {}) {
  return chromium.launch({
    executablePath: network.wrapper(chromiumProgram()),
    args: [...flags, ...devices, ...(network.isolated ? [] : hostNetwork), ...more],
  });
}
