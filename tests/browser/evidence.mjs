// Checks what a report argues from, as its readers meet it: the matrix on one page, talks played from a
// claim, the gain, the keyboard, the transcript. Prints one line a check; the exit status is 1 where
// one fails. A report without these sections passes.

import { createReadStream, mkdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { basename, dirname, extname, join, resolve, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "out");
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const flags = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];
const types = { ".html": "text/html; charset=utf-8", ".wav": "audio/wav", ".mp3": "audio/mpeg", ".ogg": "audio/ogg", ".m4a": "audio/mp4", ".flac": "audio/flac" };

let failures = 0;
function check(name, good, detail = "") {
  if (!good) failures += 1;
  console.log(`${good ? "ok  " : "FAIL"} ${name}${good || !detail ? "" : `: ${detail}`}`);
}

/** Serves a folder on a free port of this machine; answers requests for a range, as seeking needs. */
async function serve(dir) {
  const server = createServer((request, response) => {
    const path = resolve(dir, `.${decodeURIComponent(new URL(request.url, "http://x").pathname)}`);
    let size;
    try {
      if (!path.startsWith(resolve(dir) + sep)) throw new Error("outside");
      size = statSync(path).size;
    } catch {
      response.writeHead(404).end();
      return;
    }
    const headers = { "Content-Type": types[extname(path)] ?? "application/octet-stream", "Accept-Ranges": "bytes" };
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
    const from = range ? Number(range[1]) : 0;
    const to = range && range[2] ? Math.min(Number(range[2]), size - 1) : size - 1;
    headers["Content-Length"] = to - from + 1;
    if (range) headers["Content-Range"] = `bytes ${from}-${to}/${size}`;
    response.writeHead(range ? 206 : 200, headers);
    createReadStream(path, { start: from, end: to }).pipe(response);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return { server, at: `http://127.0.0.1:${server.address().port}` };
}

const sideways = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
const pagesOf = (pdf) => (pdf.toString("latin1").match(/\/Type\s*\/Page(?![a-zA-Z])/g) ?? []).length;

/** The matrix alone, printed: it must fit a page, and stand on a page of its own in the whole report. */
async function checkMatrix(page, name) {
  if ((await page.locator(".matrix-page").count()) === 0) return;
  const rows = await page.locator(".matrix tbody tr").count();
  const widest = await page.evaluate(() => {
    const texts = [...document.querySelectorAll(".matrix .mark")];
    return texts.every((one) => one.querySelector(".unseen").textContent.length > 2);
  });
  check(`${name}: each mark has words`, widest);
  const style = await page.addStyleTag({
    content: "@media print { body > :not(.page), main > :not(:has(.matrix-page)), section:has(.matrix-page) > :not(.matrix-page) { display: none !important; } .part, main { padding: 0 !important; margin: 0 !important; border: 0 !important; } }",
  });
  const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true, path: join(out, `${name.replaceAll(" ", "-")}-matrix.pdf`) });
  check(`${name}: a matrix of ${rows} claims prints on one page`, pagesOf(pdf) === 1, `${pagesOf(pdf)} pages`);
  await style.evaluate((one) => one.remove());
  await page.setViewportSize({ width: 720, height: 1040 });
  await page.emulateMedia({ media: "print" });
  const over = await page.evaluate(() => {
    const box = document.querySelector(".matrix-page");
    return document.querySelector(".matrix").getBoundingClientRect().width - box.getBoundingClientRect().width;
  });
  check(`${name}: its columns fit the width of a page`, over <= 1, `${over} px too wide`);
  await page.emulateMedia({ media: "screen" });
}

