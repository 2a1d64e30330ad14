// A way to the endpoint that can be broken: a TCP proxy, told by lines on its standard input.
//
//   node socket_proxy.mjs PORT
//
//   cut      every connection is reset, as by a router that restarts
//   hole     nothing passes any more and nobody is told, on those that are open and on new ones, until `pass`
//   refuse   new ones are reset at once, until `pass`
//   pass     new ones pass again; those in the hole stay there
import { connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';

const target = Number(process.argv[2]);
const pairs = new Set();
let mode = 'pass';

const server = createServer((near) => {
  if (mode === 'refuse') {
    near.resetAndDestroy();
    return;
  }
  const far = connect(target, '127.0.0.1');
  const pair = { near, far, hole: mode === 'hole' };
  pairs.add(pair);
  const end = () => {
    pairs.delete(pair);
    if (pair.hole) return;
    near.destroy();
    far.destroy();
  };
  for (const [from, to] of [
    [near, far],
    [far, near],
  ]) {
    from.setNoDelay(true);
    from.on('data', (bytes) => pair.hole || to.write(bytes));
    from.on('end', () => pair.hole || to.end());
    from.on('error', () => {});
    from.on('close', end);
  }
});

const orders = {
  cut() {
    for (const { near, far } of pairs) {
      near.resetAndDestroy();
      far.resetAndDestroy();
    }
  },
  hole() {
    mode = 'hole';
    for (const pair of pairs) pair.hole = true;
  },
  refuse() {
    mode = 'refuse';
  },
  pass() {
    mode = 'pass';
  },
};

createInterface({ input: process.stdin }).on('line', (order) => {
  orders[order]();
  console.log(`done ${order}`);
});
server.listen(0, '127.0.0.1', () =>
  console.log(`listening on http://127.0.0.1:${server.address().port}`),
);
