// A data channel that outlives the RTCDataChannels it consists of: each generation of the connection brings another one.

/** Like an RTCDataChannel, and the same object for as long as the peer is there. */
export interface DataChannelEvents {
  open: Event;
  message: MessageEvent;
  close: Event;
  error: Event;
}

const heldMax = 1024;

export class PartylineDataChannel extends EventTarget {
  /** The name it was opened with. */
  readonly label: string;
  /** How `Blob`s and buffers arrive: always as `ArrayBuffer`. */
  readonly binaryType = 'arraybuffer';
  #state: RTCDataChannelState = 'connecting';
  #channel: RTCDataChannel | undefined;
  readonly #closeWanted: () => void;
  /** What arrived before anybody listened; undefined once someone does. */
  #held: unknown[] | undefined = [];

  /** @internal */
  constructor(label: string, closeWanted: () => void) {
    super();
    this.label = label;
    this.#closeWanted = closeWanted;
  }

  /** `open` while data can be sent. `connecting` again while the connection is being replaced; `closed` is for good. */
  get readyState(): RTCDataChannelState {
    return this.#state;
  }

  /** Bytes that were sent and have not left yet. */
  get bufferedAmount(): number {
    return this.#channel?.bufferedAmount ?? 0;
  }

  /** Sends, or throws an `InvalidStateError` while it is not `open`. */
  send(data: string | ArrayBuffer | ArrayBufferView | Blob): void {
    if (!this.#channel || this.#state !== 'open') {
      throw new DOMException(
        `The data channel '${this.label}' is ${this.#state}, not open.`,
        'InvalidStateError',
      );
    }
    this.#channel.send(data as string);
  }

  /** Closes it for good, on both sides. */
  close(): void {
    if (this.#state === 'closed' || this.#state === 'closing') return;
    this.#state = 'closing';
    this.#closeWanted();
  }

  override addEventListener<T extends keyof DataChannelEvents>(
    type: T,
    listener: ((event: DataChannelEvents[T]) => unknown) | EventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  override addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  override addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void {
    super.addEventListener(type, listener, options);
    if (type === 'message') queueMicrotask(() => this.#deliverHeld());
  }

  /** @internal Continues on this RTCDataChannel. `lost` is called when it closed without being told to. */
  _attach(channel: RTCDataChannel, lost: () => void): void {
    this._detach();
    this.#channel = channel;
    channel.binaryType = 'arraybuffer';
    const open = (): void => {
      if (this.#state !== 'connecting') return;
      this.#state = 'open';
      this.dispatchEvent(new Event('open'));
    };
    channel.onopen = open;
    channel.onmessage = ({ data }) => {
      // No listener comes too late; what nobody ever listens for must not fill the memory.
      if (!this.#held) this.#deliver(data);
      else if (this.#held.length < heldMax) this.#held.push(data);
    };
    channel.onerror = () => this.dispatchEvent(new Event('error'));
    channel.onclose = () => {
      this._detach();
      lost();
    };
    if (channel.readyState === 'open') open();
  }

  #deliver(data: unknown): void {
    this.dispatchEvent(new MessageEvent('message', { data }));
  }

  #deliverHeld(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const data of held) this.#deliver(data);
  }

  /** @internal Waits for another RTCDataChannel. */
  _detach(): void {
    const channel = this.#channel;
    if (!channel) return;
    this.#channel = undefined;
    channel.onopen = channel.onmessage = channel.onerror = channel.onclose = null;
    channel.close();
    if (this.#state === 'open') this.#state = 'connecting';
  }

  /** @internal Has ended for good. */
  _end(): void {
    if (this.#state === 'closed') return;
    this._detach();
    this.#state = 'closed';
    this.dispatchEvent(new Event('close'));
  }
}