/** Links of claims, talks and the ledger's counts lead to what they name. */
async function checkLinks(page, name) {
  const lost = await page.evaluate(() =>
    [...document.querySelectorAll('section[aria-labelledby="hypotheses"] a, section[aria-labelledby="talks"] a, section[aria-labelledby="ledger"] a')]
      .map((one) => one.getAttribute("href"))
      .filter((href) => href.startsWith("#") && !document.getElementById(decodeURIComponent(href.slice(1)))));
  check(`${name}: every link of the evidence arrives`, lost.length === 0, lost.slice(0, 5).join(" "));
  const lines = page.locator("details.lines").first();
  if ((await lines.count()) === 0) return;
  await lines.locator("summary").click();
  const link = lines.locator("a").first();
  const to = (await link.getAttribute("href")).slice(1);
  await link.click();
  check(`${name}: a count opens its lines, and a line its entry`, await page.locator(`[id="${to}"] td`).first().isVisible());
}

const state = (page) => page.evaluate(() => {
  const box = document.querySelector(".player");
  const audio = box.querySelector("audio");
  const wave = box.querySelector('[role="slider"]');
  const shown = document.querySelector(".cues [aria-current]");
  return {
    at: audio.currentTime, paused: audio.paused, volume: audio.volume, applied: Number(box.dataset.appliedDb),
    focused: document.activeElement === wave, words: wave?.getAttribute("aria-valuetext"), now: Number(wave?.getAttribute("aria-valuenow")),
    cue: shown ? [...document.querySelectorAll(".cues li")].indexOf(shown) : -1,
    mode: box.querySelector("[data-gain-mode]").textContent, speed: audio.playbackRate,
  };
});

const setTime = (page, to) => page.evaluate(async (time) => {
  const audio = document.querySelector(".player audio");
  if (audio.readyState < 1) await new Promise((done) => audio.addEventListener("loadedmetadata", done, { once: true }));
  audio.currentTime = time;
  await new Promise((done) => audio.addEventListener("seeked", done, { once: true }));
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
}, to);

/** Jumps from a claim: first held still, so that the jump alone is measured; then played. */
async function checkJump(page, name) {
  const link = page.locator('.cites a.moment[data-start]:not([data-start="0"])').first();
  const start = Number(await link.getAttribute("data-start"));
  await page.evaluate(() => { document.querySelector(".player audio").play = () => Promise.resolve(); });
  await link.click();
  await page.waitForFunction(() => !document.querySelector(".player audio").seeking, null, { timeout: 5000 });
  await page.waitForTimeout(100);
  const held = await state(page);
  check(`${name}: a claim's moment starts at ${start}`, Math.abs(held.at - start) < 0.05, `${held.at}`);
  check(`${name}: its cue is the current one`, held.cue === 1, `cue ${held.cue}`);
  check(`${name}: the player has the focus`, held.focused);
  await page.evaluate(() => { delete document.querySelector(".player audio").play; });
  await link.click();
  await page.waitForTimeout(300);
  const played = await state(page);
  check(`${name}: it plays from there`, !played.paused && played.at > start && played.at < start + 1.5, `${played.at}`);
}

async function checkKeys(page, name) {
  const press = async (key) => { await page.keyboard.press(key); await page.waitForTimeout(80); return state(page); };
  const near = (left, right) => Math.abs(left - right) < 0.35;
  await page.evaluate(() => document.querySelector(".player audio").pause());
  await setTime(page, 20);
  await page.locator('.player [role="slider"]').focus();
  check(`${name}: right goes 5 s on`, near((await press("ArrowRight")).at, 25));
  check(`${name}: left goes 5 s back`, near((await press("ArrowLeft")).at, 20));
  check(`${name}: l goes 15 s on`, near((await press("l")).at, 35));
  check(`${name}: j goes 15 s back`, near((await press("j")).at, 20));
  check(`${name}: n goes to the next cue`, near((await press("n")).at, 40));
  check(`${name}: p goes to the cue before`, near((await press("p")).at, 14.75));
  check(`${name}: Page Up goes to the next cue`, near((await press("PageUp")).at, 40));
  check(`${name}: Page Down goes to the cue before`, near((await press("PageDown")).at, 14.75));
  check(`${name}: End goes to the end`, near((await press("End")).at, 60));
  check(`${name}: Home goes to the beginning`, near((await press("Home")).at, 0));
  check(`${name}: k plays`, !(await press("k")).paused);
  check(`${name}: space stops`, (await press(" ")).paused);
  const button = page.locator('.deck [data-do="play"]');
  await button.focus();
  check(`${name}: space on the button plays once`, !(await press(" ")).paused);
  await press(" ");
  await page.evaluate(() => { document.activeElement.blur(); window.scrollTo(0, 0); });
  const before = await state(page);
  const after = await press("l");
  check(`${name}: keys elsewhere are the page's own`, near(before.at, after.at) && after.paused);
}

