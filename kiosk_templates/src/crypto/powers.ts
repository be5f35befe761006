/**
 * Powers of a point that is raised to many secrets: the base, and the election's key. A signed window of 8 bits over a
 * table of all its multiples, so that a power is 32 additions and nothing else.
 *
 * As constant as JavaScript can be: every power takes the same steps; every window reads its whole part of the table,
 * and adds one entry by a formula that is complete, the identity and both signs included. What it leaves to the machine
 * is how long BigInt takes for numbers of one size. The exponents here are drawn once each, so unlike the card's secret
 * they need no blinding.
 */
import { ed25519 } from "@noble/curves/ed25519.js";
import { normalizeZ } from "@noble/curves/abstract/curve.js";

const Point = ed25519.Point;
type Point = InstanceType<typeof Point>;

const P = Point.Fp.ORDER;
const D2 = Point.Fp.mul(2n, Point.CURVE().d);
const BITS = 8;
const WINDOWS = 32; // of a number below q < 2^253
const HALF = 2 ** (BITS - 1);

/** An affine point as addition takes it: y + x, y - x, 2dxy, each reduced. */
type Entry = readonly [bigint, bigint, bigint];

/** The powers of one point. */
export class Powers {
  readonly #table: Entry[][];

  constructor(point: Point) {
    const rows: Point[] = [];
    let start = point;
    for (let window = 0; window < WINDOWS; window++) {
      let multiple = Point.ZERO;
      for (let n = 0; n <= HALF; n++, multiple = multiple.add(start)) rows.push(multiple);
      start = (rows[rows.length - 1] as Point).double();
    }
    const entries = normalizeZ(Point, rows).map(entry);
    this.#table = Array.from({ length: WINDOWS }, (_, at) => entries.slice(at * (HALF + 1), (at + 1) * (HALF + 1)));
  }

  /** The point times `n`, 0 <= n < q. */
  of(n: bigint): Point {
    let [x, y, z, t] = [0n, 1n, 1n, 0n];
    const signed = digits(n);
    for (let window = 0; window < WINDOWS; window++) {
      const digit = signed[window] as number;
      const negative = digit >>> 31; // 1 or 0
      const [sum, difference, product] = select(this.#table[window] as Entry[], (digit ^ -negative) + negative);
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
  for (let at = 1; at <= HALF; at++) found = at === place ? (row[at] as Entry) : found;
  return found;
}

/** Digits from -127 to 128 of a number below 2^253, lowest first. */
function digits(n: bigint): number[] {
  const text = n.toString(16).padStart(2 * WINDOWS, "0");
  let carry = 0;
  return Array.from({ length: WINDOWS }, (_, window) => {
    const at = 2 * (WINDOWS - 1 - window);
    const digit = parseInt(text.slice(at, at + 2), 16) + carry;
    carry = (HALF - digit) >>> 31;
    return digit - (carry << BITS);
  });
}
