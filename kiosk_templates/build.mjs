// Bundles the tablet into static/built/: file names carry the hash of their bytes, manifest.json their SHA-384.
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const built = join(here, "static", "built");
const out = join(here, "node_modules", ".cache", `phieukin-${process.pid}`); // takes the place of `built` when complete
const ENTRIES = {
  "kiosk.js": "src/main.ts", "worker.js": "src/worker.ts", "kiosk.css": "styles/kiosk.css", "icon.svg": "styles/icon.svg",
  "staff.js": "src/staff/scan.ts", "hall.js": "src/staff/hall.ts", "live.js": "src/staff/live.ts",
  "mine.js": "src/staff/mine.ts", "lookup.js": "src/staff/lookup.ts", "records.js": "src/staff/records.ts", "auditor.html": "pages/auditor.html",
};
const TABLET = ["kiosk.js", "worker.js", "kiosk.css"];

function bundle(entry, format = "esm") {
  if (entry.endsWith(".svg")) return readFileSync(join(here, entry));
  if (entry.endsWith(".html")) return standalone(entry);
  const { outputFiles } = buildSync({
    entryPoints: [join(here, entry)], bundle: true, minify: true, write: false, format,
    target: ["chrome100", "firefox100", "safari15.4"], legalComments: "none", charset: "utf8", absWorkingDir: here,
  });
  return Buffer.from(outputFiles[0].contents);
}

// The tester's page: one file that needs no server; only its own script and style, by their hashes, may run in it.
function standalone(entry) {
  const script = bundle("src/auditor.ts", "iife").toString().replaceAll("</script", "<\\/script");
  const style = bundle("styles/auditor.css").toString();
  const hash = (text) => `sha256-${createHash("sha256").update(text).digest("base64")}`;
  const parts = { STYLE: style, SCRIPT: script, STYLE_HASH: hash(style), SCRIPT_HASH: hash(script) };
  return Buffer.from(readFileSync(join(here, entry), "utf8").replace(/@([A-Z_]+)@/g, (_, name) => parts[name]));
}

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
// The font of the minutes (Tinos, with its licence), for typst: tally/minutes looks for it here.
const tinos = join(here, "node_modules", "@expo-google-fonts", "tinos");
mkdirSync(join(out, "fonts"));
for (const name of readdirSync(tinos, { recursive: true, encoding: "utf8" })) {
  if (name.endsWith(".ttf") || name === "LICENSE_FONT") copyFileSync(join(tinos, name), join(out, "fonts", basename(name)));
}
const files = {};
for (const [name, entry] of Object.entries(ENTRIES)) {
  const body = bundle(entry);
  const [stem, kind] = name.split(".");
  const file = `${stem}-${createHash("sha256").update(body).digest("hex").slice(0, 16)}.${kind}`;
  writeFileSync(join(out, file), body);
  files[name] = { file, integrity: `sha384-${createHash("sha384").update(body).digest("base64")}`, size: body.length };
}
// One hash over all that the tablet runs, for people to compare: its first 16 hex digits are on the welcome screen.
const page = createHash("sha256").update(TABLET.map((name) => files[name].integrity).join("\n")).digest("hex");
writeFileSync(join(out, "manifest.json"), JSON.stringify({ version: 1, page, files }, null, 1) + "\n");
mkdirSync(dirname(built), { recursive: true });
if (existsSync(built)) renameSync(built, `${out}.old`);
renameSync(out, built);
rmSync(`${out}.old`, { recursive: true, force: true });
console.log(readdirSync(built).join(" "));
