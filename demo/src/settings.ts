// Name and devices, during a call. A dialog of the platform: it keeps the keyboard in, and Escape closes it.
import type { App } from './app';
import { deviceSelect } from './device-select';
import { h, setText, show } from './dom';
import { icon } from './icons';
import { tidyPersonName } from './person-name';
import { remember, remembered } from './remembered';
import { deviceWords } from './strings';

export interface Settings {
  element: HTMLDialogElement;
  open: () => void;
  update: () => void;
}

export function settingsDialog(app: App): Settings {
  const name = h('input', {
    'data-testid': 'settings-name',
    maxlength: 48,
    autocomplete: 'nickname',
    placeholder: 'What others call you',
  });
  name.addEventListener('change', () => {
    remember({ name: tidyPersonName(name.value) });
    app.call?.rename(remembered.name);
    app.refresh();
  });
  const selects = [
    deviceSelect(app.media, 'audio', 'settings-microphone'),
    deviceSelect(app.media, 'video', 'settings-camera'),
  ];
  const trouble = h('p.wrong', { role: 'status' });
  const close = h(
    'button.round.little',
    { type: 'button', 'aria-label': 'Close', 'data-testid': 'settings-close' },
    icon('close'),
  );
  const done = h('button.primary', { type: 'button' }, 'Done');
  const element = h(
    'dialog.card.settings',
    { 'aria-labelledby': 'settings-title', 'data-testid': 'settings-dialog' },
    h('div.dialog-head', {}, h('h2', { id: 'settings-title' }, 'Name and devices'), close),
    h('label.field', {}, h('span.label', {}, 'Your name'), name),
    ...selects.map((each) => each.element),
    trouble,
    done,
  );
  for (const button of [close, done]) button.addEventListener('click', () => element.close());
  // A press beside it, on what is dimmed, closes it too.
  element.addEventListener('click', (event) => {
    if (event.target === element) element.close();
  });
  return {
    element,
    open: () => {
      name.value = remembered.name;
      element.showModal();
    },
    update: () => {
      for (const each of selects) each.update();
      const words = deviceWords(app.media.audio.problem, app.media.video.problem);
      show(trouble, words !== null);
      setText(trouble, words ? `${words.title}. ${words.text}` : '');
    },
  };
}
