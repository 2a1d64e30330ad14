// How many tokens are verified, and tickets issued and opened, in a second on one core: bench/native/tokens.cc.
import { execFileSync } from 'node:child_process';
import { at } from '../tests/e2e/lab/places.mjs';

export function tokens(_, { say }) {
  say('tokens: build');
  const program = 'partyline-bench-tokens';
  execFileSync('cmake', ['--build', at('build', 'native'), '--target', program], { stdio: 'pipe' });
  say('tokens');
  return JSON.parse(execFileSync(at('build', 'native', 'bench', 'native', program)));
}

const perSecond = (rate) => `${Math.round(rate).toLocaleString('en')} per second`;
const least = 20_000;

export const tokensRows = (found) => [
  {
    what: 'tokens by HS256, verified and read',
    value: perSecond(found.hs256),
    goal: `at least ${perSecond(least)}`,
    met: found.hs256 >= least,
  },
  ...[
    ['ES256', found.es256, found.es256_openssl],
    ['EdDSA', found.eddsa, found.eddsa_openssl],
  ].map(([name, ours, openssl]) => ({
    what: `the same by ${name}, and how much of OpenSSL's own speed that is`,
    value: `${perSecond(ours)}, ${(ours / openssl).toFixed(2)} × ${perSecond(openssl)}`,
    goal: `at least ${perSecond(least)}, or 0.9 × OpenSSL`,
    met: ours >= least || ours >= 0.9 * openssl,
  })),
  {
    what: 'resume tickets, issued and opened',
    value: perSecond(found.tickets),
    goal: `at least ${perSecond(least)}`,
    met: found.tickets >= least,
  },
];
