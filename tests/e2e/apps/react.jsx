// An application in React, as a user would write it; `window.app` lets the test look in and change what it shows.
import { StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';
import {
  PartylineProvider,
  PeerVideo,
  useChannel,
  useLineState,
  useLocalMedia,
  usePeers,
} from 'partyline/react';

const app = (window.app = { renders: 0, events: [], showCall: undefined });

function People({ channel }) {
  app.renders += 1;
  const peers = usePeers(channel);
  return peers.map((peer) => <PeerVideo key={peer.id} peer={peer} className="peer" />);
}

function Call({ room }) {
  const { channel, state, error } = useChannel(room, { metadata: { name: 'React' } });
  const {
    stream,
    muted,
    setMuted,
    error: mediaError,
  } = useLocalMedia(channel, { audio: true, video: true });
  app.channel = channel;
  return (
    <>
      <p id="state">{error?.message ?? mediaError?.message ?? state}</p>
      <PeerVideo stream={stream} muted className="own" />
      <People channel={channel} />
      <button onClick={() => setMuted(!muted)}>{muted ? 'Unmute' : 'Mute'}</button>
    </>
  );
}

function Page({ room }) {
  const [shown, setShown] = useState(true);
  const line = useLineState();
  app.showCall = setShown;
  return (
    <>
      <p id="line">{line}</p>
      {shown && <Call room={room} />}
    </>
  );
}

const { endpoint, room } = Object.fromEntries(new URLSearchParams(location.search));
createRoot(document.querySelector('#root')).render(
  <StrictMode>
    <PartylineProvider options={{ endpoint, key: 'pk_demo' }}>
      <Page room={room} />
    </PartylineProvider>
  </StrictMode>,
);
