// What this browser remembers between visits. Storage can be refused (private windows, policies): then nothing is remembered.

export interface Preferences {
  name: string;
  camera: string;
  microphone: string;
  cameraOn: boolean;
  microphoneOn: boolean;
}

const key = 'partyline';
const defaults: Preferences = {
  name: '',
  camera: '',
  microphone: '',
  cameraOn: true,
  microphoneOn: true,
};

function read(): Preferences {
  const result = { ...defaults };
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(key) ?? '{}');
    if (typeof stored === 'object' && stored !== null) {
      for (const [name, value] of Object.entries(stored)) {
        if (name in defaults && typeof value === typeof defaults[name as keyof Preferences])
          Object.assign(result, { [name]: value });
      }
    }
  } catch {
    // Nothing stored that can be read.
  }
  return result;
}

export const remembered: Readonly<Preferences> = read();

export function remember(patch: Partial<Preferences>): void {
  Object.assign(remembered, patch);
  try {
    localStorage.setItem(key, JSON.stringify(remembered));
  } catch {
    // Then only for this visit.
  }
}

const callKey = 'partyline-call';

/** The channel this tab was in when it was closed or reloaded, as opposed to left by the button. */
export function interruptedCall(): string {
  try {
    return sessionStorage.getItem(callKey) ?? '';
  } catch {
    return '';
  }
}

export function rememberCall(channel: string | null): void {
  try {
    if (channel === null) sessionStorage.removeItem(callKey);
    else sessionStorage.setItem(callKey, channel);
  } catch {
    // Then a reload is like a first visit.
  }
}
