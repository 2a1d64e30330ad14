import { announcerElements } from './announcer';
import { App } from './app';

const root = document.getElementById('app');
if (root) {
  document.body.append(...announcerElements());
  new App(root);
}
