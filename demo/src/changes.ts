/** Something that changes and tells so. Several changes in one task are told once, after it. */
export class Changes {
  private readonly listeners = new Set<() => void>();
  private pending = false;

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  protected changed(): void {
    if (this.pending) return;
    this.pending = true;
    queueMicrotask(() => {
      this.pending = false;
      for (const listener of [...this.listeners]) listener();
    });
  }
}
