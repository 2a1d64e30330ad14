// `npm run bench`: what we claim about speed and size, measured.
//
//   node bench/run.mjs [--quick] [--record] [--json FILE] [NAME…]
//       NAME: size, signalling, step, join, reliability, tokens, recovery, relay
//       --repeats N     how often recovery does each
//       --faults A,B    which of recovery: drop, again, kill, path, break, make, readdress
//
// Prints a table and writes all numbers as JSON, to build/bench.json unless told otherwise; with --record the table goes to
// docs/BENCH.md too. Ends with 1 where a goal is missed.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem, type } from 'node:os';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { at } from '../tests/e2e/lab/places.mjs';
import { joinReliability, joinReliabilityRows } from './join_reliability.mjs';
import { joinTime, joinTimeRows } from './join_time.mjs';
import { Lab } from './lab.mjs';
import { recovery, recoveryRows } from './recovery.mjs';
import { relay, relayRows } from './relay.mjs';
import { signalling, signallingRows } from './signalling.mjs';
import { size, sizeRows } from './size.mjs';
import { stepTime, stepTimeRows } from './step_time.mjs';
import { tokens, tokensRows } from './tokens.mjs';

const benches = {
  size: { run: size, rows: sizeRows, alone: true },
  signalling: { run: signalling, rows: signallingRows },
  step: { run: stepTime, rows: stepTimeRows },
  join: { run: joinTime, rows: joinTimeRows },
  reliability: { run: joinReliability, rows: joinReliabilityRows },
  tokens: { run: tokens, rows: tokensRows, alone: true, mark: ' tokens' },
  recovery: { run: recovery, rows: recoveryRows, alone: true, mark: ' recovery' },
  relay: { run: relay, rows: relayRows, alone: true, mark: ' relay' },
};

const { values: options, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean' },
    record: { type: 'boolean' },
    repeats: { type: 'string' },
    faults: { type: 'string' },
    json: { type: 'string', default: at('build', 'bench.json') },
  },
});

const unknown = names.find((name) => !(name in benches));
if (unknown) {
  console.error(`no such bench: ${unknown}; there are ${Object.keys(benches).join(', ')}`);
  process.exit(2);
}
const chosen = Object.entries(benches).filter(
  ([name]) => names.length === 0 || names.includes(name),
);

/** One line that is written over, on a terminal. */
const say = (text) => {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
};

const machine = (lab) => ({
  system: `${type()} ${release().split('.').slice(0, 2).join('.')}`,
  cores: cpus().length,
  memoryGB: Math.round(totalmem() / 1024 ** 3),
  ...(lab && { browser: `Chromium ${lab.browser.version()}` }),
});

function print(rows) {
  const widths = ['what', 'value', 'goal'].map((key) =>
    Math.max(...rows.map((row) => row[key].length)),
  );
  console.log();
  for (const { what, value, goal, met } of rows) {
    const cells = [what, value, goal].map((text, index) => text.padEnd(widths[index]));
    console.log(`${cells.join('  ')}  ${goal ? (met ? 'met' : 'MISSED') : ''}`.trimEnd());
  }
}

/** Puts a table into the page that records it, between its two marks. */
function record(rows, { system, cores, memoryGB, browser }, mark) {
  const file = at('docs', 'BENCH.md');
  const lines = rows.map(
    ({ what, value, goal, met }) =>
      `| ${what} | ${value} | ${goal ? `${goal}: ${met ? 'met' : '**missed**'}` : ''} |`,
  );
  const [minute, , quarter] = loadavg().map((load) => load.toFixed(1));
  const table = `
${browser ?? 'No browser'}, ${system}, ${cores} cores, ${memoryGB} GB; load of the last minute ${minute}, of the last 15 minutes ${quarter}.

| what | measured | goal |
| --- | --- | --- |
${lines.join('\n')}
`;
  const page = readFileSync(file, 'utf8');
  const marks = new RegExp(`(<!-- begin${mark} -->)[^]*(<!-- end${mark} -->)`);
  writeFileSync(
    file,
    page.replace(marks, (_, begin, end) => `${begin}\n${table}\n${end}`),
  );
}

const howMany = {
  ...(options.quick && { pairs: 4, joins: 20, times: 2, repeats: 1 }),
  ...(options.repeats && { repeats: Number(options.repeats) }),
  only: options.faults?.split(','),
};
const needsLab = chosen.some(([, { alone }]) => !alone);
const lab = needsLab ? await Lab.open() : undefined;
const numbers = { machine: machine(lab) };
const rows = [];
try {
  for (const [name, { run, rows: describe, mark = '' }] of chosen) {
    numbers[name] = await run(lab, { ...howMany, say });
    const described = describe(numbers[name]).map((row) => ({ mark, ...row }));
    rows.push(...described);
    numbers.machine.browser ??= numbers[name].browser;
  }
} finally {
  say('');
  await lab?.close();
}
print(rows);
if (options.record) {
  for (const mark of new Set(rows.map((row) => row.mark))) {
    const ofTable = rows.filter((row) => row.mark === mark);
    record(ofTable, numbers.machine, mark);
  }
}
mkdirSync(dirname(options.json), { recursive: true });
writeFileSync(options.json, `${JSON.stringify(numbers, null, 2)}\n`);
if (rows.some(({ met }) => !met)) process.exitCode = 1;
