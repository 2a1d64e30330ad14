// What wants attention during a call, above the grid: the endpoint is away, sound is held back, the screen is being shared.
import type { App } from './app';
import { connectionWords } from './connection-words';
import { attribute, h, setText, show } from './dom';
import { icon } from './icons';
import { resumeLevels } from './levels';
import { playback } from './playback';
import { say } from './strings';

export interface Banners {
  element: HTMLElement;
  update: () => void;
  dispose: () => void;
}

export function banners(app: App): Banners {
  const connection = connectionWords(() => app.call?.retryNow());
  connection.element.classList.add('banner');
  attribute(connection.element, 'data-testid', 'connection-banner');

  const hear = h(
    'button.small',
    { type: 'button', 'data-testid': 'resume-sound' },
    'Turn sound on',
  );
  const sound = h(
    'div.banner',
    { role: 'alert', 'data-testid': 'sound-banner' },
    icon('sound'),
    h('p', {}, 'Your browser holds the sound back.'),
    hear,
  );
  hear.addEventListener('click', resumeSound);

  const stop = h('button.small', { type: 'button', 'data-testid': 'stop-sharing' }, 'Stop sharing');
  stop.addEventListener('click', () => app.call?.unshare());
  const shareText = h('p', {}, say.youShare);
  const sharing = h(
    'div.banner',
    { 'data-testid': 'share-banner' },
    icon('screen'),
    shareText,
    stop,
  );

  const watching = h(
    'div.banner',
    { 'data-testid': 'watching-banner' },
    icon('people'),
    h('p', {}, say.watching),
  );

  const element = h('div.banners', {}, connection.element, sound, watching, sharing);
  const unsubscribe = playback.onChange(() => app.refresh());
  // Any touch of the page will do for the browser, so any does.
  document.addEventListener('pointerup', resumeSound);
  document.addEventListener('keydown', resumeSound);
  const update = (): void => {
    const call = app.call;
    const away =
      call?.connection.state === 'reconnecting' || call?.connection.state === 'connecting';
    show(connection.element, away);
    if (call && away) connection.update(call.connection, 'Reconnecting.');
    else connection.dispose();
    show(sound, playback.blocked);
    show(watching, call?.watching ?? false);
    show(sharing, call?.sharing ?? false);
    setText(shareText, say.youShare);
  };
  const dispose = (): void => {
    unsubscribe();
    connection.dispose();
    document.removeEventListener('pointerup', resumeSound);
    document.removeEventListener('keydown', resumeSound);
  };
  return { element, update, dispose };
}

function resumeSound(): void {
  resumeLevels();
  if (playback.blocked) playback.resume();
}
