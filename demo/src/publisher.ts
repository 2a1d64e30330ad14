// Keeps what is published equal to what the user's devices give. Whatever changes meanwhile is taken up when the step at hand
// is done, so the latest wish wins.
import { PartylineError, type Channel, type Publication } from 'partyline';
import { kinds, type Kind, type LocalMedia } from './media';

const name = 'camera';

export class Publisher {
  private publication: Publication | null = null;
  private published: Record<Kind, MediaStreamTrack | null> = { audio: null, video: null };
  private busy = false;
  private again = false;
  private stopped = false;
  private refused = false;
  private readonly unsubscribe: () => void;

  constructor(
    private readonly channel: Channel,
    private readonly media: LocalMedia,
    private readonly onError: (error: unknown) => void,
  ) {
    this.unsubscribe = media.onChange(() => void this.sync());
    void this.sync();
  }

  stop(): void {
    this.stopped = true;
    this.unsubscribe();
  }

  private async sync(): Promise<void> {
    this.again = true;
    if (this.busy) return;
    this.busy = true;
    while (this.again && !this.stopped && !this.refused) {
      this.again = false;
      try {
        await this.step();
      } catch (error) {
        this.refused = error instanceof PartylineError && error.code === 'publish_not_allowed';
        if (!this.stopped) this.onError(error);
      }
    }
    this.busy = false;
  }

  private async step(): Promise<void> {
    // It may have ended by itself: all its devices were unplugged.
    if (this.channel.publications.get(name) !== this.publication) this.forget();
    // What is off goes off before anything else happens.
    for (const kind of kinds) if (!this.isOn(kind)) this.publication?.mute(kind);
    const added = kinds.some((kind) => this.media[kind].track && !this.published[kind]);
    if (added) await this.publish();
    else await this.replace();
    if (this.stopped || !this.publication) return;
    for (const kind of kinds) {
      // Only a track that is really the one being sent may go live.
      if (this.isOn(kind) && this.published[kind] === this.media[kind].track)
        this.publication.unmute(kind);
    }
  }

  private isOn(kind: Kind): boolean {
    return this.media[kind].on && this.media[kind].track !== null;
  }

  /** A publication's kinds are fixed, so a first camera or microphone makes a new one. */
  private async publish(): Promise<void> {
    this.publication?.unpublish();
    this.forget();
    const next = { audio: this.media.audio.track, video: this.media.video.track };
    const stream = new MediaStream(kinds.flatMap((kind) => next[kind] ?? []));
    // What the user has turned off must not be sent even for a moment; what is on is unmuted after.
    const muted = kinds.some((kind) => next[kind] && !this.isOn(kind));
    this.publication = await this.channel.publish(stream, { name, muted });
    this.published = next;
  }

  private forget(): void {
    this.publication = null;
    this.published = { audio: null, video: null };
  }

  private async replace(): Promise<void> {
    for (const kind of kinds) {
      const track = this.media[kind].track;
      if (!this.publication || !track || track === this.published[kind]) continue;
      await this.publication.replaceTrack(track);
      this.published[kind] = track;
    }
  }
}
