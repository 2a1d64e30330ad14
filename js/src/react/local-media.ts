// One's own camera, microphone or screen, published as long as a component shows it.
import type { Channel, MediaSource, PartylineError, Publication, PublishOptions } from 'partyline';
import { useCallback, useEffect, useState } from 'react';

export interface UseLocalMediaOptions extends PublishOptions {
  /** Publish nothing while this is false: nobody is asked for a camera. Default true. */
  enabled?: boolean;
}

export interface LocalMediaResult {
  publication: Publication | null;
  /** For showing it to oneself. */
  stream: MediaStream | null;
  /** Why it could not be opened or published, or ended. */
  error: PartylineError | null;
  /** Whether both kinds are muted. */
  muted: boolean;
  /** Mutes or unmutes, and remembers it for when it is published. */
  setMuted(muted: boolean): void;
}

/**
 * Publishes a source: constraints, a screen, a stream or a track. Other constraints, or another stream, are published in its
 * place.
 */
export function useLocalMedia(
  channel: Channel | null,
  source: MediaSource,
  { enabled = true, ...options }: UseLocalMediaOptions = {},
): LocalMediaResult {
  const [publication, setPublication] = useState<Publication | null>(null);
  const [error, setError] = useState<PartylineError | null>(null);
  const [muted, setMutedState] = useState(options.muted ?? false);
  // An object that is written in the component's body is another one each time it renders.
  const isObject = Object.getPrototypeOf(source) === Object.prototype;
  const key = isObject ? JSON.stringify(source) : source;

  useEffect(() => {
    if (!channel || !enabled) return undefined;
    let wanted = true;
    let published: Publication | undefined;
    const publish = async (): Promise<void> => {
      try {
        published = await channel.publish(source, { ...options, muted });
        if (!wanted) return published.unpublish();
        published.on(
          'ended',
          () => wanted && setPublication(channel.publications.get(published!.name) ?? null),
        );
        setError(null);
        setPublication(published);
      } catch (cause) {
        if (wanted) setError(cause as PartylineError);
      }
    };
    // Not before React means it: StrictMode takes it back at once, and nobody should be asked for a camera twice.
    const timer = setTimeout(() => void publish());
    return () => {
      wanted = false;
      clearTimeout(timer);
      published?.unpublish();
      setPublication(null);
    };
    // Of the options those count that are there when it is published.
  }, [channel, enabled, key, options.name]);

  const setMuted = useCallback(
    (next: boolean) => {
      setMutedState(next);
      if (next) publication?.mute();
      else void publication?.unmute();
    },
    [publication],
  );
  return { publication, stream: publication?.stream ?? null, error, muted, setMuted };
}
