// `partyline/react`: a line, its channels and their peers as hooks. What is shown is read by `useSyncExternalStore`, so that
// StrictMode, concurrent rendering and rendering on a server see the same.
export { PartylineProvider, useLineState, usePartyline } from './line.js';
export type { PartylineProviderProps } from './line.js';
export { useChannel } from './channel.js';
export type { ChannelResult, UseChannelOptions } from './channel.js';
export { usePeer, usePeers, useStream } from './peers.js';
export { useLocalMedia } from './local-media.js';
export type { LocalMediaResult, UseLocalMediaOptions } from './local-media.js';
export { PeerVideo } from './peer-video.js';
export type { PeerVideoProps } from './peer-video.js';
