// Reads what `cargo run -p yalu-media --example talk_formats FOLDER` wrote with other people's
// parsers: webvtt-parser (strict, of the standard's editors) and media-captions (of a player). They
// are looked for in tests/browser/node_modules, or where NODE_PATH_OF_PARSERS says.
//
//   node tests/formats/vtt_chapters.mjs FOLDER
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const folder = process.argv[2];
assert.ok(folder, "usage: node vtt_chapters.mjs FOLDER");
const base = process.env.NODE_PATH_OF_PARSERS
  ? pathToFileURL(join(process.env.NODE_PATH_OF_PARSERS, "x.js"))
  : new URL("../browser/x.js", import.meta.url);
const require = createRequire(base);
const { WebVTTParser } = require("webvtt-parser");
const captions = await import(pathToFileURL(require.resolve("media-captions")).href);
const read = (name) => readFileSync(join(folder, name), "utf8");
const entities = [["&lt;", "<"], ["&gt;", ">"], ["&amp;", "&"]];
const plain = (text) => entities.reduce((out, [name, is]) => out.replaceAll(name, is), text);

async function parsed(name, kind) {
  const text = read(name);
  const strict = new WebVTTParser().parse(text, kind);
  assert.deepEqual(strict.errors, [], `${name}: ${JSON.stringify(strict.errors)}`);
  const player = await captions.parseText(text, { strict: true, errors: true });
  assert.deepEqual(player.errors, [], name);
  assert.equal(player.cues.length, strict.cues.length, name);
  strict.cues.forEach((cue, i) => {
    assert.equal(cue.startTime, player.cues[i].startTime, name);
    assert.equal(cue.endTime, player.cues[i].endTime, name);
  });
  return strict.cues;
}

const chapters = await parsed("chapters.vtt", "chapters");
const json = JSON.parse(read("chapters.json"));
assert.equal(json.version, "1.2.0");
assert.equal(json.chapters.length, chapters.length);
json.chapters.forEach((chapter, i) => {
  assert.equal(chapter.startTime, chapters[i].startTime);
  assert.equal(chapter.endTime, chapters[i].endTime);
  assert.equal(chapter.title, plain(chapters[i].text));
  const next = json.chapters[i + 1];
  assert.ok(!next || chapter.endTime === next.startTime, "chapters meet");
});

const cues = await parsed("transcript.vtt", "captions");
assert.equal(cues[0].startTime, 885);
const voice = cues[0].tree.children[0];
assert.deepEqual([voice.name, voice.value], ["v", "Adam Cathcart"]);
// webvtt-parser 2.2.0 leaves the semicolon of an entity behind.
const said = voice.children[0].value.replace(/([&<>]);/g, "$1");
assert.match(said, /^A border is sometimes\njust a border, R&D < 5 --> 6\n?$/);
// media-captions has no times of a hundred hours or more.
assert.equal(cues[1].startTime, 356400);
console.log("chapters and transcript are read alike by two parsers");
