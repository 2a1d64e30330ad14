// Senders of connections: tells the core how they are, once a second, and has them send as it orders.
import type { CompanionHost } from '../companion-link.js';
import type { CompanionOrder, SenderInfo, SendingWishes } from '../companion-wire.js';
import type { Connection, Sending as Slot } from '../connection.js';
import type { SendingBudget } from '../partyline.js';
import type { Sending } from '../sending.js';
import type { Named } from '../wire.js';

type Encoding = Named<CompanionOrder, 'SetEncoding'>;
type Limits = { cpu: boolean; bandwidth: boolean };

const whole = (value: number | null | undefined): number | undefined =>
  typeof value === 'number' && value >= 0 ? Math.min(Math.ceil(value), 2 ** 40) : undefined;

/** Without those that are undefined: the door takes no such thing. */
const given = <T extends object>(object: T): T =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;

// Of VP8, a third of a processor encodes this (docs/MEDIA.md).
const pixelsPerProcessor = 15_000_000;

/** What holds each m-line back, and what the path carries. */
function read(report: RTCStatsReport): {
  limits: Map<string, Limits>;
  available: number | undefined;
} {
  const limits = new Map<string, Limits>();
  let pair: RTCIceCandidatePairStats | undefined;
  report.forEach((each: { type: string }) => {
    if (each.type === 'transport') {
      const { selectedCandidatePairId: id } = each as RTCTransportStats;
      if (id !== undefined) pair = report.get(id) as RTCIceCandidatePairStats | undefined;
    }
    if (each.type !== 'outbound-rtp') return;
    const { mid, qualityLimitationReason: reason } = each as {
      mid?: string;
      qualityLimitationReason?: string;
    } & RTCOutboundRtpStreamStats;
    if (mid !== undefined && reason !== undefined)
      limits.set(mid, { cpu: reason === 'cpu', bandwidth: reason === 'bandwidth' });
  });
  return { limits, available: whole(pair?.availableOutgoingBitrate) };
}

function infoOf(slot: number, sending: Slot, limits: Map<string, Limits>): SenderInfo {
  const { width = 0, height = 0, frameRate = 0 } = sending.track?.getSettings?.() ?? {};
  const limit = limits.get(sending.transceiver?.mid ?? '');
  return {
    slot,
    publication: sending.stream,
    kind: sending.kind,
    width: whole(width) ?? 0,
    height: whole(height) ?? 0,
    framerate: whole(frameRate) ?? 0,
    cpu_limited: limit?.cpu ?? false,
    bandwidth_limited: limit?.bandwidth ?? false,
  };
}

export class Senders {
  readonly #host: CompanionHost;
  readonly #ordered = new WeakMap<Connection, Map<number, Encoding>>();

  constructor(host: CompanionHost) {
    this.#host = host;
    this.setBudget({});
  }

  setBudget({ maxBitrate, maxPixelRate }: SendingBudget): void {
    const processors = globalThis.navigator?.hardwareConcurrency;
    const usual = processors ? processors * pixelsPerProcessor : undefined;
    this.#host.tell(
      given({
        type: 'SetBudget' as const,
        uplink_bitrate_max: whole(maxBitrate),
        encoded_pixels_max: whole(maxPixelRate ?? usual),
      }) as Parameters<CompanionHost['tell']>[0],
    );
  }

  wish(channel: number, publication: string, sending: Sending, video: boolean): void {
    const scale = sending.scaleResolutionDownBy;
    const wishes = given({
      video_bitrate_max: whole(sending.maxBitrate),
      audio_bitrate_max: whole(sending.maxAudioBitrate ?? (video ? undefined : sending.maxBitrate)),
      framerate_max: whole(sending.maxFramerate),
      height_max: whole(sending.maxHeight),
      scale_percent: whole(scale && scale * 100),
      degradation: sending.degradationPreference ?? '',
    }) as SendingWishes;
    this.#host.tell({ type: 'SetSending', channel, publication, wishes });
  }

  reported(connection: Connection, report: RTCStatsReport): void {
    const { limits, available } = read(report);
    const senders: SenderInfo[] = [];
    for (const [slot, sending] of connection.slots) {
      // What is muted costs nothing.
      if (sending.transceiver && sending.track) senders.push(infoOf(slot, sending, limits));
    }
    const { id, channel, peer } = connection;
    this.#host.tell({
      type: 'SendersRead',
      connection: id,
      channel,
      peer,
      ...(available !== undefined && { available_bitrate: available }),
      senders,
    });
    // Whatever was not taken before, since a negotiation was under way, say.
    for (const encoding of this.#ordered.get(connection)?.values() ?? [])
      this.#apply(connection, encoding);
  }

  setEncoding(order: Encoding): void {
    const connection = this.#host.driver.connections.get(order.connection);
    if (!connection) return;
    const ordered = this.#ordered.get(connection) ?? new Map<number, Encoding>();
    this.#ordered.set(connection, ordered.set(order.slot, order));
    this.#apply(connection, order);
  }

  #apply(connection: Connection, order: Encoding): void {
    const sender = connection.slots.get(order.slot)?.transceiver?.sender;
    const parameters = sender?.getParameters?.();
    if (!sender || !parameters?.encodings?.length) return;
    const before = JSON.stringify(parameters);
    for (const encoding of parameters.encodings) change(encoding, order);
    if (order.degradation)
      parameters.degradationPreference = order.degradation as RTCDegradationPreference;
    if (JSON.stringify(parameters) === before) return;
    sender
      .setParameters(parameters)
      .catch((error: unknown) =>
        this.#host.driver.log(`an encoding was not taken: ${this.#host.describe(error).text}`),
      );
  }
}

function change(encoding: RTCRtpEncodingParameters, order: Encoding): void {
  encoding.active = order.active;
  encoding.priority = encoding.networkPriority = order.priority as RTCPriorityType;
  if (order.bitrate_max === undefined) delete encoding.maxBitrate;
  else encoding.maxBitrate = order.bitrate_max;
  // Only pictures have a size and a rate.
  if (order.priority === 'high') return;
  if (order.framerate_max === undefined) delete encoding.maxFramerate;
  else encoding.maxFramerate = order.framerate_max;
  encoding.scaleResolutionDownBy = order.scale_percent / 100;
}
