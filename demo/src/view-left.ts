// After the call: how it ended, and the way back in.
import type { App } from './app';
import { connectionWords, isWaiting } from './connection-words';
import { attribute, h, setText, show } from './dom';
import { wires } from './icons';
import { callProblem, say } from './strings';
import type { View } from './view';
import { brand } from './view-lobby';

export function leftView(app: App): View {
  const call = app.call;
  const failure = call?.failure ?? null;
  const words = failure
    ? callProblem(failure.code, failure.message, app.place)
    : {
        title: 'You left the line',
        text: say.leftAfter(Date.now() - (call?.joinedAt ?? Date.now())),
      };
  const again = failure ? 'Try again' : 'Rejoin';
  const rejoinText = h('span', {}, again);
  const rejoin = h('button.primary', { type: 'button', 'data-testid': 'rejoin' }, rejoinText);
  rejoin.addEventListener('click', () => app.join());
  const lobby = h(
    'button.quiet',
    { type: 'button', 'data-testid': 'back-to-lobby' },
    'Another channel',
  );
  lobby.addEventListener('click', () => app.newChannel());
  const status = connectionWords(() => app.call?.retryNow());
  attribute(status.element, 'role', 'status');
  const element = h(
    'main.left',
    { 'data-testid': 'left', 'data-code': failure?.code },
    wires(),
    h('header', {}, brand()),
    h(
      'section.card',
      { 'aria-labelledby': 'left-title' },
      h('p.channel-tag', {}, h('bdi', {}, `#${app.channelName}`)),
      h('h1', { id: 'left-title', tabindex: -1 }, words.title),
      h('p.intro', {}, words.text),
      h('div.join-row', {}, rejoin, lobby),
      status.element,
    ),
  );
  const update = (): void => {
    const joining = app.call?.phase === 'joining' ? app.call : null;
    setText(rejoinText, joining ? 'Joining…' : again);
    attribute(rejoin, 'data-busy', joining !== null);
    attribute(rejoin, 'aria-disabled', joining ? 'true' : null);
    const waiting = joining !== null && isWaiting(joining);
    show(status.element, waiting);
    if (waiting)
      status.update(joining.connection, say.waiting(joining.connection.code, app.endpointHost));
  };
  return { element, update, focus: () => rejoin.focus(), dispose: status.dispose };
}