/** At exactly a cue's end the next one is current. */
async function checkBoundaries(page, name) {
  await page.evaluate(() => document.querySelector(".player audio").pause());
  for (const [time, cue] of [[0, 0], [14.7, 0], [14.75, 1], [39.95, 1], [40, 2], [59, 2]]) {
    await setTime(page, time);
    const seen = await state(page);
    check(`${name}: at ${time} cue ${cue + 1} is current`, seen.cue === cue, `cue ${seen.cue + 1}`);
  }
  await setTime(page, 14.75);
  const { words } = await state(page);
  check(`${name}: the slider says time, speaker and chapter`, /^0:14 of 1:00, Bea Two, The border/.test(words), words);
  const box = await page.locator('.player [role="slider"]').boundingBox();
  await page.mouse.click(box.x + box.width / 2, box.y + 20);
  await page.waitForTimeout(150);
  const middle = await state(page);
  check(`${name}: a click in the middle goes there`, Math.abs(middle.at - 30) < 0.7, `${middle.at}`);
}

async function checkGain(page, name, lifted) {
  await page.evaluate(() => document.querySelector(".player audio").pause());
  for (const [time, db] of [[5, 0], [25, 6], [45, 12]]) {
    await setTime(page, time);
    await page.evaluate(() => document.querySelector(".player audio").play());
    await page.waitForTimeout(350);
    const seen = await state(page);
    await page.evaluate(() => document.querySelector(".player audio").pause());
    // The slope between 20 and 30 seconds is 1.2 dB a second.
    const wanted = time === 25 ? 6 + 1.2 * (seen.at - 25) : db;
    if (lifted) {
      check(`${name}: at ${time} the gain is ${db} dB`, Math.abs(seen.applied - wanted) < 0.3, `${seen.applied} at ${seen.at}`);
    } else {
      const volume = 10 ** ((wanted - 12) / 20);
      check(`${name}: at ${time} the volume is that of ${db} dB below the greatest`, Math.abs(seen.volume - volume) < 0.03, `${seen.volume} for ${volume}`);
    }
  }
  const said = (await state(page)).mode;
  check(`${name}: it says ${lifted ? "nothing of a limit" : "levelled, not lifted"}`, lifted ? said === "" : /levelled, not lifted/.test(said), said);
  await page.locator('.deck [data-do="gain"]').click();
  // The next moment that is played takes the new gain.
  await page.waitForTimeout(250);
  await page.evaluate(() => document.querySelector(".player audio").dispatchEvent(new Event("timeupdate")));
  const off = await state(page);
  check(`${name}: the switch turns it off`, Math.abs(off.applied) < 0.1 && off.volume === 1, `${off.applied} dB`);
  await page.locator('.deck [data-do="gain"]').click();
  await page.locator('.deck [data-do="speed"]').selectOption("1.5");
  check(`${name}: the speed can be chosen`, (await state(page)).speed === 1.5);
}

