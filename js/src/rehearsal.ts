// A call played to a core that is then thrown away. Browsers compile each function of WebAssembly when it is first called, for tens
// of microseconds each: a page's first join would wait for five hundred of them.
import type { Input, WireCandidate } from './wire.js';

const channel = { channel: 'a' };
const sdp = 'v=0\r\na=ice-ufrag:u\r\n';
const candidate: WireCandidate = { candidate: 'a', mid: '0', ufrag: 'u' };
const mids = [{ slot: 1, mid: '0' }];
const publications = [{ name: 'c', audio: 'live' }];
const call = { call: 1, channel: 1, metadata: {} };

const received = (header: object, body?: string): Input => ({
  type: 'FrameReceived',
  socket: 1,
  text: JSON.stringify(header) + (body ?? ''),
});
const signal = (from: object, body: object, description = ''): Input =>
  received(
    { type: 'signal', ...channel, ...from },
    `\n${JSON.stringify({ generation: 1, ...body })}${description && '\n' + description}`,
  );
const described = (type: string): object => ({ type, negotiation: 1, media: { 0: 'c/audio' } });
// The one who was there before us offers, and we to the one who comes after us.
const p = { from: 'p', incarnation: 1 };
const q = { from: 'q', incarnation: 3 };
const candidates = [['a', '0', 'u']];

/** We join `p`, who is there and offers, and `q` joins us, to whom we offer. */
export const rehearsal: readonly Input[] = [
  { type: 'Join', name: 'a', ...call },
  { type: 'SocketOpened', socket: 1 },
  received({
    type: 'welcome',
    peer: 'me',
    heartbeat_ms: 9e3,
    joined: [
      {
        ...channel,
        request: 2,
        incarnation: 2,
        members: [{ peer: 'p', incarnation: 1, publications }],
      },
    ],
  }),
  { type: 'Publish', name: 'c', audio: 1, muted: false, ...call },
  signal(p, described('offer'), sdp),
  { type: 'AnswerMade', operation: 1, sdp, mids },
  { type: 'CandidateGathered', connection: 1, candidate },
  signal(p, { candidates }),
  { type: 'GatheringComplete', connection: 1 },
  { type: 'ConnectionStateChanged', connection: 1, state: 'connected' },
  received({ type: 'peer-joined', ...channel, peer: 'q', incarnation: 3 }),
  received({ type: 'peer-updated', ...channel, peer: 'q', publications }),
  { type: 'OfferMade', operation: 2, sdp, mids },
  { type: 'CandidateGathered', connection: 2, candidate },
  { type: 'Wakeup' },
  signal(q, { candidates, ...described('answer') }, sdp),
  { type: 'AnswerAccepted', operation: 3 },
  { type: 'Close' },
];
