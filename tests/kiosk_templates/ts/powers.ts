// The tablet's own powers for tests: a point in hex, then numbers, a line each; the powers of base and point, in hex.
import { readFileSync, writeFileSync } from "node:fs";
import { hex } from "@front/crypto/bytes.ts";
import { basePower, Point, pointBytes } from "@front/crypto/group.ts";
import { Powers } from "@front/crypto/powers.ts";

const [point = "", ...numbers] = readFileSync(0, "utf8").trim().split("\n");
const powers = new Powers(Point.fromHex(point));
const found = numbers.map(BigInt).flatMap((n) => [basePower(n), powers.of(n)]);
writeFileSync(1, pointBytes(found).map(hex).join("\n"));
