// Which device of those that are there: rules without a browser.

export type DeviceKind = 'camera' | 'microphone' | 'speaker';

/** A device as browsers list it. Without permission they give neither id nor label. */
export interface Device {
  kind: DeviceKind;
  id: string;
  label: string;
}

/** What the user chose, as it is remembered. */
export interface Remembered {
  id: string;
  label: string;
}

const kinds: { [kind: string]: DeviceKind } = {
  videoinput: 'camera',
  audioinput: 'microphone',
  audiooutput: 'speaker',
};

/** As the platform says it, in our words. */
export function devicesOf(infos: readonly MediaDeviceInfo[]): Device[] {
  return infos.flatMap(({ kind, deviceId, label }) =>
    kinds[kind] ? [{ kind: kinds[kind]!, id: deviceId, label }] : [],
  );
}

/**
 * The one to use: what is preferred, where it is there (by its id, or by its label where ids have changed); then the one in use;
 * then the first, which is the system's own choice.
 */
export function pick(
  devices: readonly Device[],
  kind: DeviceKind,
  preferred: Remembered | undefined,
  inUse: string | undefined,
): Device | undefined {
  const these = devices.filter((device) => device.kind === kind);
  return (
    these.find(({ id }) => id !== '' && id === preferred?.id) ??
    these.find(({ label }) => label !== '' && label === preferred?.label) ??
    these.find(({ id }) => id !== '' && id === inUse) ??
    these[0]
  );
}
