// Before the call: which channel, under which name, with which devices.
import type { App } from './app';
import { announce } from './announcer';
import {
  channelNameProblem,
  generateChannelName,
  invitation,
  tidyChannelName,
} from './channel-name';
import { connectionWords, isWaiting } from './connection-words';
import { copyLinkButton } from './copy-link';
import { deviceSelect } from './device-select';
import { attribute, h, setText, show } from './dom';
import { icon, mark, wires } from './icons';
import { tidyPersonName } from './person-name';
import { preview } from './preview';
import { remember, remembered } from './remembered';
import { shortcuts } from './shortcuts';
import { callProblem, deviceWords, nameProblemText, say } from './strings';
import { toggleMedia } from './toggle';
import type { View } from './view';

export function brand(): HTMLElement {
  return h('div.brand', {}, mark(), h('span', {}, 'Partyline'));
}

export function lobbyView(app: App): View {
  const { media } = app;
  const picture = preview(media);
  const form = joinForm(app);
  const devices = [
    deviceSelect(media, 'audio', 'select-microphone'),
    deviceSelect(media, 'video', 'select-camera'),
  ];
  const notice = deviceNotice(app);
  const removeShortcuts = shortcuts({
    m: () => toggleMedia(media, 'audio', false),
    c: () => toggleMedia(media, 'video', false),
  });
  const element = h(
    'main.lobby',
    { 'data-testid': 'lobby' },
    wires(),
    h('header', {}, brand()),
    h(
      'div.lobby-body',
      {},
      picture.element,
      notice.element,
      form.element,
      h('div.devices', {}, ...devices.map((each) => each.element)),
    ),
    h(
      'footer',
      {},
      'No account, nothing to install. Sound and picture go straight from browser to browser, encrypted.',
      app.config.foreignHost ? ` Calls are arranged by ${app.config.foreignHost}.` : '',
    ),
  );
  return {
    element,
    update: () => {
      picture.update(remembered.name);
      notice.update();
      for (const each of devices) each.update();
      form.update();
    },
    focus: form.focus,
    dispose: () => {
      removeShortcuts();
      picture.dispose();
      form.dispose();
    },
  };
}

function deviceNotice(app: App): { element: HTMLElement; update: () => void } {
  const title = h('strong');
  const text = h('p');
  const retry = h('button.small', { type: 'button', 'data-testid': 'device-retry' }, 'Try again');
  retry.addEventListener('click', () => app.media.retry());
  const element = h(
    'div.notice',
    { role: 'status', 'data-testid': 'device-notice' },
    icon('warning'),
    h('div', {}, title, text),
    retry,
  );
  const update = (): void => {
    const { audio, video } = app.media;
    const words = deviceWords(audio.problem, video.problem, app.config.problem === null);
    show(element, words !== null);
    if (!words) return;
    setText(title, words.title);
    setText(text, words.text);
    show(retry, audio.problem !== 'insecure');
  };
  return { element, update };
}

function channelField(
  app: App,
  onEdit: () => void,
): { element: HTMLElement; input: HTMLInputElement; generate: HTMLButtonElement } {
  const input = h('input', {
    id: 'channel',
    name: 'channel',
    'data-testid': 'channel-input',
    autocomplete: 'off',
    autocapitalize: 'none',
    spellcheck: 'false',
    maxlength: 400,
    'aria-describedby': 'channel-problem',
    enterkeyhint: 'go',
  });
  input.value = app.channelName;
  const generate = h(
    'button.inside',
    {
      type: 'button',
      'data-testid': 'generate-channel',
      'aria-label': 'New channel name',
      'data-tip': 'New name',
    },
    icon('dice'),
  );
  const edited = (): void => {
    app.setChannelName(tidyChannelName(input.value));
    onEdit();
  };
  input.addEventListener('input', edited);
  generate.addEventListener('click', () => {
    input.value = generateChannelName();
    edited();
    announce(`Channel ${input.value}`);
  });
  const element = h(
    'div.field',
    {},
    h('label.label', { for: 'channel' }, 'Channel'),
    h(
      'div.input-with-button',
      {},
      h('span.prefix', { 'aria-hidden': 'true' }, '#'),
      input,
      generate,
    ),
  );
  return { element, input, generate };
}

