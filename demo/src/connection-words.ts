// What is going on between this page and its endpoint, as one line of words that counts down.
import type { Call, Connection } from './call';
import { Countdown } from './countdown';
import { h, setText, show } from './dom';
import { say } from './strings';

export interface ConnectionWords {
  element: HTMLElement;
  update: (connection: Connection, title: string) => void;
  dispose: () => void;
}

/** Whether a call that is being joined has to wait for its endpoint. */
export function isWaiting({ connection }: Call): boolean {
  return connection.retryAt !== null || connection.code !== '' || !navigator.onLine;
}

export function connectionWords(retryNow: () => void): ConnectionWords {
  const title = h('strong');
  const detail = h('span');
  const retry = h('button.small', { type: 'button', 'data-testid': 'retry-now' }, 'Try now');
  retry.addEventListener('click', retryNow);
  const element = h(
    'div.connection',
    {},
    h('span.spinner', { 'aria-hidden': 'true' }),
    h('p', {}, title, ' ', detail),
    retry,
  );
  const countdown = new Countdown((seconds) => setText(detail, say.retryIn(seconds)));
  return {
    element,
    update: (connection, text) => {
      setText(title, text);
      countdown.set(null);
      if (!navigator.onLine) setText(detail, say.offline);
      else if (connection.retryAt !== null) countdown.set(connection.retryAt);
      else setText(detail, '');
      show(retry, connection.retryAt !== null);
    },
    dispose: () => countdown.set(null),
  };
}
