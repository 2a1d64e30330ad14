// What `logger.transcript` writes in a browser is played to a native core, which answers as the one in the browser did.
// PARTYLINE_KEEP_TRANSCRIPT=FILE keeps it: tests/transcripts has one, of the inputs alone, so that it fits a core that says more.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { BreakableWay } from './lab/breakable_way.mjs';
import { at } from './lab/places.mjs';
import { expect, expectCall, green, red, test } from './lab/test.mjs';

const program = at('build', 'native', 'tests', 'sim', 'partyline-sim');

function replay(file) {
  try {
    return execFileSync(program, ['--replay', file], { encoding: 'utf8', maxBuffer: 1 << 28 });
  } catch (error) {
    return error.stdout;
  }
}

function keep(lines) {
  const file = process.env.PARTYLINE_KEEP_TRANSCRIPT;
  if (!file) return;
  const inputs = lines.map((line) => ({ ...JSON.parse(line), previous: undefined }));
  writeFileSync(file, inputs.map((line) => `${JSON.stringify(line)}\n`).join(''));
}

test('a call with a lost socket is played again natively', async ({
  network,
  endpoint,
  enter,
  room,
}, testInfo) => {
  const way = await BreakableWay.to(network, endpoint);
  const ann = await enter('Ann', { endpoint: way, line: false });
  ann.mayComplain = true;
  await ann.page.waitForFunction(() => 'call' in window);
  await ann.evaluate((options) => {
    window.transcript = [];
    const nothing = () => {};
    const logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };
    const transcript = (line) => window.transcript.push(line);
    window.call.open({ ...options, logger: { ...logger, transcript } });
  }, ann.options);
  const bob = await enter('Bob');
  await ann.join(room);
  await ann.publish(red);
  await bob.join(room);
  await bob.publish(green);
  await expectCall(
    new Map([
      [ann, red],
      [bob, green],
    ]),
  );
  await way.cut();
  await ann.expectEvent('state reconnecting joined');
  await ann.mute();
  await ann.expectPeers(bob);

  const lines = await ann.evaluate(() => window.transcript);
  await way.close();
  const file = testInfo.outputPath('ann.jsonl');
  writeFileSync(file, lines.join('\n'));
  keep(lines);
  expect(replay(file)).toMatch(/: it fits\n$/);

  // An answer that another core gave is noticed.
  const told = readFileSync(file, 'utf8');
  expect(told).toContain('"MakeOffer"');
  writeFileSync(file, told.replace('"MakeOffer"', '"CloseConnection"'));
  expect(replay(file)).toMatch(/does not fit this core: line \d+: .*and now with/);
});
