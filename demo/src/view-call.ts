// The call: everybody in a grid, what is going on above it, the controls below.
import { announce } from './announcer';
import type { App } from './app';
import { aloneCard } from './alone';
import { banners } from './banners';
import type { Call } from './call';
import { invitation } from './channel-name';
import { controls, toggleShare } from './controls';
import { copyLinkButton } from './copy-link';
import { attribute, h, setText, show } from './dom';
import { Grid } from './grid';
import { icon, mark } from './icons';
import { remembered } from './remembered';
import { settingsDialog } from './settings';
import { shortcuts } from './shortcuts';
import { deviceState, say } from './strings';
import type { TileContent } from './tile';
import { toggleMedia } from './toggle';
import type { Kind } from './media';
import type { View } from './view';

/** One's own picture and sound, under one stream that stays. */
class OwnStream {
  private readonly stream = new MediaStream();

  get(app: App): MediaStream | null {
    const wanted = [app.media.audio.track, app.media.video.track].filter((track) => track !== null);
    for (const track of this.stream.getTracks())
      if (!wanted.includes(track)) this.stream.removeTrack(track);
    for (const track of wanted) this.stream.addTrack(track);
    return wanted.length > 0 ? this.stream : null;
  }
}

export function callView(app: App, call: Call): View {
  const grid = new Grid();
  const own = new OwnStream();
  const settings = settingsDialog(app);
  const bar = controls(app, settings.open);
  const above = banners(app);
  const alone = aloneCard(call.channelName);
  const count = h('span');
  const people = h('p.people', { 'data-testid': 'people-count' }, icon('people'), count);
  const title = h(
    'h1',
    { tabindex: -1, 'data-testid': 'channel-name' },
    h('bdi', {}, `#${call.channelName}`),
  );
  const element = h(
    'main.call',
    { 'data-testid': 'call' },
    h(
      'header',
      {},
      h('span.brand', {}, mark()),
      title,
      people,
      copyLinkButton(() => invitation(call.channelName), 'quiet', 'copy-link'),
    ),
    above.element,
    h('div.room', {}, grid.element, alone.element),
    bar.element,
    settings.element,
  );
  const removeShortcuts = shortcuts({
    m: () => call.watching || toggleMedia(app.media, 'audio', true),
    c: () => call.watching || toggleMedia(app.media, 'video', true),
    s: () => toggleShare(app),
  });
  const tellOwn = ownAnnouncements(app);
  return {
    element,
    update: () => {
      const lonely = call.people.length === 0;
      grid.update(
        [self(app, own), ...call.people.map((person) => ({ ...person, self: false }))],
        call.shares,
      );
      setText(count, String(call.people.length + 1));
      attribute(people, 'aria-label', say.people(call.people.length + 1));
      attribute(people, 'role', 'img');
      bar.update();
      above.update();
      settings.update();
      show(alone.element, lonely);
      alone.update(call.hadCompany);
      tellOwn();
    },
    focus: () => title.focus({ preventScroll: true }),
    dispose: () => {
      removeShortcuts();
      settings.element.close();
      above.dispose();
      grid.dispose();
    },
  };
}

function self(app: App, own: OwnStream): TileContent {
  const { audio, video } = app.media;
  return {
    id: 'self',
    name: remembered.name,
    self: true,
    state: 'connected',
    stream: own.get(app),
    audio: audio.on && audio.track !== null,
    video: video.on && video.track !== null,
  };
}

/** Tells screen readers what became of the own microphone and camera. */
function ownAnnouncements(app: App): () => void {
  const state = (kind: Kind): string => {
    const source = app.media[kind];
    if (source.problem) return deviceState(kind, source.problem);
    if (source.on && !source.track) return '';
    return kind === 'audio' ? say.microphone(source.on) : say.camera(source.on);
  };
  const last = { audio: state('audio'), video: state('video') };
  return () => {
    for (const kind of ['audio', 'video'] as const) {
      const now = state(kind);
      if (now && now !== last[kind]) announce(now);
      last[kind] = now || last[kind];
    }
  };
}
