// The shim of the companion: carries its orders out, as driver.ts does for the core. It is a file of its own, loaded when the
// first call stands or when something first needs it. Of the entry it has types only: what it shares comes by its host.
import * as wasm from 'partyline:companion-wasm';
import type { CompanionHost } from '../companion-link.js';
import type { Connection } from '../connection.js';
import type { CompanionInput, CompanionOutput, CoreOrder } from '../companion-wire.js';
import type { PartylineError } from '../errors.js';
import type { Core, CoreModule } from '../loader.js';
import type { Partyline, SendingBudget } from '../partyline.js';
import type { DisplaySize } from '../peer.js';
import type { Sending } from '../sending.js';
import { checkSending } from './check-sending.js';
import { Devices, localStorageOf } from './devices.js';
import { Lanes } from './lanes.js';
import { Playback } from './playback.js';
import { Senders } from './senders.js';
import { Views } from './views.js';

let module: CoreModule<CompanionInput, CompanionOutput> | undefined;

/** Makes a companion for a line. */
export async function openCompanion(
  host: CompanionHost,
): Promise<{ companion: Companion; core: Core<CompanionInput, CompanionOutput> }> {
  module ??= new host.CoreModule((host.wasm ?? wasm.companion)!);
  const core = await module.create(() => ({}), host.driver.platform.randomSeed());
  return { companion: new Companion(host), core };
}

export class Companion {
  readonly #host: CompanionHost;
  readonly #lanes: Lanes;
  readonly #senders: Senders;
  readonly #views: Views;
  readonly #playback: Playback;
  #devices: Devices | undefined;

  constructor(host: CompanionHost) {
    this.#host = host;
    this.#lanes = new Lanes(host);
    this.#senders = new Senders(host);
    this.#playback = new Playback((blocked) => host.told({ type: 'PlaybackChanged', blocked }));
    this.#views = new Views(host);
  }

  /** Statistics that the core had read. */
  reported(connection: Connection, report: RTCStatsReport): void {
    this.#lanes.watch(connection);
    this.#senders.reported(connection, report);
  }

  checkSending(given: object): void {
    checkSending(given);
  }

  setSending(channel: number, publication: string, sending: Sending, video: boolean): void {
    this.#senders.wish(channel, publication, sending, video);
  }

  setBudget(budget: SendingBudget): void {
    this.#senders.setBudget(budget);
  }

  attach(
    channel: number,
    peer: string,
    publication: string,
    element: HTMLMediaElement,
  ): () => void {
    const stops = [
      this.#views.attach(channel, peer, publication, element),
      this.#playback.watch(element),
    ];
    return () => stops.forEach((stop) => stop());
  }

  display(channel: number, peer: string, publication: string, size: DisplaySize | null): void {
    this.#views.display(channel, peer, publication, size);
  }

  resumePlayback(): Promise<void> {
    return this.#playback.resume();
  }

  async devices(line: Partyline): Promise<Devices> {
    this.#devices ??= new Devices({
      media: globalThis.navigator?.mediaDevices,
      permissions: globalThis.navigator?.permissions,
      storage: localStorageOf(globalThis),
      platform: this.#host.driver.platform,
      Emitter: this.#host.Emitter,
      PartylineError: this.#host.PartylineError,
      openSource: this.#host.openSource,
      failed: (text, error) => this.#host.driver.failed(text, error),
      publications: () =>
        [...line.channels.values()].flatMap((channel) => [...channel.publications.values()]),
      elements: this.#playback.elements,
    });
    this.#playback.onElement = (element) => this.#devices?.route(element);
    this.#host.driver.deviceLost = (publication, kind) => this.#devices!.lost(publication, kind);
    await this.#devices.ready;
    return this.#devices;
  }

  carryOut(output: Exclude<CompanionOutput, CoreOrder>): void {
    switch (output.type) {
      case 'CallDone':
        return this.#host.driver.callDone(output);
      case 'SendLaneText':
        return this.#lanes.send(this.#host.driver.connections.get(output.connection), output.text);
      case 'SetEncoding':
        return this.#senders.setEncoding(output);
      case 'Log':
        return this.#host.driver.logged(output);
      default:
        return this.#host.told(output);
    }
  }

  /** Nothing is carried out afterwards, and nothing is left running. */
  end(_error: PartylineError): void {
    this.#views.end();
    this.#devices?.end();
  }
}
