// One side of a call that networks fail, of whichever kind: `recovery.html?sdk`. Keeps when each picture came, when each socket
// ended and when the kind could be used again; the bench makes gaps of that.
import { source } from '/source.js';
import { now } from './measure.js';

const facts = {
  /** When each picture of somebody else was shown. */
  pictures: [],
  socketsEnded: [],
  usable: [],
  connections: 0,
  /** Another is not the one that was lost. */
  pipes: 0,
  /** What came by the data channel, and by the kind's own messages. */
  heard: [],
  messages: [],
  notes: [],
};

window.WebSocket = class extends WebSocket {
  constructor(...options) {
    super(...options);
    this.addEventListener('close', ({ code }) => {
      facts.socketsEnded.push(now());
      note(`socket ended with ${code}`);
    });
    this.addEventListener('open', () => note('socket open'));
  }
};

window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...options) {
    super(...options);
    facts.connections++;
    this.addEventListener('connectionstatechange', () =>
      note(`connection ${facts.connections} ${this.connectionState}`),
    );
  }
};

const note = (text) => facts.notes.push([now(), text]);
for (const type of ['offline', 'online']) window.addEventListener(type, () => note(type));

const shown = new Set();

function show(stream) {
  if (shown.has(stream)) return;
  shown.add(stream);
  const video = Object.assign(document.createElement('video'), {
    srcObject: stream,
    autoplay: true,
    playsInline: true,
    muted: true,
    width: 96,
  });
  document.body.append(video);
  const next = () =>
    video.requestVideoFrameCallback(() => {
      facts.pictures.push(now());
      next();
    });
  next();
}

let pipe;
let joined;

/** What a kind tells while it is in a call. */
const tell = {
  stream: show,
  usable: () => {
    facts.usable.push(now());
    note('usable');
  },
  /** `isOpen()`, and `send(text)`. */
  pipe(own) {
    pipe = own;
    facts.pipes++;
  },
  heard: (text) => facts.heard.push(text),
  message: (data) => facts.messages.push(data),
  note,
};

window.recovery = {
  /** Joins as `first` or second of a room; `name` is who we are. Resolves when that is done. */
  async join({ media, ...where }) {
    const { join } = await import(`./recovery_${location.search.slice(1)}.js`);
    joined = await join({ ...where, stream: await source(media) }, tell);
  },

  isReady: () => facts.pictures.length > 3 && Boolean(pipe?.isOpen()),
  facts: () => ({ ...facts, isPipeOpen: Boolean(pipe?.isOpen()) }),
  /** What a person reads who wonders about a call that began at a moment. */
  told: (begun) => [
    `${facts.pictures.length} pictures, ${facts.pipes} data channels, ${pipe?.isOpen() ? 'open' : 'not open'}`,
    ...facts.notes.map(([moment, text]) => `${Math.round(moment - begun)} ${text}`),
  ],
  /** Says something through the data channel, if that takes it. */
  say(text) {
    try {
      pipe.send(text);
      return true;
    } catch {
      return false;
    }
  },

  /** Whether the kind has messages of its own. */
  hasMessages: () => Boolean(joined.send),
  /** Sends numbers, one each `everyMs`, until told to stop; returns how many there were. */
  sendMessages(everyMs) {
    let count = 0;
    const timer = setInterval(() => {
      try {
        joined.send(count++)?.catch?.(() => {});
      } catch {
        // It is lost, and will be seen to be.
      }
    }, everyMs);
    window.recovery.stopMessages = () => {
      clearInterval(timer);
      return count;
    };
  },
};
