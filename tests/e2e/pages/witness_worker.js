// The worker of the package with a witness before and behind it. Of what comes it looks at every frame before it is opened, of what is
// to be sent at every frame before it is sealed and after. `late` in its URL: so many ms pass before a transform gets to work.
const late = Number(new URL(location.href).searchParams.get('late') ?? 0);

/** The number of the key in the header (RFC 9605 section 4.3), where that is one byte. */
const keyOf = (bytes) => {
  const header = bytes.at(-4 - (bytes.at(-2) & 0x1f));
  return header >> 4 < 8 ? header >> 4 : NaN;
};

/**
 * `clear`: how many bytes of a frame were clear at the most. `keys`: with which of their keys members sealed, in order. `known`: which of their keys members told us.
 * Frames that came; of these, such as nobody sealed; frames that went; of these, such as have a piece of what was to be hidden. */
const seen = {
  came: 0,
  plain: 0,
  went: 0,
  revealing: 0,
  codecs: [],
  clear: 0,
  keys: {},
  known: {},
};

const bytesOf = (frame) => new Uint8Array(frame.data.slice(0));
const isSealed = (bytes) =>
  bytes.length > 21 && bytes.at(-1) === 0xe1 && bytes.slice(-4).every((byte) => byte > 0x7f);

/** How many bytes are to be clear, by the trailer; of a parameter set only (H.264) these are many. */
const clearOf = (bytes) => ((bytes.at(-4) & 0x7f) << 7) | (bytes.at(-3) & 0x7f);

/** Whether ten bytes in a row of one are in the other, beyond what is clear. */
function reveals(sealed, plain) {
  const text = (bytes) => String.fromCharCode(...bytes);
  const where = text(sealed.slice(clearOf(sealed)));
  for (let at = clearOf(sealed); at + 10 <= plain.length; at += 37)
    if (where.includes(text(plain.slice(at, at + 10)))) return true;
  return false;
}

const note = (list, what) => list.includes(what) || list.push(what);
/** Its id, without the number of the channel. */
const memberOf = ({ member }) => member.slice(member.indexOf('/') + 1);

const through = (look) =>
  new TransformStream({
    transform(frame, controller) {
      if (frame.data.byteLength > 0) look(frame);
      controller.enqueue(frame);
    },
  });

function witness({ options, readable, writable }) {
  if (options.member !== null) {
    const look = (frame) => {
      seen.came += 1;
      const bytes = bytesOf(frame);
      if (!isSealed(bytes)) seen.plain += 1;
      else note((seen.keys[memberOf(options)] ??= []), keyOf(bytes));
    };
    return { options, readable: readable.pipeThrough(through(look)), writable };
  }
  let plain = [];
  const before = (frame) => {
    plain = [...plain.slice(-8), bytesOf(frame)];
    const { mimeType } = frame.getMetadata();
    note(seen.codecs, mimeType);
  };
  const after = (frame) => {
    const bytes = bytesOf(frame);
    seen.went += 1;
    seen.clear = Math.max(seen.clear, clearOf(bytes));
    if (!isSealed(bytes) || plain.some((each) => reveals(bytes, each))) seen.revealing += 1;
  };
  const out = through(after);
  out.readable.pipeTo(writable).catch(() => undefined);
  return { options, readable: readable.pipeThrough(through(before)), writable: out.writable };
}

await import('./partyline/encryption-worker.js');
const { onrtctransform: transform, onmessage: told } = globalThis;
globalThis.onrtctransform = ({ transformer }) =>
  setTimeout(() => transform({ transformer: witness(transformer) }), late);
globalThis.onmessage = (event) => {
  if (event.data === 'witness') postMessage({ type: 'Witness', seen });
  else {
    if (event.data.type === 'Theirs')
      note((seen.known[memberOf(event.data)] ??= []), event.data.kid);
    told(event);
  }
};
