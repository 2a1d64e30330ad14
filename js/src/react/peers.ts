// Who else is in a channel, and what they send.
import type { Channel, Json, Peer, PeerState, RemotePublication } from 'partyline';
import { useValue } from './value.js';

const nobody: readonly Peer[] = [];

const keptPeers = new WeakMap<Channel, readonly Peer[]>();

function peersOf(channel: Channel): readonly Peer[] {
  const now = [...channel.peers.values()];
  const before = keptPeers.get(channel) ?? nobody;
  if (before.length === now.length && before.every((peer, i) => peer === now[i])) return before;
  keptPeers.set(channel, now);
  return now;
}

/** Everyone else in the channel, in the order in which they came. Renders when somebody comes or goes, and not otherwise. */
export function usePeers(channel: Channel | null): readonly Peer[] {
  return useValue(channel, ['peer-joined', 'peer-left', 'state'], peersOf) ?? nobody;
}

/** What a peer says of itself and publishes, as it changes. */
export function usePeer(peer: Peer | null): {
  state: PeerState;
  metadata: Json;
  publications: ReadonlyMap<string, RemotePublication>;
} {
  const state = useValue(peer, ['state'], (it) => it.state) ?? 'left';
  const metadata = useValue(peer, ['metadata'], (it) => it.metadata);
  const publications = useValue(
    peer,
    ['publications', 'stream-added', 'stream-removed'],
    publicationsOf,
  );
  return { state, metadata, publications: publications ?? new Map() };
}

const keptPublications = new WeakMap<Peer, { text: string; map: Map<string, RemotePublication> }>();

function publicationsOf(peer: Peer): Map<string, RemotePublication> {
  const map = peer.publications;
  const text = JSON.stringify(
    [...map.values()].map((each) => ({ ...each, stream: each.stream?.id })),
  );
  const kept = keptPublications.get(peer);
  if (kept?.text === text) return kept.map;
  keptPublications.set(peer, { text, map });
  return map;
}

/** What a peer publishes under a name, to be played; null while there is nothing. */
export function useStream(peer: Peer | null, name = 'camera'): MediaStream | null {
  return useValue(peer, ['stream-added', 'stream-removed'], (it) => it.streams.get(name) ?? null);
}
