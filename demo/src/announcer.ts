// What happens, told: to everybody as a note that goes away, and to screen readers in a live region.
import { h } from './dom';

// Long enough to be read: longer for more words.
const shownMs = (text: string): number => Math.max(4500, text.length * 75);
const region = h('div.spoken', {
  role: 'status',
  'aria-live': 'polite',
  'data-testid': 'announcements',
});
const notes = h('div.notes', { 'data-testid': 'notes', 'aria-hidden': 'true' });

export function announcerElements(): HTMLElement[] {
  return [region, notes];
}

/** For screen readers alone: what others can see anyway. */
export function announce(text: string): void {
  // A new element each time, so that the same words twice are read twice.
  region.append(h('p', {}, text));
  while (region.children.length > 6) region.firstElementChild?.remove();
}

/** For everybody. */
export function note(text: string): void {
  announce(text);
  // Twice the same is once.
  for (const shown of [...notes.children]) if (shown.textContent === text) shown.remove();
  const element = h('p.note', {}, text);
  notes.append(element);
  while (notes.children.length > 3) notes.firstElementChild?.remove();
  setTimeout(() => element.remove(), shownMs(text));
}
