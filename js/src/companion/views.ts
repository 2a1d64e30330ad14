// Where and how large streams of others are shown: observes elements and tells the core. What follows is decided there.
import type { CompanionHost } from '../companion-link.js';
import type { DisplaySize } from '../peer.js';

/** What browsers have to observe with; replaced in tests. */
export interface Observers {
  ResizeObserver: typeof ResizeObserver | undefined;
  IntersectionObserver: typeof IntersectionObserver | undefined;
  document: Document | undefined;
  devicePixelRatio(): number;
}

const browserObservers: Observers = {
  ResizeObserver: globalThis.ResizeObserver,
  IntersectionObserver: globalThis.IntersectionObserver,
  document: globalThis.document,
  devicePixelRatio: () => globalThis.devicePixelRatio ?? 1,
};

type Place = { view: number; channel: number; peer: string; publication: string };

// Of a picture in picture, where nobody knows better.
const smallWindow = { width: 480, height: 270 };

export class Views {
  readonly #host: CompanionHost;
  readonly #observers: Observers;
  readonly #stops = new Set<() => void>();
  readonly #displays = new Map<string, number>();

  constructor(host: CompanionHost, observers = browserObservers) {
    this.#host = host;
    this.#observers = observers;
  }

  /** Returns how to stop. */
  attach(
    channel: number,
    peer: string,
    publication: string,
    element: HTMLMediaElement,
  ): () => void {
    const { ResizeObserver, IntersectionObserver, document } = this.#observers;
    // Where nothing can be observed all is wanted; and sound has no size.
    if (!ResizeObserver || !IntersectionObserver || !document || element.localName !== 'video')
      return () => {};
    const place = { view: this.#host.driver.newId(), channel, peer, publication };
    let last = '';
    let inSight = false;
    const tell = (): void => {
      const small = document.pictureInPictureElement === element;
      const size = small
        ? smallWindow
        : inSight && document.visibilityState !== 'hidden'
          ? { width: element.clientWidth, height: element.clientHeight }
          : { width: 0, height: 0 };
      const { width, height } = this.#pixels(size);
      if (last === (last = `${width} ${height}`)) return;
      this.#host.tell({ type: 'ShowView', ...place, width, height });
    };
    const resize = new ResizeObserver(tell);
    const sight = new IntersectionObserver((entries) => {
      inSight = entries.at(-1)!.isIntersecting;
      tell();
    });
    resize.observe(element);
    sight.observe(element);
    document.addEventListener('visibilitychange', tell);
    element.addEventListener('enterpictureinpicture', tell);
    element.addEventListener('leavepictureinpicture', tell);
    const stop = (): void => {
      if (!this.#stops.delete(stop)) return;
      resize.disconnect();
      sight.disconnect();
      document.removeEventListener('visibilitychange', tell);
      element.removeEventListener('enterpictureinpicture', tell);
      element.removeEventListener('leavepictureinpicture', tell);
      this.#host.tell({ type: 'EndView', view: place.view, forget: false });
    };
    this.#stops.add(stop);
    return stop;
  }

  /** What the application says itself. */
  display(channel: number, peer: string, publication: string, size: DisplaySize | null): void {
    const key = JSON.stringify([channel, peer, publication]);
    const view = this.#displays.get(key) ?? this.#host.driver.newId();
    if (!size) {
      this.#displays.delete(key);
      this.#host.tell({ type: 'EndView', view, forget: true });
      return;
    }
    this.#displays.set(key, view);
    const place: Place = { view, channel, peer, publication };
    const { width, height, visible = true } = size;
    this.#host.tell({
      type: 'ShowView',
      ...place,
      ...this.#pixels(visible ? { width, height } : { width: 0, height: 0 }),
    });
  }

  end(): void {
    for (const stop of [...this.#stops]) stop();
  }

  #pixels({ width, height }: DisplaySize): { width: number; height: number } {
    const ratio = this.#observers.devicePixelRatio();
    const pixels = (side: number): number =>
      Math.ceil(Math.min(Math.max(0, side * ratio), 16_384)) || 0;
    // A line is no picture.
    const [w, h] = [pixels(width), pixels(height)];
    return w && h ? { width: w, height: h } : { width: 0, height: 0 };
  }
}
