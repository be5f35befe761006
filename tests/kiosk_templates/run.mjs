// Bundles the TypeScript tests with esbuild and runs them with node's own test runner: `npm test` in kiosk_templates.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const front = join(here, "../../kiosk_templates");
const { buildSync } = createRequire(join(front, "package.json"))("esbuild");
const out = mkdtempSync(join(tmpdir(), "phieukin-ts-"));
const names = readdirSync(join(here, "ts")).filter((name) => name.endsWith(".ts"));

buildSync({
  entryPoints: names.map((name) => join(here, "ts", name)),
  outdir: out, outExtension: { ".js": ".mjs" }, bundle: true, format: "esm", platform: "node", target: "node20",
  nodePaths: [join(front, "node_modules")], alias: { "@front": join(front, "src") }, logLevel: "warning",
});
const wanted = process.argv.slice(2); // names of test files, or none for all; "ballots" is a tool, not a test
const files = readdirSync(out).filter((name) => name.endsWith(".test.mjs"))
  .filter((name) => wanted.length === 0 || wanted.some((one) => name.startsWith(one)));
const args = ["--test", "--test-reporter=spec", ...files.map((name) => join(out, name))];
const done = spawnSync(process.execPath, args, { stdio: "inherit", cwd: here, env: { ...process.env, OUT: out } });
rmSync(out, { recursive: true });
process.exit(done.status ?? 1);
