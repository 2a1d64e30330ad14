// The worker of the package with a witness before and behind it. Of what comes it looks at every frame before it is opened, of what is
// to be sent at every frame before it is sealed and after. `late` in its URL: so many ms pass before a transform gets to work.
const late = Number(new URL(location.href).searchParams.get('late') ?? 0);

/** Frames that came; of these, such as nobody sealed; frames that went; of these, such as have a piece of what was to be hidden. */
const seen = { came: 0, plain: 0, went: 0, revealing: 0, codecs: [] };

const bytesOf = (frame) => new Uint8Array(frame.data.slice(0));
const isSealed = (bytes) =>
  bytes.length > 21 && bytes.at(-1) === 0xe1 && bytes.slice(-4).every((byte) => byte > 0x7f);

/** Whether ten bytes in a row of one are in the other, beyond what is at the beginning of both. */
function reveals(sealed, plain) {
  if (plain.length < 40) return false;
  const text = (bytes) => String.fromCharCode(...bytes);
  const where = text(sealed);
  for (let at = 24; at + 10 <= plain.length; at += 37)
    if (where.includes(text(plain.slice(at, at + 10)))) return true;
  return false;
}

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
      if (!isSealed(bytesOf(frame))) seen.plain += 1;
    };
    return { options, readable: readable.pipeThrough(through(look)), writable };
  }
  let plain = [];
  const before = (frame) => {
    plain = [...plain.slice(-8), bytesOf(frame)];
    const { mimeType } = frame.getMetadata();
    if (!seen.codecs.includes(mimeType)) seen.codecs.push(mimeType);
  };
  const after = (frame) => {
    const bytes = bytesOf(frame);
    seen.went += 1;
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
  else told(event);
};