function nameField(onEdit: () => void): { element: HTMLElement; input: HTMLInputElement } {
  const input = h('input', {
    name: 'name',
    'data-testid': 'name-input',
    autocomplete: 'nickname',
    maxlength: 48,
    placeholder: 'What others call you',
    enterkeyhint: 'go',
  });
  input.value = remembered.name;
  input.addEventListener('input', () => {
    remember({ name: tidyPersonName(input.value) });
    onEdit();
  });
  return { element: h('label.field', {}, h('span.label', {}, 'Your name'), input), input };
}

function joinForm(app: App): {
  element: HTMLElement;
  update: () => void;
  focus: () => void;
  dispose: () => void;
} {
  let tried = false;
  const edited = (): void => {
    app.forgetProblem();
    update();
  };
  const channel = channelField(app, edited);
  const name = nameField(edited);
  const wrong = h('p.wrong', { id: 'channel-problem', 'data-testid': 'channel-problem' });
  channel.element.append(wrong);
  const joinText = h('span', {}, 'Join');
  const join = h('button.primary', { type: 'submit', 'data-testid': 'join' }, joinText);
  const cancel = h('button.quiet', { type: 'button', 'data-testid': 'cancel-join' }, 'Cancel');
  cancel.addEventListener('click', () => app.cancelJoin());
  const status = connectionWords(() => app.call?.retryNow());
  attribute(status.element, 'data-testid', 'join-status');
  attribute(status.element, 'role', 'status');
  const problem = problemCard();
  const heading = h(
    'h1',
    { tabindex: -1 },
    app.interrupted ? 'Welcome back' : app.invited ? 'You’re invited' : 'Start a party line',
  );
  const intro = app.interrupted
    ? 'You were in this call a moment ago. Everything is ready to go back.'
    : app.invited
      ? 'Check your picture and your sound, then step in.'
      : 'Name a channel, share its link, and whoever opens it is on the line.';
  const element = h(
    'form.card.join',
    { novalidate: true, 'aria-label': 'Join a channel' },
    heading,
    h('p.intro', {}, intro),
    channel.element,
    name.element,
    problem.element,
    h('div.join-row', {}, join, cancel),
    status.element,
    h(
      'div.invite',
      {},
      copyLinkButton(() => invitation(app.channelName), 'quiet', 'lobby-copy-link'),
      h('span', {}, 'to invite others'),
    ),
  );
  element.addEventListener('submit', (event) => {
    event.preventDefault();
    tried = true;
    if (channelNameProblem(app.channelName)) channel.input.focus();
    else app.join();
    update();
  });

  const update = (): void => {
    const call = app.call;
    const joining = call?.phase === 'joining';
    const bad = channelNameProblem(app.channelName);
    const tell = bad && (tried || bad !== 'empty');
    setText(wrong, tell ? nameProblemText[bad] : '');
    attribute(channel.input, 'aria-invalid', tell ? 'true' : null);
    for (const input of [channel.input, name.input]) input.readOnly = joining;
    show(channel.generate, !joining);
    setText(joinText, joining ? 'Joining…' : app.interrupted ? 'Rejoin' : 'Join');
    attribute(join, 'aria-disabled', joining ? 'true' : null);
    attribute(join, 'data-busy', joining);
    show(cancel, joining);
    problem.update(app);
    const waiting = joining && isWaiting(call);
    show(status.element, waiting);
    if (waiting)
      status.update(call.connection, say.waiting(call.connection.code, app.endpointHost));
  };
  const focus = (): void => {
    if (app.problem) problem.element.focus();
    else if (remembered.name === '') name.input.focus({ preventScroll: true });
    else join.focus({ preventScroll: true });
  };
  return { element, update, focus, dispose: status.dispose };
}

function problemCard(): { element: HTMLElement; update: (app: App) => void } {
  const title = h('strong');
  const text = h('p');
  const element = h(
    'div.notice.bad',
    { role: 'alert', tabindex: -1, 'data-testid': 'join-problem' },
    icon('warning'),
    h('div', {}, title, text),
  );
  const update = (app: App): void => {
    show(element, app.problem !== null);
    if (!app.problem) return;
    const words = callProblem(app.problem.code, app.problem.message, app.place);
    setText(title, words.title);
    setText(text, words.text);
    attribute(element, 'data-code', app.problem.code);
  };
  return { element, update };
}
