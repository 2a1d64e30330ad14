// A value of something with events, which is read anew whenever one of them happens.
import { useCallback, useSyncExternalStore } from 'react';

/** What `Partyline`, `Channel` and `Peer` are. */
interface Source {
  on(type: never, listener: () => void): () => void;
}

/** `read` must return the same as before where nothing changed. */
export function useValue<S extends Source, T>(
  source: S,
  events: readonly Parameters<S['on']>[0][],
  read: (source: S) => T,
): T;
export function useValue<S extends Source, T>(
  source: S | null | undefined,
  events: readonly Parameters<S['on']>[0][],
  read: (source: S) => T,
): T | null;
export function useValue<S extends Source, T>(
  source: S | null | undefined,
  events: readonly Parameters<S['on']>[0][],
  read: (source: S) => T,
): T | null {
  const subscribe = useCallback(
    (changed: () => void) => {
      const stops = source ? events.map((type) => source.on(type as never, changed)) : [];
      return () => stops.forEach((stop) => stop());
    },
    // The events of a hook are always the same.
    [source],
  );
  const get = (): T | null => (source ? read(source) : null);
  return useSyncExternalStore(subscribe, get, get);
}
