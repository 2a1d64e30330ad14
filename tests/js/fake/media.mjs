// Tracks and streams that do what the platform's do, as far as the package looks.
let lastId = 0;

export class FakeTrack extends EventTarget {
  enabled = true;
  readyState = 'live';
  stopped = 0;

  constructor(kind) {
    super();
    this.kind = kind;
    this.id = `${kind}-${(lastId += 1)}`;
  }
  /** By the application: no event (W3C mediacapture-streams §4.3.1). */
  stop() {
    this.stopped += 1;
    this.readyState = 'ended';
  }
  /** By the device or the browser. */
  end() {
    this.readyState = 'ended';
    this.dispatchEvent(new Event('ended'));
  }
}

export class FakeStream {
  id = `stream-${(lastId += 1)}`;
  #tracks = new Set();

  constructor(tracks = []) {
    for (const track of tracks) this.addTrack(track);
  }
  addTrack(track) {
    this.#tracks.add(track);
  }
  removeTrack(track) {
    this.#tracks.delete(track);
  }
  getTracks() {
    return [...this.#tracks];
  }
}

export const tracks = (...kinds) => new FakeStream(kinds.map((kind) => new FakeTrack(kind)));
