// Gives a library of sources in CSL-JSON to programs that others wrote: the schema of CSL 1.0.2, and a
// citation processor. `node tests/formats/csl.mjs FILE [STYLE]`; STYLE is apa, vancouver or harvard1.
// CSL_SCHEMA names the schema, csl-data.json; the Python package commonmeta-py has it under
// commonmeta/resources. Without it only the processor is asked, which is said.
// Prints one line a check and the bibliography; the exit status is 1 where a check fails.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
// The packages are those of the browser tests, so that there is one list of them.
const require = createRequire(join(here, "..", "browser", "package.json"));

const [file, style = "apa"] = process.argv.slice(2);
if (!file) {
  console.error("usage: node tests/formats/csl.mjs FILE [STYLE]");
  process.exit(2);
}

let failures = 0;
function check(name, good, detail = "") {
  if (!good) failures += 1;
  console.log(`${good ? "ok  " : "FAIL"} ${name}${good || !detail ? "" : `: ${detail}`}`);
}

const items = JSON.parse(readFileSync(file, "utf8"));
check("the library has items", Array.isArray(items) && items.length > 0);

const schema = process.env.CSL_SCHEMA;
if (schema) {
  const Ajv = require("ajv").default;
  const validate = new Ajv({ allErrors: true, allowUnionTypes: true, strict: false })
    .compile(JSON.parse(readFileSync(schema, "utf8")));
  const good = validate(items);
  const said = (validate.errors ?? []).map((error) => {
    const extra = error.params.additionalProperty ? ` (${error.params.additionalProperty})` : "";
    return `${error.instancePath} ${error.message}${extra}`;
  });
  check("the library obeys the schema", good, said.join("; "));
} else {
  console.log("SKIPPED: CSL_SCHEMA names no schema; pip install commonmeta-py has one");
}

const { Cite } = require("@citation-js/core");
require("@citation-js/plugin-csl");
const cite = new Cite(items);
const text = (entries) => cite.format("bibliography", { format: "text", template: style, lang: "en-US", ...entries });
const all = text({});
const missing = items.filter((item) => {
  const alone = text({ entry: String(item.id) }).trim();
  return alone.length === 0 || alone.includes("[CSL STYLE ERROR");
});
check("the processor prints every item", missing.length === 0, missing.map((item) => item.id).join(", "));
const titles = items.filter((item) => item.title);
const plain = (html) => String(html).replace(/<[^>]*>/g, "").replace(/[^\p{L}\p{N}]/gu, "").toLowerCase();
const unsaid = titles.filter((item) => !plain(all).includes(plain(item.title)));
check("every title is printed", unsaid.length === 0, unsaid.map((item) => item.id).join(", "));
console.log(`\n${all.trim()}`);
process.exit(failures === 0 ? 0 : 1);
