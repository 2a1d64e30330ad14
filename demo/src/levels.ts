// How loud somebody is, for the ring around who speaks. Read ten times a second, only while the page is visible.

interface Watched {
  track: MediaStreamTrack;
  source: MediaStreamAudioSourceNode;
  analyser: AnalyserNode;
  samples: Float32Array<ArrayBuffer>;
  tell: (level: number) => void;
}

const watched = new Map<object, Watched>();
let context: AudioContext | undefined;
let timer: number | undefined;

function read(): void {
  if (document.hidden) return;
  for (const { analyser, samples, tell } of watched.values()) {
    analyser.getFloatTimeDomainData(samples);
    let sum = 0;
    for (const sample of samples) sum += sample * sample;
    tell(Math.sqrt(sum / samples.length));
  }
}

/** Watches one track for `owner`, or with null no more. The level told is the root mean square, 0 to 1. */
export function watchLevel(
  owner: object,
  track: MediaStreamTrack | null,
  tell: (level: number) => void,
): void {
  const present = watched.get(owner);
  if (present?.track === track) return;
  if (present) {
    present.source.disconnect();
    watched.delete(owner);
    present.tell(0);
  }
  if (track && typeof AudioContext !== 'undefined') {
    context ??= new AudioContext();
    const source = context.createMediaStreamSource(new MediaStream([track]));
    const analyser = context.createAnalyser();
    analyser.fftSize = 1024;
    source.connect(analyser);
    watched.set(owner, { track, source, analyser, samples: new Float32Array(1024), tell });
  }
  if (watched.size > 0) timer ??= window.setInterval(read, 100);
  else {
    clearInterval(timer);
    timer = undefined;
  }
}

/** To be called in a click: until there was one, browsers may keep audio suspended. */
export function resumeLevels(): void {
  if (context?.state === 'suspended') void context.resume();
}
