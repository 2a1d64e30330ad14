// What a page leaves for the next one in its tab, so that a reload is the same peer to the others. In `sessionStorage`, which
// only that tab has, and only between two pages: a copy of a tab that is in a call finds nothing.

const texts = (slot: string): string[] => sessionStorage.getItem(slot)?.split('\n') ?? [];

function keep(slot: string, left: string[]): void {
  if (left.length > 0) sessionStorage.setItem(slot, left.join('\n'));
  else sessionStorage.removeItem(slot);
}

/** Pages without storage (sandboxed, or Node) have nothing to hand over. */
function quietly<T>(fallback: T, act: () => T): T {
  try {
    return act();
  } catch {
    return fallback;
  }
}

/** Gives what was left under this name, once; '' where nothing was. */
export const takeOver = (slot: string): string =>
  quietly('', () => {
    const [first = '', ...rest] = texts(slot);
    keep(slot, rest);
    return first;
  });

/** Leaves it for the next page. If this one is shown again, it takes it back. */
export const handOver = (slot: string, text: string): void =>
  quietly(undefined, () => {
    keep(slot, [...texts(slot), text]);
    addEventListener('pageshow', () => takeOver(slot), { once: true });
  });
