// Many processes share the seeds of a campaign: nothing that one of them says is lost.
import assert from 'node:assert/strict';
import test from 'node:test';
import { judge } from '../../scripts/sim.mjs';

test('failures and seeds of a run that came to its end', () => {
  const said =
    'seed 7: FAILED at 5 ms: x\n  replay: npm run sim -- --seed 7\n10 seeds, 1 failed, 9 steps\n';
  const { failures, done } = judge(said, 1, 10);
  assert.deepEqual(failures, ['seed 7: FAILED at 5 ms: x\n  replay: npm run sim -- --seed 7']);
  assert.equal(done, 10);
});

test('a check of the core ends a run: it goes on behind that seed', () => {
  const said = '\nseed 1004: ABORTED by a check in the core\n  replay: npm run sim\n';
  const { failures, done } = judge(said, 1001, 500);
  assert.equal(failures.length, 1);
  assert.equal(done, 4);
});

test('a run that ended without a word is a failure', () => {
  const { failures, done } = judge('Killed', 1, 10);
  assert.deepEqual(failures, ['from seed 1 on: Killed']);
  assert.equal(done, 10);
});
