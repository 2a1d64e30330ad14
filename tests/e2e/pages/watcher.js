// What is seen and heard of a stream: looks at the pixels that a <video> shows and listens to its sound.
import { soundStatisticsOf, trackWords } from './explain_connection.js';
import { hues, runsAudioContexts, sharedAudioContext } from './source.js';

const sampleWidth = 32;
const sampleHeight = 24;
/** Quieter than this is no sound: a report then says what became of it. */
const silence = -90;

/** The name of the hue, or 'dark' or 'grey' where there is none. */
function hueName([red, green, blue]) {
  const most = Math.max(red, green, blue);
  const range = most - Math.min(red, green, blue);
  if (most < 60) return 'dark';
  if (range < 80) return 'grey';
  const sector =
    most === red
      ? (green - blue) / range
      : most === green
        ? 2 + (blue - red) / range
        : 4 + (red - green) / range;
  const angle = (sector * 60 + 360) % 360;
  const distance = (hue) => Math.min(Math.abs(hue - angle), 360 - Math.abs(hue - angle));
  return Object.entries(hues).sort(([, one], [, other]) => distance(one) - distance(other))[0][0];
}

/** Mean colour of the upper half's middle. */
function ground(pixels) {
  const sum = [0, 0, 0];
  let count = 0;
  for (let y = 2; y < sampleHeight / 2 - 2; y++) {
    for (let x = 4; x < sampleWidth - 4; x++, count++) {
      for (let part = 0; part < 3; part++) sum[part] += pixels[(y * sampleWidth + x) * 4 + part];
    }
  }
  return sum.map((value) => value / count);
}

/** Whether one picture is another than the other, and not only coded anew: some of its points are clearly brighter or darker. */
function differs(now, before) {
  if (!before) return true;
  let points = 0;
  for (let at = 0; at < now.length; at += 4) {
    const more = now[at] + now[at + 1] + now[at + 2] - before[at] - before[at + 1] - before[at + 2];
    if (Math.abs(more) > 120) points++;
  }
  return points >= 2;
}

export class Watcher {
  frames = 0;
  changes = 0;
  hue = 'none';
  firstFrameAt = null;

  #longestGap = 0;
  #gapSince = performance.now();
  #last = null;
  #ended = new AbortController();
  #analyser = null;
  #sound = null;
  #audioTrack = null;

  /** `connection` gives the RTCPeerConnection that the stream comes by, where it comes by one. */
  constructor(stream, connection = () => null) {
    this.stream = stream;
    this.connection = connection;
    this.element = Object.assign(document.createElement('video'), {
      srcObject: stream,
      autoplay: true,
      playsInline: true,
      muted: true,
    });
    // A page that is frozen has its elements paused, and has to play them itself when it goes on.
    const play = () => void this.element.play().catch(() => {});
    document.addEventListener('resume', play, { signal: this.#ended.signal });
    this.element.width = 96;
    document.body.append(this.element);
    const canvas = Object.assign(document.createElement('canvas'), {
      width: sampleWidth,
      height: sampleHeight,
    });
    this.context = canvas.getContext('2d', { willReadFrequently: true });
    this.#next();
  }

  /** Begins to look for the longest time without a picture. */
  watchGaps() {
    this.#gapSince = performance.now();
    this.#longestGap = 0;
  }

  /** In milliseconds, up to now. */
  get longestGap() {
    return Math.max(this.#longestGap, performance.now() - this.#gapSince);
  }

  #next() {
    this.element.requestVideoFrameCallback(() => {
      if (this.#ended.signal.aborted) return;
      this.firstFrameAt ??= performance.timeOrigin + performance.now();
      this.#longestGap = this.longestGap;
      this.#gapSince = performance.now();
      if (this.frames++ % 2 === 0) this.#look();
      this.#next();
    });
  }

  #look() {
    this.context.drawImage(this.element, 0, 0, sampleWidth, sampleHeight);
    const { data } = this.context.getImageData(0, 0, sampleWidth, sampleHeight);
    this.hue = hueName(ground(data));
    if (!differs(data, this.#last)) return;
    this.changes++;
    this.#last = data;
  }

  /** Listens to the audio track that the stream has now. After another connection it is another, maybe of the same id. */
  #listen() {
    const [track = null] = this.stream.getAudioTracks();
    if (track === this.#audioTrack) return;
    this.#sound?.disconnect();
    this.#audioTrack = track;
    if (!track) {
      this.#analyser = null;
      return;
    }
    const context = sharedAudioContext();
    void context.resume();
    this.#analyser = new AnalyserNode(context, { fftSize: 4096, smoothingTimeConstant: 0 });
    this.#sound = new MediaStreamAudioSourceNode(context, {
      mediaStream: new MediaStream([track]),
    });
    this.#sound.connect(this.#analyser);
  }

  /** Where nothing can listen, what the browser's statistics say of the level; the tone stays unknown. */
  async #levelByStatistics() {
    const [track] = this.stream.getAudioTracks();
    const statistics = track && (await this.connection()?.getStats(track));
    for (const { type, audioLevel } of statistics?.values() ?? []) {
      if (type === 'inbound-rtp') {
        return { tone: 'unknown', level: Math.max(-200, Math.round(20 * Math.log10(audioLevel))) };
      }
    }
    return { tone: null, level: null };
  }

  /** The strongest frequency in Hz and its level in dB of full scale; null where there is no audio. */
  async #hear() {
    if (!runsAudioContexts) return this.#levelByStatistics();
    this.#listen();
    if (!this.#analyser) return { tone: null, level: null };
    const bins = new Float32Array(this.#analyser.frequencyBinCount);
    this.#analyser.getFloatFrequencyData(bins);
    let best = 0;
    for (let i = 1; i < bins.length; i++) if (bins[i] > bins[best]) best = i;
    const level = Number.isFinite(bins[best]) ? Math.round(bins[best]) : -200;
    return { tone: (best * this.#analyser.context.sampleRate) / this.#analyser.fftSize, level };
  }

  /** Where sound may have been lost on its way here: in the network, in the decoder, in the page, or in our own listening. */
  async explainSound() {
    const [track] = this.stream.getAudioTracks();
    const context = this.#analyser?.context;
    const { paused, muted, readyState, currentTime, error } = this.element;
    const receiver = this.connection()
      ?.getReceivers()
      .find((each) => each.track === track);
    // Of a connection that was closed meanwhile there are none.
    const statistics = [...((await receiver?.getStats().catch(() => null))?.values() ?? [])];
    const told = (type) => statistics.filter((each) => each.type === type).map(soundStatisticsOf);
    return {
      context: context && `${context.state} ${context.currentTime.toFixed(1)} s`,
      track: track && trackWords(track),
      listening: this.#sound?.mediaStream.getTracks().map(trackWords).join(),
      element: `${paused ? 'paused' : 'playing'}${muted ? ' muted' : ''} ${readyState} ${currentTime.toFixed(1)} s ${error?.message ?? ''}`,
      // As the sender measured it: statistics of what is received say silence as long as the element is muted.
      sent: receiver?.getSynchronizationSources().map(({ audioLevel }) => audioLevel),
      received: told('inbound-rtp'),
      played: told('media-playout'),
    };
  }

  async report() {
    const heard = await this.#hear();
    return {
      frames: this.frames,
      changes: this.changes,
      hue: this.hue,
      ...heard,
      ...(heard.level <= silence && { sound: await this.explainSound() }),
    };
  }

  close() {
    this.#ended.abort();
    this.#sound?.disconnect();
    this.element.remove();
  }
}
