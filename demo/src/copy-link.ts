// The button that copies the invitation and says that it did.
import { announce, note } from './announcer';
import { attribute, h, setText } from './dom';
import { icon } from './icons';
import { say } from './strings';

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // No clipboard on insecure pages, or not allowed: the old way still works in most.
    const field = h('textarea.spoken', { readonly: true, 'aria-hidden': 'true' });
    field.value = text;
    document.body.append(field);
    const focused = document.activeElement;
    field.select();
    const done = document.execCommand('copy');
    field.remove();
    if (focused instanceof HTMLElement) focused.focus();
    return done;
  }
}

export function copyLinkButton(
  link: () => string,
  className: string,
  testid: string,
): HTMLButtonElement {
  const label = h('span', {}, 'Copy link');
  const glyph = h('span.glyph', {}, icon('link'));
  const button = h(`button.${className}`, { type: 'button', 'data-testid': testid }, glyph, label);
  let timer = 0;
  button.addEventListener('click', async () => {
    if (!(await copy(link()))) {
      note(say.notCopied);
      return;
    }
    announce(say.copied);
    setText(label, 'Copied');
    glyph.replaceChildren(icon('check'));
    attribute(button, 'data-done', true);
    clearTimeout(timer);
    timer = window.setTimeout(() => {
      setText(label, 'Copy link');
      glyph.replaceChildren(icon('link'));
      attribute(button, 'data-done', false);
    }, 2200);
  });
  return button;
}
