// Rendering on a server: markup, and nothing that runs.
import assert from 'node:assert/strict';
import test from 'node:test';
import { createElement as h } from 'react';
import { renderToString } from 'react-dom/server';
import {
  PartylineProvider,
  PeerVideo,
  useChannel,
  useLineState,
  useLocalMedia,
  usePeers,
} from 'partyline/react';

function Call() {
  const { channel, state } = useChannel('room');
  const { stream } = useLocalMedia(channel, { audio: true, video: true });
  const peers = usePeers(channel);
  return h(
    'div',
    null,
    `${useLineState()} ${state} ${peers.length}`,
    h(PeerVideo, { stream, muted: true }),
  );
}

test('a call renders on a server, idle', () => {
  const before = process.getActiveResourcesInfo().length;
  const options = { endpoint: 'wss://calls.example.com', key: 'pk_demo' };
  const html = renderToString(h(PartylineProvider, { options }, h(Call)));
  assert.equal(html, '<div>idle idle 0<video autoPlay="" playsInline="" muted=""></video></div>');
  assert.equal(process.getActiveResourcesInfo().length, before);
});

test('words where a provider, or its options, are missing', () => {
  assert.throws(() => renderToString(h(Call)), /no <PartylineProvider> around/);
  assert.throws(() => renderToString(h(PartylineProvider)), /needs `options`, or a `line`/);
});
