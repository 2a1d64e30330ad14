// The diagrams of docs/MACHINES.md are those of the code.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

import { drawn, page, redraw } from '../../scripts/machines.mjs';

test('docs/MACHINES.md is as the code is (npm run docs:machines writes it)', () => {
  const text = readFileSync(page, 'utf8');
  assert.equal(redraw(text, drawn()), text);
});

test('a machine that has no place on the page is told', () => {
  const diagram = (name) => `<!-- machine ${name} -->\n\n\`\`\`mermaid\nx\n\`\`\`\n`;
  assert.throws(() => redraw('', new Map([['a', diagram('a')]])), /no place for a/);
  assert.throws(() => redraw(diagram('b'), new Map()), /no machine/);
});
