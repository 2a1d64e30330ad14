// Plays what others send. Where the browser holds sound back until the user has touched the page, the picture is played
// without it, and `onChange` tells that a tap is needed.
import { Changes } from './changes';

class Playback extends Changes {
  private readonly held = new Set<HTMLVideoElement>();

  get blocked(): boolean {
    return this.held.size > 0;
  }

  async play(video: HTMLVideoElement, stream: MediaStream): Promise<void> {
    if (video.srcObject === stream) return;
    video.srcObject = stream;
    await this.start(video);
  }

  stop(video: HTMLVideoElement): void {
    if (video.srcObject) video.srcObject = null;
    if (this.held.delete(video)) this.changed();
  }

  /** To be called in a click or key press. */
  resume(): void {
    for (const video of [...this.held]) {
      video.muted = false;
      void this.start(video);
    }
  }

  private async start(video: HTMLVideoElement): Promise<void> {
    try {
      await video.play();
      if (this.held.delete(video)) this.changed();
    } catch (error) {
      // Anything else (AbortError: a newer stream was set meanwhile) sorts itself out.
      if (!(error instanceof DOMException) || error.name !== 'NotAllowedError') return;
      this.held.add(video);
      this.changed();
      video.muted = true;
      await video.play().catch(() => undefined);
    }
  }
}

export const playback = new Playback();
