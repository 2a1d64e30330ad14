// Each fault of the list still fits the core: its text is there, once. Whether each is found, `npm run mutations` says.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { at } from '../../scripts/lib/places.mjs';
import { mutate } from '../../scripts/mutations.mjs';
import { mutations } from './mutations.mjs';

for (const mutation of mutations) {
  test(`the fault fits: ${mutation.name}`, () => {
    const text = readFileSync(at(mutation.file), 'utf8');
    assert.notEqual(mutate(text, mutation), text);
  });
}

test('a fault whose text is gone, or is there twice, does not fit', () => {
  const fault = { name: 'x', file: 'f', what: 'a', by: 'b' };
  assert.throws(() => mutate('none', fault), /0 times/);
  assert.throws(() => mutate('a a', fault), /2 times/);
  assert.equal(mutate('1 a', fault), '1 b');
});

test('no two faults have a name', () => {
  assert.equal(new Set(mutations.map(({ name }) => name)).size, mutations.length);
});
