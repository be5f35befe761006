/** What the tablet asks of the room server. Nothing is asked when a card is scanned or a choice is made. */
import { utf8, type Bytes } from "./crypto/bytes.ts";
import type { Device } from "./device.ts";
import { API, DEVICE_HEADER, PAGE_HEADER, type Showing } from "./shared.ts";

const TIMEOUT = 8_000; // ms for one request

export interface Room {
  state: string;
  uuid: string | null;
  fingerprint: string | null;
  practice: boolean;
  /** The chair has told the room that the box will close soon. */
  closing?: boolean;
  name: string;
  address: string;
}

async function request(path: string, init: RequestInit = {}): Promise<Response> {
  const always = { cache: "no-store", credentials: "same-origin", signal: AbortSignal.timeout(TIMEOUT) } as const;
  return fetch(`${API}${path}`, { ...always, ...init });
}

/**
 * The state of the room; raises where it cannot be reached. The desk sees which tablets are there: each look says which
 * device this is, and which page it shows. Nothing in it depends on whether somebody votes.
 */
export async function readRoom(device: Device | null, page: string, shown: Room | null): Promise<Room> {
  const showing: Showing = shown === null ? "none" : shown.practice ? "practice" : "real";
  const headers: Record<string, string> = device === null ? {} : { [DEVICE_HEADER]: device.id, [PAGE_HEADER]: `${page} ${showing}` };
  const response = await request("/room", { headers });
  if (!response.ok) throw new Error(`room: ${response.status}`);
  return (await response.json()) as Room;
}

/** The bytes of election.json and of the list of public credentials. */
export async function readDocuments(uuid: string): Promise<{ raw: Bytes; credentials: Bytes }> {
  const [raw, credentials] = await Promise.all(["election.json", "credentials.json"].map(async (name) => {
    const response = await request(`/elections/${uuid}/${name}`);
    if (!response.ok) throw new Error(`${name}: ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  }));
  return { raw: raw as Bytes, credentials: credentials as Bytes };
}

/** Register this tablet's key with a code; the device's id, or null where the room refuses the code. */
export async function enrol(code: string, publicKey: string, name: string): Promise<string | null> {
  const body = JSON.stringify({ code, public_key: publicKey, name });
  const headers = { "Content-Type": "application/json" };
  const response = await request("/devices", { method: "POST", headers, body });
  if (response.status >= 500) throw new Error(`devices: ${response.status}`);
  if (!response.ok) return null;
  return String(((await response.json()) as { device: string | number }).device);
}

/** One signed POST of bytes; the answer's status and JSON (null where it is none). Raises where no answer came. */
export async function post(
  path: string, body: Bytes, headers: Record<string, string>,
): Promise<{ status: number; json: Record<string, unknown> | null }> {
  const all = { "Content-Type": "application/octet-stream", ...headers };
  const response = await request(path, { method: "POST", headers: all, body });
  const json = await response.json().catch(() => null);
  return { status: response.status, json: json as Record<string, unknown> | null };
}

/** Have a test of this tablet counted, once: a repeated request could count it twice. True when it was. */
export async function countTest(uuid: string, credential: string, hash: string, device: Device): Promise<boolean> {
  const body = utf8(JSON.stringify({ credential, hash }));
  const headers = { ...(await device.headers(uuid, body)), "Content-Type": "application/json" };
  return (await post(`/elections/${uuid}/audits`, body, headers)).status === 200;
}

/** Hand over the receipts that this tablet kept, after closing; true when the room has taken them. */
export async function handOver(uuid: string, receipts: Bytes, device: Device): Promise<boolean> {
  const headers = { ...(await device.headers(uuid, receipts)), "Content-Type": "application/json" };
  const { status } = await post(`/elections/${uuid}/receipts`, receipts, headers);
  return status >= 200 && status < 300;
}
