// End to end: real browsers, the real endpoint, a network of the tests' own.
import { defineConfig } from '@playwright/test';
import { canIsolate } from './lab/network.mjs';

if (!canIsolate() && process.env.TEST_WORKER_INDEX === undefined) {
  console.log(
    'No network namespace can be made (it takes root on Linux): calls run on the loopback interface of this machine instead.',
  );
}

export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.mjs',
  outputDir: '../../test-results/e2e',
  forbidOnly: Boolean(process.env.CI),
  // Two browsers' worth of video codecs fill two cores; more at once would only measure the machine.
  workers: 1,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: process.env.CI
    ? [['list'], ['html', { open: 'never', outputFolder: '../../playwright-report' }]]
    : 'list',
  use: { screenshot: 'only-on-failure' },
});
