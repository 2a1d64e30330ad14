/** Calls `draw` with the whole seconds left until `at` (by Date.now()), at once and whenever they change. */
export class Countdown {
  private timer = 0;

  constructor(private readonly draw: (seconds: number) => void) {}

  set(at: number | null): void {
    clearTimeout(this.timer);
    if (at === null) return;
    const left = Math.max(0, at - Date.now());
    this.draw(Math.ceil(left / 1000));
    if (left > 0) this.timer = window.setTimeout(() => this.set(at), left % 1000 || 1000);
  }
}
