// Elements that show what comes from others, and whether the browser plays them. Where it does not before the user has done
// something, that is told once, and one call plays them all.

type Playable = Pick<HTMLMediaElement, 'play' | 'paused' | 'srcObject'> & EventTarget;

export class Playback {
  readonly elements = new Set<Playable>();
  /** Told of each that comes. */
  onElement: ((element: Playable) => void) | undefined;
  readonly #told: (blocked: boolean) => void;
  readonly #blocked = new Set<Playable>();

  constructor(told: (blocked: boolean) => void) {
    this.#told = told;
  }

  /** Returns how to stop. */
  watch(element: Playable): () => void {
    this.elements.add(element);
    this.onElement?.(element);
    const play = (): void => void this.#play(element);
    const playing = (): void => this.#unblock(element);
    // `autoplay` does nothing, and says nothing, where it is refused: only play() tells.
    element.addEventListener('loadedmetadata', play);
    element.addEventListener('playing', playing);
    if (element.srcObject) play();
    return () => {
      element.removeEventListener('loadedmetadata', play);
      element.removeEventListener('playing', playing);
      this.elements.delete(element);
      this.#unblock(element);
    };
  }

  /** Plays what was refused. Still refused, it is told again. */
  async resume(): Promise<void> {
    const blocked = [...this.#blocked];
    // All in the task of the user's gesture.
    await Promise.all(blocked.map((element) => this.#play(element)));
  }

  async #play(element: Playable): Promise<void> {
    try {
      await element.play();
      this.#unblock(element);
    } catch (error) {
      // Anything else, as a stream that was replaced meanwhile, is no refusal (HTML, "play()").
      if ((error as { name?: unknown } | null)?.name !== 'NotAllowedError') return;
      if (!this.elements.has(element)) return;
      this.#blocked.add(element);
      if (this.#blocked.size === 1) this.#told(true);
    }
  }

  #unblock(element: Playable): void {
    if (this.#blocked.delete(element) && this.#blocked.size === 0) this.#told(false);
  }
}
