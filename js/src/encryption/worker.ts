// The worker: every frame passes here between codec and network. What it cannot seal is not sent, what it cannot open is not shown.
import { FrameRefused, OpeningKeys, SealingKey } from './sframe.js';
import type { Kind } from './sframe.js';
import type { FrameCounts, FromWorker, ToWorker, TransformOptions } from './worker-protocol.js';

interface EncodedFrame {
  data: ArrayBuffer;
  getMetadata(): { mimeType?: string };
}

interface Transformer {
  readonly options: TransformOptions;
  readonly readable: ReadableStream<EncodedFrame>;
  readonly writable: WritableStream<EncodedFrame>;
}

/** What of a worker is used here: the library of TypeScript has pages or workers, not both. */
const scope = globalThis as unknown as {
  postMessage(message: FromWorker): void;
  onmessage: ((event: { data: ToWorker }) => void) | null;
  onrtctransform: ((event: { transformer: Transformer }) => void) | null;
};

const own = new Map<string, SealingKey>();
const theirs = new Map<string, OpeningKeys>();
/** What each session seals with. */
const used = new Map<number, SealingKey>();
const told = new Set<string>();
const counts: FrameCounts = { sealed: 0, opened: 0, withheld: 0, refused: {} };

async function sealed(frame: EncodedFrame, kind: Kind, session: number): Promise<ArrayBuffer> {
  const key = used.get(session);
  if (!key) throw new FrameRefused('no-key');
  const { mimeType = '' } = frame.getMetadata();
  return (await key.seal(new Uint8Array(frame.data), kind, mimeType)).buffer;
}

async function opened(frame: EncodedFrame, kind: Kind, member: string): Promise<ArrayBuffer> {
  const keys = theirs.get(member) ?? new OpeningKeys();
  return (await keys.open(new Uint8Array(frame.data), kind)).buffer;
}

/** Undefined where the frame is not to pass. */
async function transformed(
  frame: EncodedFrame,
  { kind, session, member }: TransformOptions,
): Promise<ArrayBuffer | undefined> {
  // What browsers send to keep a way open has no picture and no sound in it.
  if (frame.data.byteLength === 0) return frame.data;
  const sends = member === null;
  try {
    const data = await (sends ? sealed(frame, kind, session) : opened(frame, kind, member));
    counts[sends ? 'sealed' : 'opened'] += 1;
    return data;
  } catch (error) {
    const why = error instanceof FrameRefused ? error.why : 'codec';
    if (why === 'no-key') counts.withheld += 1;
    else counts.refused[why] = (counts.refused[why] ?? 0) + 1;
    const which = `${session} ${sends} ${why}`;
    if (!told.has(which)) scope.postMessage({ type: 'Refused', session, sends, why });
    told.add(which);
    return undefined;
  }
}

scope.onrtctransform = ({ transformer: { options, readable, writable } }) => {
  const stream = new TransformStream<EncodedFrame, EncodedFrame>({
    async transform(frame, controller) {
      const data = await transformed(frame, options);
      if (!data) return;
      frame.data = data;
      controller.enqueue(frame);
    },
  });
  // It ends with the connection.
  readable
    .pipeThrough(stream)
    .pipeTo(writable)
    .catch(() => undefined);
  scope.postMessage({ type: 'Ready', id: options.id });
};

scope.onmessage = ({ data }) => {
  switch (data.type) {
    case 'Own':
      own.set(`${data.channel} ${data.kid}`, new SealingKey(data.kid, data.base));
      return;
    case 'ForgetOwn':
      own.delete(`${data.channel} ${data.kid}`);
      return;
    case 'Use': {
      const key = own.get(`${data.channel} ${data.kid}`);
      if (key) used.set(data.session, key);
      else used.delete(data.session);
      return;
    }
    case 'Theirs': {
      const keys = theirs.get(data.member) ?? new OpeningKeys();
      theirs.set(data.member, keys);
      const done = (): void => scope.postMessage({ type: 'Done', call: data.call });
      void keys.add(data.kid, data.base).then(done);
      return;
    }
    case 'ForgetTheirs':
      theirs.delete(data.member);
      return;
    case 'Count':
      scope.postMessage({ type: 'Done', call: data.call, counts });
  }
};

scope.postMessage({ type: 'Here' });
