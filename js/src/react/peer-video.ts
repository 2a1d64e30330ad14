// A stream in an element.
import type { Peer } from 'partyline';
import { createElement, useEffect, useRef } from 'react';
import type { ReactElement, VideoHTMLAttributes } from 'react';
import { useStream } from './peers.js';

export interface PeerVideoProps extends Omit<VideoHTMLAttributes<HTMLVideoElement>, 'src'> {
  /** Plays what this peer publishes under `name`, by default `'camera'`. */
  peer?: Peer;
  name?: string;
  /** Plays this instead: one's own, which should be `muted`. */
  stream?: MediaStream | null;
}

/** Plays the sound and picture of a peer. Everything else that a `<video>` takes is passed on. */
export function PeerVideo({ peer, name, stream, ...rest }: PeerVideoProps): ReactElement {
  const element = useRef<HTMLVideoElement>(null);
  const remote = useStream(peer ?? null, name);
  const shown = stream === undefined ? remote : stream;
  useEffect(() => {
    const video = element.current;
    if (!video) return undefined;
    video.srcObject = shown;
    return () => {
      video.srcObject = null;
    };
  }, [shown]);
  return createElement('video', { autoPlay: true, playsInline: true, ...rest, ref: element });
}
