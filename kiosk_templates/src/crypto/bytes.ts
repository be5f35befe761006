/** Bytes and their spellings: hex, base64, UTF-8, and the tagged messages that P-256 keys sign. */

export type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();

export function utf8(text: string): Bytes {
  return encoder.encode(text);
}

export function concat(parts: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function hex(raw: Uint8Array): string {
  return Array.from(raw, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Standard base64 with padding. */
export function base64(raw: Uint8Array): string {
  let text = "";
  for (const byte of raw) text += String.fromCharCode(byte);
  return btoa(text);
}

/** Base64 without padding, as Belenios spells its hashes. */
export function base64Unpadded(raw: Uint8Array): string {
  return base64(raw).replace(/=+$/, "");
}

export function fromBase64(text: string): Bytes {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}

/** Big-endian number of any length. */
export function bigEndian(raw: Uint8Array): bigint {
  return raw.length === 0 ? 0n : BigInt("0x" + hex(raw));
}

/**
 * The message of a device's or the room's P-256 signature: tag and parts, each after its length as four bytes,
 * big-endian, so that no two lists of parts give the same bytes.
 */
export function taggedMessage(tag: string, ...parts: Uint8Array[]): Bytes {
  const pieces: Uint8Array[] = [];
  for (const part of [utf8(tag), ...parts]) {
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, part.length);
    pieces.push(length, part);
  }
  return concat(pieces);
}
