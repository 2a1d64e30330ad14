// What the page shows of the others: plain data, read from the SDK's objects whenever one of them tells of a change.
import type { Channel, Peer, PeerState } from 'partyline';
import { nameInMetadata } from './person-name';
import { say } from './strings';

export interface Person {
  id: string;
  name: string;
  state: PeerState;
  stream: MediaStream | null;
  /** True where it is published and on. */
  audio: boolean;
  video: boolean;
}

export interface Share {
  id: string;
  personId: string;
  name: string;
  stream: MediaStream;
}

export const screenName = 'screen';

function main(peer: Peer) {
  const all = [...peer.publications.values()].filter((each) => each.name !== screenName);
  return all.find((each) => each.name === 'camera') ?? all[0];
}

export function readPeople(channel: Channel): Person[] {
  return [...channel.peers.values()].map((peer) => {
    const camera = main(peer);
    return {
      id: peer.id,
      name: nameInMetadata(peer.metadata) || say.guest,
      state: peer.state,
      stream: camera?.stream ?? null,
      audio: camera?.audio === 'live',
      video: camera?.video === 'live',
    };
  });
}

/** Every further picture that somebody publishes: usually a screen. */
export function readShares(channel: Channel): Share[] {
  const shares: Share[] = [];
  for (const peer of channel.peers.values()) {
    const camera = main(peer);
    for (const publication of peer.publications.values()) {
      if (publication.name === camera?.name || !publication.stream || publication.video !== 'live')
        continue;
      const name = nameInMetadata(peer.metadata) || say.guest;
      shares.push({
        id: `${peer.id}/${publication.name}`,
        personId: peer.id,
        name,
        stream: publication.stream,
      });
    }
  }
  return shares;
}
