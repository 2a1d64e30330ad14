// The bar of buttons in a call.
import type { App } from './app';
import { attribute, h, show } from './dom';
import { icon, type IconName } from './icons';
import { mediaToggle } from './toggle';

export interface Controls {
  element: HTMLElement;
  update: () => void;
}

export function canShareScreen(): boolean {
  return typeof navigator.mediaDevices?.getDisplayMedia === 'function';
}

export function toggleShare(app: App): void {
  if (!canShareScreen() || app.call?.watching) return;
  if (app.call?.sharing) app.call.unshare();
  else void app.call?.share();
}

function round(
  glyph: IconName,
  label: string,
  testid: string,
  press: () => void,
): HTMLButtonElement {
  const button = h(
    'button.round',
    { type: 'button', 'data-testid': testid, 'aria-label': label, 'data-tip': label },
    h('span.glyph', {}, icon(glyph)),
  );
  button.addEventListener('click', press);
  return button;
}

export function controls(app: App, openSettings: () => void): Controls {
  const microphone = mediaToggle(app.media, 'audio', 'microphone', true);
  const camera = mediaToggle(app.media, 'video', 'camera', true);
  const share = round('screen', 'Share your screen', 'share', () => toggleShare(app));
  attribute(share, 'aria-keyshortcuts', 's');
  attribute(share, 'data-key', 's');
  const settings = round('settings', 'Name and devices', 'settings', openSettings);
  const leave = round('leave', 'Leave', 'leave', () => app.leave());
  leave.classList.add('leave');
  const element = h(
    'div.controls',
    { role: 'group', 'aria-label': 'Call controls', 'data-testid': 'controls' },
    microphone.element,
    camera.element,
    share,
    settings,
    leave,
  );
  let shared: boolean | null = null;
  const update = (): void => {
    const silent = app.call?.watching ?? false;
    show(microphone.element, !silent);
    show(camera.element, !silent);
    show(share, !silent && canShareScreen());
    microphone.update();
    camera.update();
    const sharing = app.call?.sharing ?? false;
    if (shared === sharing) return;
    shared = sharing;
    const label = sharing ? 'Stop sharing' : 'Share your screen';
    attribute(share, 'aria-label', label);
    attribute(share, 'data-tip', label);
    attribute(share, 'data-active', sharing);
    share.firstElementChild?.replaceChildren(icon(sharing ? 'screenOff' : 'screen'));
  };
  return { element, update };
}
