/**
 * The group Ed25519 as Belenios spells it (specification 3.0, section 5.2.1): 64 lowercase hex digits, which are
 * the 32 bytes of RFC 8032 in reverse order. The card's secret goes through the blinded `multiply` of @noble/curves,
 * numbers that are drawn once through our own tables (`powers.ts`).
 */
import { ed25519 } from "@noble/curves/ed25519.js";
import { normalizeZ } from "@noble/curves/abstract/curve.js";
import { POINT_BYTES, SCALAR_DIGITS } from "../shared.ts";
import { hex } from "./bytes.ts";
import { Refused } from "./errors.ts";
import { Powers } from "./powers.ts";

export const Point = ed25519.Point;
export type Point = InstanceType<typeof Point>;

/** Order of the group. */
export const Q: bigint = Point.Fn.ORDER;

export const IDENTITY: Point = Point.ZERO;
export const BASE: Point = Point.BASE;

const POINT_TEXT = new RegExp(`^[0-9a-f]{${2 * POINT_BYTES}}$`);
const SCALAR_TEXT = new RegExp(`^(?:0|[1-9][0-9]{0,${SCALAR_DIGITS - 1}})$`);

let powersOfBase: Powers | null = null;

/** The base raised to a number that is drawn once; its table is built when it is first asked for. */
export function basePower(n: bigint): Point {
  return (powersOfBase ??= new Powers(BASE)).of(n);
}

/** Number reduced modulo the order, never negative. */
export function modQ(n: bigint): bigint {
  const rest = n % Q;
  return rest < 0n ? rest + Q : rest;
}

/** Whether a text is spelled as a point: what it spells may still be none. */
export function isPointText(text: string): boolean {
  return POINT_TEXT.test(text);
}

/** Read a point strictly: canonical spelling, on the curve, in the subgroup, not the identity. */
export function decodePoint(text: string): Point {
  if (!POINT_TEXT.test(text)) throw new Refused("point", `${2 * POINT_BYTES} lowercase hex digits expected`);
  const raw = Uint8Array.from(text.match(/../g) as string[], (pair) => parseInt(pair, 16)).reverse();
  let point: Point;
  try {
    point = Point.fromBytes(raw, false);
  } catch {
    throw new Refused("point", "not a canonical point of the curve");
  }
  if (point.is0()) throw new Refused("point", "the identity is refused");
  if (!point.isTorsionFree()) throw new Refused("point", "outside the subgroup");
  return point;
}

/** 32 bytes of RFC 8032 for each point, with one inversion for all. */
export function pointBytes(points: readonly Point[]): Uint8Array[] {
  return normalizeZ(Point, [...points]).map((point) => point.toBytes());
}

/** Belenios text of the 32 bytes of RFC 8032. */
export function textOfBytes(raw: Uint8Array): string {
  return hex(Uint8Array.from(raw).reverse());
}

export function encodePoint(point: Point): string {
  return textOfBytes(point.toBytes());
}

/** Read a number modulo q in its only spelling: base 10, no leading zeros, below q. */
export function decodeScalar(text: string): bigint {
  if (!SCALAR_TEXT.test(text)) throw new Refused("scalar", "a number in base 10 without leading zeros expected");
  const n = BigInt(text);
  if (n >= Q) throw new Refused("scalar", "not below the order of the group");
  return n;
}
