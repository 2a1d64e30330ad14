// A camera and a microphone that a test can recognize at the other end: a ground of one hue with a bar that moves over it, and a
// tone of one frequency.

export const hues = { red: 0, yellow: 60, green: 120, cyan: 180, blue: 240, magenta: 300 };

function paint(context, hue, count) {
  const { width, height } = context.canvas;
  context.fillStyle = `hsl(${hue} 100% 50%)`;
  context.fillRect(0, 0, width, height);
  // The lower half is for what moves, so that the upper half keeps its hue.
  context.fillStyle = 'white';
  context.fillRect((count * width) / 16 - width / 8, height / 2, width / 8, height / 2);
}

/** A track of video. Stops drawing when it is stopped. */
export function videoTrack({ hue = 'red', width = 160, height = 120, framesPerSecond = 15 } = {}) {
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const context = canvas.getContext('2d');
  let count = 0;
  const draw = () => paint(context, hues[hue], count++ % 18);
  draw();
  const [track] = canvas.captureStream(framesPerSecond).getVideoTracks();
  const timer = setInterval(() => {
    draw();
    if (track.readyState === 'ended') clearInterval(timer);
  }, 1000 / framesPerSecond);
  return track;
}

let audioContext;

/** One for the page: browsers allow only a few. */
export function sharedAudioContext() {
  audioContext ??= new AudioContext();
  return audioContext;
}

/**
 * Whether this browser runs audio contexts on a machine without a sound card. Firefox does not, but it has a fake microphone, whose
 * tone is always `fakeTone`.
 */
export const runsAudioContexts = !navigator.userAgent.includes('Firefox');
export const fakeTone = 1000;

async function fakeMicrophone(tone) {
  if (tone !== fakeTone) throw new Error(`here the tone is ${fakeTone} Hz`);
  return (await navigator.mediaDevices.getUserMedia({ audio: true })).getAudioTracks()[0];
}

/** A track of audio: a steady tone. */
export async function audioTrack({ tone }) {
  if (!runsAudioContexts) return fakeMicrophone(tone);
  const context = sharedAudioContext();
  await context.resume();
  const oscillator = new OscillatorNode(context, { frequency: tone });
  const volume = new GainNode(context, { gain: 0.3 });
  const destination = new MediaStreamAudioDestinationNode(context);
  oscillator.connect(volume).connect(destination);
  oscillator.start();
  return destination.stream.getAudioTracks()[0];
}

/** Video, audio or both: `hue` and `tone` say which. */
export async function source({ hue, tone, ...picture }) {
  const stream = new MediaStream();
  if (hue !== undefined) stream.addTrack(videoTrack({ hue, ...picture }));
  if (tone !== undefined) stream.addTrack(await audioTrack({ tone }));
  return stream;
}
