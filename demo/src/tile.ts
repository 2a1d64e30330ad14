// One person in the grid.
import type { PeerState } from 'partyline';
import { drawAvatar } from './avatar';
import { attribute, h, setText, show } from './dom';
import { icon } from './icons';
import type { Box } from './layout';
import { watchLevel } from './levels';
import { playback } from './playback';

export interface TileContent {
  id: string;
  name: string;
  self: boolean;
  state: PeerState;
  stream: MediaStream | null;
  audio: boolean;
  video: boolean;
}

const stateText: Record<PeerState, string> = {
  connecting: 'Connecting…',
  connected: '',
  reconnecting: 'Reconnecting…',
  away: 'Away for a moment…',
  left: 'Left',
};

/** Above this, somebody is speaking: −40 dB. */
const speaking = 0.01;

export class Tile {
  readonly element: HTMLElement;
  private readonly video = h('video', { autoplay: true, playsinline: true });
  private readonly avatar = h('span.avatar', { 'aria-hidden': 'true' });
  private readonly stateLine = h('p.tile-state', { 'data-testid': 'tile-state' });
  private readonly name = h('bdi', { 'data-testid': 'tile-name' });
  private readonly mutedIcon = h(
    'span.tile-muted',
    { 'data-testid': 'tile-muted' },
    icon('micOff'),
  );

  private videoTrack: MediaStreamTrack | null = null;

  constructor(content: TileContent) {
    this.video.muted = content.self;
    if (content.self) this.video.classList.add('mirrored');
    // What a picture has not yet been decoded of is not shown as a black box.
    this.video.addEventListener('loadeddata', () =>
      attribute(this.element, 'data-picture', this.video.videoWidth > 0),
    );
    this.video.addEventListener('resize', () =>
      attribute(this.element, 'data-picture', this.video.videoWidth > 0),
    );
    this.video.addEventListener('emptied', () => attribute(this.element, 'data-picture', false));
    this.element = h(
      'div.tile',
      {
        role: 'listitem',
        'data-testid': content.self ? 'tile-self' : 'tile',
        'data-peer': content.id,
      },
      this.avatar,
      this.video,
      this.stateLine,
      h('p.tile-name', {}, this.mutedIcon, this.name),
    );
  }

  update(content: TileContent): void {
    const { element } = this;
    const label = content.self ? 'You' : content.name;
    setText(this.name, label);
    drawAvatar(this.avatar, content.name, content.self ? content.name : content.id);
    setText(this.stateLine, stateText[content.state]);
    show(this.stateLine, content.state !== 'connected');
    show(this.mutedIcon, !content.audio);
    attribute(element, 'data-state', content.state);
    attribute(element, 'data-audio', content.audio ? 'on' : 'off');
    attribute(element, 'data-video', content.video ? 'on' : 'off');
    const parts = [
      label,
      content.audio ? '' : 'muted',
      content.video ? '' : 'camera off',
      stateText[content.state],
    ];
    attribute(element, 'aria-label', parts.filter(Boolean).join(', '));
    if (content.stream) void playback.play(this.video, content.stream);
    else playback.stop(this.video);
    this.listen(content);
    this.look(content);
  }

  place(box: Box, floating: boolean): void {
    const { style } = this.element;
    style.transform = `translate(${Math.round(box.left)}px, ${Math.round(box.top)}px)`;
    style.width = `${Math.round(box.width)}px`;
    style.height = `${Math.round(box.height)}px`;
    const side = Math.min(box.width, box.height);
    style.setProperty('--avatar', `${Math.round(Math.min(120, Math.max(30, side * 0.36)))}px`);
    attribute(this.element, 'data-floating', floating);
    attribute(this.element, 'data-small', box.width < 190 || box.height < 125);
  }

  dispose(): void {
    watchLevel(this, null, () => undefined);
    playback.stop(this.video);
    this.element.remove();
  }

  /** A track that nothing has arrived on yet would be shown as black. */
  private look(content: TileContent): void {
    const track = content.stream?.getVideoTracks()[0] ?? null;
    attribute(this.element, 'data-waiting', track?.muted === true);
    if (track === this.videoTrack) return;
    for (const event of ['mute', 'unmute']) {
      this.videoTrack?.removeEventListener(event, this.trackChanged);
      track?.addEventListener(event, this.trackChanged);
    }
    this.videoTrack = track;
  }

  private readonly trackChanged = (): void =>
    attribute(this.element, 'data-waiting', this.videoTrack?.muted === true);

  private listen(content: TileContent): void {
    const track = content.audio ? (content.stream?.getAudioTracks()[0] ?? null) : null;
    watchLevel(this, track, (level) => attribute(this.element, 'data-speaking', level > speaking));
  }
}
