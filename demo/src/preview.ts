// Oneself as the others will see one, before they do.
import { attribute, h, setText, show } from './dom';
import { drawAvatar } from './avatar';
import { watchLevel } from './levels';
import type { LocalMedia } from './media';
import { mediaToggle } from './toggle';

export interface Preview {
  element: HTMLElement;
  update: (name: string) => void;
  dispose: () => void;
}

export function preview(media: LocalMedia): Preview {
  const video = h('video.mirrored', {
    autoplay: true,
    playsinline: true,
    'data-testid': 'preview-video',
    'aria-label': 'Your camera’s picture',
  });
  video.muted = true;
  const avatar = h('span.avatar', { 'aria-hidden': 'true' });
  const words = h('p', { role: 'status', 'data-testid': 'preview-state' });
  const empty = h('div.preview-empty', {}, avatar, words);
  const bars = h('span.meter', { 'aria-hidden': 'true' }, h('i'), h('i'), h('i'));
  const microphone = mediaToggle(media, 'audio', 'preview-microphone', false);
  const camera = mediaToggle(media, 'video', 'preview-camera', false);
  const element = h(
    'section.preview',
    { 'aria-label': 'Preview' },
    video,
    empty,
    h('div.preview-controls', {}, microphone.element, camera.element),
    bars,
  );
  const owner = {};
  let shown: MediaStreamTrack | null = null;

  const update = (name: string): void => {
    const { track } = media.video;
    if (track !== shown) video.srcObject = track ? new MediaStream([track]) : null;
    shown = track;
    show(video, track !== null);
    show(empty, track === null);
    attribute(element, 'data-empty', track === null);
    drawAvatar(avatar, name);
    setText(words, state(media));
    microphone.update();
    camera.update();
    const heard = media.audio.on ? media.audio.track : null;
    show(bars, heard !== null);
    watchLevel(owner, heard, (level) => {
      // The ear is logarithmic: −50 dB is silence, −20 dB a voice close by.
      const loud = level > 0 ? (20 * Math.log10(level) + 50) / 30 : 0;
      bars.style.setProperty('--level', String(Math.min(1, Math.max(0, loud)).toFixed(2)));
    });
  };
  const dispose = (): void => {
    watchLevel(owner, null, () => undefined);
    video.srcObject = null;
  };
  return { element, update, dispose };
}

function state(media: LocalMedia): string {
  const { video, audio } = media;
  if (video.opening)
    return 'Your browser may ask for camera and microphone now. Nobody sees you before you join.';
  if (video.problem) return audio.problem ? 'No picture, no sound' : 'No picture';
  if (!video.on) return 'Your camera is off';
  return '';
}
