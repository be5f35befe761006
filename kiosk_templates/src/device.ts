/**
 * The tablet's own key (thiết bị bỏ phiếu): ECDSA P-256, made here, never leaves the browser, signs each casting
 * request. IndexedDB keeps the key handle and the number under which the room knows it; nothing else is stored.
 */
import { base64, taggedMessage, utf8, type Bytes } from "./crypto/bytes.ts";
import { DEVICE_HEADER, DEVICE_TAG, SIGNATURE_HEADER } from "./shared.ts";

const CURVE = { name: "ECDSA", namedCurve: "P-256" } as const;
const SIGNATURE = { name: "ECDSA", hash: "SHA-256" } as const;

interface Stored {
  id: string;
  keys: CryptoKeyPair;
}

export class Device {
  constructor(readonly id: string, readonly keys: CryptoKeyPair) {}

  /** Headers that let a request in: the device, and its signature over the election and the body's hash. */
  async headers(uuid: string, body: Bytes): Promise<Record<string, string>> {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", body));
    const message = taggedMessage(DEVICE_TAG, utf8(uuid), digest);
    const signature = await crypto.subtle.sign(SIGNATURE, this.keys.privateKey, message);
    return { [DEVICE_HEADER]: this.id, [SIGNATURE_HEADER]: base64(new Uint8Array(signature)) };
  }
}

/** A new key pair whose secret half cannot be read out, and the public half as 65 raw bytes in base64. */
export async function newKeys(): Promise<{ keys: CryptoKeyPair; publicKey: string }> {
  const keys = await crypto.subtle.generateKey(CURVE, false, ["sign", "verify"]);
  const raw = await crypto.subtle.exportKey("raw", keys.publicKey);
  return { keys, publicKey: base64(new Uint8Array(raw)) };
}

/** The device registered on this tablet, or null. */
export async function storedDevice(): Promise<Device | null> {
  const stored = await inStore<Stored | undefined>("readonly", (store) => store.get("device"));
  return stored ? new Device(stored.id, stored.keys) : null;
}

export async function keepDevice(device: Device): Promise<void> {
  await inStore("readwrite", (store) => store.put({ id: device.id, keys: device.keys }, "device"));
}

function inStore<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("phieukin", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("tablet");
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const request = act(opening.result.transaction("tablet", mode).objectStore("tablet"));
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    };
  });
}
