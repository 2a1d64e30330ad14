// The large place for a shared screen.
import type { Share } from './people';
import { attribute, h, setChildren, setText, show } from './dom';
import { icon } from './icons';
import type { Box } from './layout';
import { playback } from './playback';

export class Stage {
  readonly element: HTMLElement;
  private readonly video = h('video', {
    autoplay: true,
    playsinline: true,
    'data-testid': 'stage-video',
  });
  private readonly caption = h('bdi');
  private readonly choices = h('div.stage-choices', {
    role: 'group',
    'aria-label': 'Shared screens',
  });
  private readonly full = h(
    'button.round.little',
    {
      type: 'button',
      'data-testid': 'stage-fullscreen',
      'aria-label': 'Full screen',
      'data-tip': 'Full screen',
    },
    icon('expand'),
  );
  private chosen = '';
  private known: string[] = [];
  private shares: Share[] = [];

  constructor() {
    this.element = h(
      'figure.stage',
      { 'data-testid': 'stage', hidden: true },
      this.video,
      h('figcaption', {}, icon('screen'), this.caption),
      this.choices,
      this.full,
    );
    show(this.full, document.fullscreenEnabled === true);
    this.full.addEventListener('click', () => {
      if (document.fullscreenElement) void document.exitFullscreen();
      else void this.element.requestFullscreen().catch(() => undefined);
    });
  }

  get active(): boolean {
    return this.shares.length > 0;
  }

  update(shares: Share[]): void {
    this.shares = shares;
    // The newest one takes the stage; afterwards the user chooses.
    const newest = shares.find((share) => !this.known.includes(share.id));
    this.known = shares.map((share) => share.id);
    if (newest) this.chosen = newest.id;
    const share = shares.find((each) => each.id === this.chosen) ?? shares[0];
    show(this.element, share !== undefined);
    if (!share) {
      playback.stop(this.video);
      if (document.fullscreenElement === this.element) void document.exitFullscreen();
      return;
    }
    this.chosen = share.id;
    setText(this.caption, `${share.name} shares a screen`);
    attribute(this.video, 'aria-label', `The screen of ${share.name}`);
    attribute(this.element, 'data-peer', share.personId);
    void playback.play(this.video, share.stream);
    this.drawChoices();
  }

  place(box: Box): void {
    const { style } = this.element;
    style.width = `${Math.round(box.width)}px`;
    style.height = `${Math.round(box.height)}px`;
  }

  dispose(): void {
    playback.stop(this.video);
  }

  private drawChoices(): void {
    show(this.choices, this.shares.length > 1);
    const buttons = this.shares.map((share) => {
      const present = [...this.choices.children].find(
        (each) => each.getAttribute('data-share') === share.id,
      );
      const button = present ?? this.choice(share);
      setText(button, share.name);
      attribute(button, 'aria-pressed', share.id === this.chosen ? 'true' : 'false');
      return button;
    });
    setChildren(this.choices, buttons);
  }

  private choice(share: Share): HTMLElement {
    const button = h('button.small', { type: 'button', 'data-share': share.id });
    button.addEventListener('click', () => {
      this.chosen = share.id;
      this.update(this.shares);
    });
    return button;
  }
}
