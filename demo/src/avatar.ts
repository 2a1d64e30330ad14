// Somebody's initials on a colour of their own, for where there is no picture.
import { attribute } from './dom';
import { icon } from './icons';
import { initials, tint } from './person-name';

/** `seed` decides the colour: the name, unless something is known that is more particular. */
export function drawAvatar(avatar: HTMLElement, name: string, seed = name): void {
  attribute(avatar, 'data-tint', tint(seed));
  const letters = initials(name);
  if (avatar.dataset['letters'] === letters) return;
  avatar.dataset['letters'] = letters;
  avatar.replaceChildren(letters || icon('person'));
}