async function checkTranscript(page, name) {
  const transcript = page.locator(".transcript").first();
  if (!(await transcript.evaluate((one) => one.open))) await transcript.locator("summary").click();
  const field = transcript.locator('input[type="search"]');
  await field.fill("river");
  check(`${name}: a word is found three times`, (await transcript.locator("mark").count()) === 3);
  const status = transcript.locator('[role="status"]');
  check(`${name}: the first is named`, (await status.textContent()) === "1 of 3", await status.textContent());
  await field.press("Enter");
  check(`${name}: Enter goes to the next`, (await status.textContent()) === "2 of 3");
  await transcript.locator('[data-do="find-previous"]').click();
  check(`${name}: the button goes back`, (await status.textContent()) === "1 of 3");
  await field.fill("");
  check(`${name}: an empty field leaves the words as they were`, (await transcript.locator("mark").count()) === 0);
  await transcript.locator(".passages a.moment").nth(2).click();
  await page.waitForTimeout(250);
  const seen = await state(page);
  const current = await transcript.locator("li[aria-current]").innerText();
  check(`${name}: a passage plays from its beginning`, Math.abs(seen.at - 30) < 0.6 && /freeze/.test(current), `${seen.at} ${current}`);
}

async function open(browser, address, width, js = true) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, javaScriptEnabled: js });
  const page = await context.newPage();
  const faults = [];
  page.on("console", (message) => { if (message.type() === "error" || message.type() === "warning") faults.push(message.text()); });
  page.on("pageerror", (error) => faults.push(error.message));
  await page.goto(address);
  return { context, page, faults };
}

async function checkOne(browser, dir, label) {
  const file = join(dir, "report.html");
  const { server, at } = await serve(dir);
  try {
    for (const [kind, address, lifted] of [["http", `${at}/report.html`, true], ["file", pathToFileURL(file).href, false]]) {
      const name = `${label} over ${kind}`;
      const { context, page, faults } = await open(browser, address, 1280);
      if ((await page.locator(".player .deck").count()) > 0) {
        await page.waitForFunction(() => document.querySelector(".player audio").readyState >= 1, null, { timeout: 5000 }).catch(() => {});
        check(`${name}: the recording is read`, await page.evaluate(() => document.querySelector(".player audio").duration > 1));
        await checkJump(page, name);
        await checkBoundaries(page, name);
        await checkKeys(page, name);
        await checkGain(page, name, lifted);
        await checkTranscript(page, name);
        await page.locator(".player").first().screenshot({ path: join(out, `${name.replaceAll(" ", "-")}-player.png`) });
      }
      await checkLinks(page, name);
      check(`${name}: no faults`, faults.length === 0, faults.slice(0, 3).join(" | "));
      if (kind === "file") await checkMatrix(page, name);
      await context.close();
    }
    const narrow = await open(browser, `${at}/report.html`, 400);
    await narrow.page.evaluate(() => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
    check(`${label} 400 px: no sideways scroll`, (await sideways(narrow.page)) <= 0, `${await sideways(narrow.page)} px`);
    await narrow.page.evaluate(axe);
    const { violations } = await narrow.page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
    check(`${label} 400 px: axe finds nothing`, violations.length === 0, violations.map((one) => `${one.id} (${one.nodes.length}): ${one.nodes[0].html.slice(0, 140)}`).join(" || "));
    await narrow.context.close();
    const still = await open(browser, `${at}/report.html`, 1280, false);
    if ((await still.page.locator(".player").count()) > 0) {
      check(`${label} without JavaScript: the browser's player is there, ours isn't`, (await still.page.locator(".player audio").first().isVisible()) && !(await still.page.locator(".deck").first().isVisible()));
      const href = await still.page.locator(".cites a.moment").first().getAttribute("href");
      check(`${label} without JavaScript: a moment is a link into the file`, /#t=[\d.]+,[\d.]+$/.test(href), href);
    }
    await still.context.close();
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

mkdirSync(out, { recursive: true });
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: flags });
try {
  for (const dir of process.argv.slice(2)) await checkOne(browser, resolve(dir), basename(resolve(dir)));
} finally {
  await browser.close();
}
console.log(failures === 0 ? "all checks passed" : `${failures} checks failed`);
process.exitCode = failures === 0 ? 0 : 1;
