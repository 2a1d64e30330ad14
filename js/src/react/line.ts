// The line that the components of a tree share.
import { Partyline } from 'partyline';
import type { LineState, PartylineOptions } from 'partyline';
import { createContext, createElement, useContext, useEffect, useState } from 'react';
import type { ReactElement, ReactNode } from 'react';
import { useValue } from './value.js';

export interface PartylineProviderProps {
  /** Those of `new Partyline(options)`, as they are when the provider first appears. The line is closed when it disappears. */
  options?: PartylineOptions;
  /** A line of your own instead, which is not closed. */
  line?: Partyline;
  children?: ReactNode;
}

const LineContext = createContext<Partyline | null>(null);

// React may take a tree away and put it back at once, as StrictMode does; a line that was closed stays closed.
const patienceMs = 0;

function useOwnLine(options: PartylineOptions | undefined): Partyline | undefined {
  const [own] = useState(() => {
    if (!options) return undefined;
    return { line: new Partyline(options), users: 0 };
  });
  useEffect(() => {
    if (!own) return undefined;
    own.users += 1;
    return () => {
      own.users -= 1;
      setTimeout(() => own.users === 0 && own.line.close(), patienceMs);
    };
  }, [own]);
  return own?.line;
}

/** Gives a line to everything inside: `<PartylineProvider options={{ endpoint, key }}>`. */
export function PartylineProvider({
  options,
  line,
  children,
}: PartylineProviderProps): ReactElement {
  const own = useOwnLine(line ? undefined : options);
  const value = line ?? own;
  if (!value) throw new Error('<PartylineProvider> needs `options`, or a `line`.');
  return createElement(LineContext.Provider, { value }, children);
}

/** The line of the provider around. */
export function usePartyline(): Partyline {
  const line = useContext(LineContext);
  if (!line) throw new Error('There is no <PartylineProvider> around this component.');
  return line;
}

/** `line.state`, as it changes. */
export function useLineState(): LineState {
  const line = usePartyline();
  return useValue(line, ['state'], (it) => it.state);
}
