// Checks of arguments: wrong ones are the caller's mistake, told by a TypeError.
import type { Json } from './wire.js';

/** `value` as a plain JSON object, copied. */
export function checkMetadata(value: unknown, what: string): { [key: string]: Json } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError(`${what} must be an object.`);
  }
  try {
    return JSON.parse(JSON.stringify(value)) as { [key: string]: Json };
  } catch (error) {
    throw new TypeError(`${what} must be JSON: ${String(error)}`);
  }
}

/** `value` as a string that is not empty. */
export function checkString(value: unknown, what: string): string {
  if (typeof value !== 'string' || value === '') {
    throw new TypeError(`${what} must be a string that is not empty.`);
  }
  return value;
}

/** An object of options, none of them unknown. */
export function checkKnown(value: unknown, what: string, names: readonly string[]): void {
  if (typeof value !== 'object' || value === null)
    throw new TypeError(`${what} must be an object.`);
  for (const name of Object.keys(value)) {
    if (!names.includes(name)) {
      throw new TypeError(`${what}: '${name}' is unknown; known are ${names.join(', ')}.`);
    }
  }
}
