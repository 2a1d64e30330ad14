// Lanes: the data channel of id 0 in each connection, over which companions of both ends talk.
import type { CompanionHost } from '../companion-link.js';
import type { Connection } from '../connection.js';

// Longer ones are none of ours. The core has limits of its own.
const textMax = 65_536;

export class Lanes {
  readonly #host: CompanionHost;
  readonly #watched = new WeakSet<Connection>();

  constructor(host: CompanionHost) {
    this.#host = host;
  }

  /** Listens to it from now on. */
  watch(connection: Connection): void {
    const { lane, id, early } = connection;
    if (!lane || this.#watched.has(connection)) return;
    this.#watched.add(connection);
    const opened = (): void => this.#host.tell({ type: 'LaneOpened', connection: id });
    const received = (data: unknown): void => {
      if (typeof data === 'string' && data.length <= textMax)
        this.#host.tell({ type: 'LaneTextReceived', connection: id, text: data });
    };
    if (lane.readyState === 'open') opened();
    else lane.onopen = opened;
    for (const data of early.splice(0)) received(data);
    lane.onmessage = ({ data }) => received(data);
    lane.onclose = () => this.#host.tell({ type: 'LaneClosed', connection: id });
  }

  send(connection: Connection | undefined, text: string): void {
    if (connection?.lane?.readyState === 'open') connection.lane.send(text);
  }
}
