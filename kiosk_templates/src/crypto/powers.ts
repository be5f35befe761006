/**
 * Powers of a point that is raised to many secrets: the base, and the election's key. A window of 8 bits over a table
 * of its odd multiples, each with both signs, so that a power is 32 additions and nothing else.
 *
 * With m the half of n, its bytes m_i, and n's last bit b: n = (2^256 - 1 + b) + sum of (2 m_i - 255) 256^i. The first
 * part is one of two starts; every digit of the rest is odd, so that nothing is ever carried, and no window adds the
 * identity, with which BigInt would be quicker.
 *
 * As constant as JavaScript can be: every power takes the same steps; every window reads its whole part of the table,
 * and adds one entry by a formula that is complete. What it leaves to the machine is how long BigInt takes for numbers
 * of one size, and which entry the processor has at hand. The exponents here are drawn once each, so unlike the card's
 * secret they need no blinding.
 */
import { ed25519 } from "@noble/curves/ed25519.js";
import { normalizeZ } from "@noble/curves/abstract/curve.js";

const Point = ed25519.Point;
type Point = InstanceType<typeof Point>;

const P = Point.Fp.ORDER;
const Q = Point.Fn.ORDER;
const D2 = Point.Fp.mul(2n, Point.CURVE().d);
const WINDOWS = 32;
const HALF = 128; // digits of one sign: 1, 3, ..., 255

/** An affine point as addition takes it: y + x, y - x, 2dxy, each reduced. */
type Entry = readonly [bigint, bigint, bigint];

/** The powers of one point. */
export class Powers {
  readonly #table: Entry[][];
  readonly #starts: { x: bigint; y: bigint }[]; // for an even number, for an odd one

  constructor(point: Point) {
    const rows: Point[] = [];
    let one = point; // of this window
    for (let window = 0; window < WINDOWS; window++) {
      const two = one.double();
      let odd = one;
      for (let n = 0; n < HALF; n++, odd = odd.add(two)) rows.push(odd);
      one = odd.subtract(one); // 257 - 1
    }
    const flat = normalizeZ(Point, [...rows, one.subtract(point), one]);
    this.#starts = flat.slice(rows.length).map((start) => start.toAffine());
    const entries = flat.slice(0, rows.length).map(entry);
    this.#table = Array.from({ length: WINDOWS }, (_, at) => entries.slice(at * HALF, (at + 1) * HALF));
  }

  /** The point times `n`, 0 <= n < q; raises for any other number, of which the windows could forget a part. */
  of(n: bigint): Point {
    if (n < 0n || n >= Q) throw new RangeError("a number from 0 to below q expected");
    let { x, y } = this.#starts[Number(n & 1n)] as { x: bigint; y: bigint };
    let [z, t] = [1n, (x * y) % P];
    const digits = bytes(n >> 1n);
    for (let window = 0; window < WINDOWS; window++) {
      const digit = digits[window] as number;
      const negative = 1 - (digit >>> 7); // 1 or 0
      const [sum, difference, product] = select(this.#table[window] as Entry[], (digit ^ -negative) & (HALF - 1));
      const a = ((y - x + P) * [difference, sum][negative]!) % P;
      const b = ((y + x) * [sum, difference][negative]!) % P;
      const c = (t * [product, P - product][negative]!) % P;
      const [e, f, g, h] = [b - a + P, 2n * z - c + P, 2n * z + c, b + a];
      [x, y, z, t] = [(e * f) % P, (g * h) % P, (f * g) % P, (e * h) % P];
    }
    return new Point(x, y, z, t);
  }
}

function entry(point: Point): Entry {
  const { x, y } = point.toAffine();
  return [(y + x) % P, (y - x + P) % P, (((x * y) % P) * D2) % P];
}

/** The entry at a place; every entry is looked at. */
function select(row: readonly Entry[], place: number): Entry {
  let found = row[0] as Entry;
  for (let at = 1; at < HALF; at++) found = at === place ? (row[at] as Entry) : found;
  return found;
}

/** The bytes of a number below 2^256, lowest first. */
function bytes(n: bigint): number[] {
  const pairs = n.toString(16).padStart(2 * WINDOWS, "0").match(/../g) as string[];
  return pairs.map((pair) => parseInt(pair, 16)).reverse();
}
