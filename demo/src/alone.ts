// Nobody else is here: how to change that.
import { invitation } from './channel-name';
import { copyLinkButton } from './copy-link';
import { h, setText } from './dom';

export interface Alone {
  element: HTMLElement;
  update: (hadCompany: boolean) => void;
}

export function aloneCard(channelName: string): Alone {
  const link = invitation(channelName);
  const title = h('h2');
  const text = h('p');
  const field = h('input', {
    readonly: true,
    'aria-label': 'Link to this channel',
    'data-testid': 'invitation',
  });
  field.value = link.replace(/^https?:\/\//, '');
  field.addEventListener('focus', () => field.select());
  const row = h(
    'div.alone-row',
    {},
    field,
    copyLinkButton(() => link, 'primary', 'alone-copy-link'),
  );
  if (typeof navigator.share === 'function' && matchMedia('(pointer: coarse)').matches) {
    const send = h('button.quiet', { type: 'button' }, 'Send…');
    send.addEventListener(
      'click',
      () => void navigator.share({ title: 'Partyline', url: link }).catch(() => undefined),
    );
    row.append(send);
  }
  const element = h(
    'section.card.alone',
    { 'data-testid': 'alone', 'aria-label': 'Invite others' },
    title,
    text,
    row,
  );
  return {
    element,
    update: (hadCompany) => {
      setText(title, hadCompany ? 'Everybody else has left' : 'You’re the first one here');
      setText(
        text,
        hadCompany
          ? 'The line stays open. The same link brings them back.'
          : 'Share the link: whoever opens it is on the line.',
      );
    },
  };
}
