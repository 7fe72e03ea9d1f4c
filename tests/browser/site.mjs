// Checks `yalu serve` as its readers and its moderator meet it: `node site.mjs YALU DOSSIER`. Starts the
// server itself, on a free port, with a copy of the dossier and a fresh discussion, and stops it
// whatever happens. Prints one line a check; the exit status is 1 where one fails. What was measured is
// printed too and fails nothing. PART=set,live runs these parts alone.

import { execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "out");
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const flags = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];
const password = "correct horse battery";
const email = "reader-of-tests@example.org";

let failures = 0;
function check(name, good, detail = "") {
  if (!good) failures += 1;
  console.log(`${good ? "ok  " : "FAIL"} ${name}${good || !detail ? "" : `: ${detail}`}`);
  return good;
}
const rest = (ms) => new Promise((done) => setTimeout(done, ms));
const brief = (all, most = 5) => all.slice(0, most).join(" | ") + (all.length > most ? ` … ${all.length} in all` : "");

/** Asks until there is an answer that isn't false, at most `seconds`. */
async function until(seconds, ask, pause = 200) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const got = await ask();
    if (got) return got;
    if (Date.now() > end) return false;
    await rest(pause);
  }
}

/** The server, with a copy of the dossier (without what was written of it) and a moderator. */
async function serve(yalu, from) {
  const scratch = mkdtempSync(join(tmpdir(), "yalu-site-"));
  const dossier = join(scratch, basename(from));
  cpSync(from, dossier, { recursive: true, filter: (path) => resolve(path) !== resolve(from, "assessment") });
  const talk = join(scratch, "discussion.db");
  execFileSync(yalu, ["moderator", "add", "ann", "--discussion", talk], { input: `${password}\n`, stdio: ["pipe", "ignore", "inherit"] });
  const child = spawn(yalu, ["serve", dossier, "--port", "0", "--json", "--discussion", talk], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  let log = "";
  child.stdout.on("data", (data) => { said += data; });
  child.stderr.on("data", (data) => { log += data; });
  const ended = new Promise((done) => child.once("exit", (code, signal) => done(code ?? signal)));
  const stop = async () => {
    child.kill("SIGTERM");
    const late = setTimeout(() => child.kill("SIGKILL"), 15000);
    const code = await ended;
    clearTimeout(late);
    rmSync(scratch, { recursive: true, force: true });
    return code;
  };
  const found = await until(30, () => child.exitCode !== null ? "ended" : said.match(/"address": *"([^"]+)"/)?.[1]);
  if (!found || found === "ended") {
    await stop();
    throw new Error(`the server didn't start: ${log}`);
  }
  return { at: found, dossier, scratch, stop, log: () => log, pid: child.pid, alive: () => child.exitCode === null };
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: flags });
const contexts = (options = {}) => browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });

/** A page that notes what goes wrong in it. */
async function watched(context, site) {
  const page = await context.newPage();
  const seen = { errors: [], foreign: [], policy: [] };
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") seen.errors.push(`${message.text()} (${message.location().url}:${message.location().lineNumber + 1})`);
  });
  page.on("pageerror", (error) => seen.errors.push(error.message));
  page.on("request", (request) => {
    const url = request.url();
    if (!/^(data|blob):/.test(url) && !url.startsWith(`${site.at}/`)) seen.foreign.push(url);
  });
  await page.exposeFunction("noteViolation", (what) => seen.policy.push(what));
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      window.noteViolation(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
    });
  });
  return { page, seen };
}

const sideways = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

const openAll = (page) => page.evaluate(() => document.querySelectorAll("details").forEach((one) => { one.open = true; }));

/** What axe finds in a page, whose policy must let it in. */
async function judged(page, name) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  check(name, violations.length === 0,
    violations.map((one) => `${one.id} (${one.nodes.length}): ${one.nodes[0].html.slice(0, 200)} ${one.nodes[0].failureSummary}`).join(" || "));
}

async function readThrough(page) {
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  for (let y = 0; y < height; y += 1200) {
    await page.evaluate((top) => window.scrollTo(0, top), y);
    await page.waitForTimeout(25);
  }
  await page.evaluate(() => window.scrollTo(0, 0));
}

/** All pages that readers come to, by name. */
function pagesOf(site, id) {
  const base = `${site.at}/d/${id}/`;
  const names = ["indicators", "responsiveness", "borders", "structure", "evidence", "data", "method"];
  return {
    list: `${site.at}/`,
    verdict: base,
    ...Object.fromEntries(names.map((name) => [name, base + name])),
    discussion: `${base}discussion`,
    "discussion of an indicator": `${base}discussion?about=indicator-influence`,
    "data notice": `${site.at}/data-notice`,
    "log in": `${site.at}/moderation/`,
  };
}

/** The form of a page, its headings, ids and links in it. */
async function checkForm(page, name) {
  check(`${name}: one h1`, (await page.locator("h1").count()) === 1);
  const levels = await page.evaluate(() => [...document.querySelectorAll("h1,h2,h3,h4,h5,h6")].map((one) => [Number(one.tagName[1]), one.textContent]));
  const steps = levels.filter(([level], idx) => idx > 0 && level > levels[idx - 1][0] + 1).map((one) => one[1]);
  check(`${name}: headings go down one step at a time`, levels[0]?.[0] === 1 && steps.length === 0, brief(steps));
  const twice = await page.evaluate(() => {
    const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
    return [...new Set(ids.filter((id, idx) => ids.indexOf(id) !== idx))];
  });
  check(`${name}: no id twice`, twice.length === 0, brief(twice));
  const lost = await page.evaluate(() => [...document.querySelectorAll('a[href^="#"]')]
    .map((one) => decodeURIComponent(one.getAttribute("href").slice(1)))
    .filter((id) => id && !document.getElementById(id)));
  check(`${name}: every link within it arrives`, lost.length === 0, brief([...new Set(lost)]));
  const text = await page.locator("body").innerText();
  const none = text.match(/.{0,40}\b(NaN|undefined|Infinity)\b.{0,20}/);
  check(`${name}: no figure that is none`, !none, none?.[0]);
}

async function everyPage(site, id) {
  for (const width of [1280, 400]) {
    for (const scheme of ["light", "dark"]) {
      const strict = await contexts({ viewport: { width, height: 900 }, colorScheme: scheme });
      const loose = await contexts({ viewport: { width, height: 900 }, colorScheme: scheme, bypassCSP: true });
      for (const [title, address] of Object.entries(pagesOf(site, id))) {
        const name = `${title}, ${width} px, ${scheme}`;
        const { page, seen } = await watched(strict, site);
        const answer = await page.goto(address);
        const policy = answer.headers()["content-security-policy"] ?? "";
        check(`${name}: answers, under a policy without inline scripts`, answer.status() === 200 && /script-src 'self'/.test(policy) && !/unsafe/.test(policy), `${answer.status()} ${policy}`);
        await readThrough(page);
        let over = await sideways(page);
        check(`${name}: no sideways scroll`, over <= 0, `${over} px`);
        await openAll(page);
        over = await sideways(page);
        check(`${name}: no sideways scroll with all details open`, over <= 0, `${over} px`);
        if (width === 1280 && scheme === "light") await checkForm(page, title);
        await page.waitForTimeout(150);
        check(`${name}: no errors`, seen.errors.length === 0, brief(seen.errors));
        check(`${name}: no violation of its policy`, seen.policy.length === 0, brief(seen.policy));
        check(`${name}: nothing is fetched from elsewhere`, seen.foreign.length === 0, brief(seen.foreign));
        await page.close();

        const other = await loose.newPage();
        await other.goto(address);
        await openAll(other);
        await judged(other, `${name}: axe finds nothing`);
        await other.close();
      }
      await strict.close();
      await loose.close();
    }
  }
}

/** Links from page to page: each answers, and what it names stands there. */
async function links(site, id) {
  const context = await contexts({ javaScriptEnabled: false });
  const page = await context.newPage();
  const wanted = new Map();
  for (const [title, address] of Object.entries(pagesOf(site, id))) {
    await page.goto(address);
    const hrefs = await page.evaluate(() => [...document.querySelectorAll("main a[href], nav a[href], header a[href], footer a[href]")].filter((one) => !one.closest(".take")).map((one) => one.getAttribute("href")));
    for (const href of new Set(hrefs)) {
      const url = new URL(href, address);
      // Other dates are answers of their own: one of them stands for all. Files are another part.
      if (url.origin !== site.at || /[?&]as_of=/.test(url.search) || /\.(csv|json|parquet|html|svg)$/.test(url.pathname)) continue;
      const to = url.origin + url.pathname + url.search;
      if (!wanted.has(to)) wanted.set(to, new Map());
      if (url.hash) wanted.get(to).set(decodeURIComponent(url.hash.slice(1)), title);
    }
  }
  const bad = [];
  const lost = [];
  let fragments = 0;
  for (const [to, ids] of wanted) {
    const answer = await context.request.get(to);
    if (!answer.ok()) {
      bad.push(`${answer.status()} ${to}`);
      continue;
    }
    if (ids.size === 0) continue;
    fragments += ids.size;
    const known = new Set([...(await answer.text()).matchAll(/\sid="([^"]*)"/g)].map((one) => one[1]));
    for (const [fragment, title] of ids) if (!known.has(fragment)) lost.push(`${to.slice(site.at.length)}#${fragment} (on ${title})`);
  }
  check(`links: all ${wanted.size} addresses that pages lead to answer`, bad.length === 0, brief(bad));
  check(`links: all ${fragments} places that they name are there`, lost.length === 0 && fragments > 20, brief(lost));
  await context.close();
}

async function read(site, id) {
  const context = await contexts();
  const { page } = await watched(context, site);
  await page.goto(`${site.at}/`);
  await page.keyboard.press("Tab");
  check("read: Tab reaches the skip link first", await page.evaluate(() => document.activeElement.matches("a.skip")));
  const box = await page.locator("a.skip").boundingBox();
  check("read: the skip link is seen when it has the focus", box && box.x >= 0 && box.y >= 0 && box.width > 40);
  await page.keyboard.press("Enter");
  check("read: the skip link leads to the page", page.url().endsWith("#main") && (await page.evaluate(() => document.activeElement.id === "main")));
  await page.keyboard.press("Tab");
  check("read: the next stop is in the page", await page.evaluate(() => Boolean(document.activeElement.closest("main"))));
  await page.keyboard.press("Enter");
  await page.waitForURL(`**/d/${id}/`);
  check("read: the list leads to the dossier by keyboard", (await page.locator("#verdict").count()) === 1);
  await page.locator('main a[href*="indicators#indicator-"]').first().click();
  await page.waitForURL("**/indicators*#indicator-*");
  const target = await page.evaluate(() => {
    const box = document.getElementById(decodeURIComponent(location.hash.slice(1)))?.getBoundingClientRect();
    return box && box.top > -10 && box.top < innerHeight;
  });
  check("read: the verdict leads to an indicator", target === true);
  await context.close();

  const plain = await contexts({ javaScriptEnabled: false });
  const without = await plain.newPage();
  for (const [title, address] of Object.entries(pagesOf(site, id))) {
    await without.goto(address);
    const text = (await without.locator("main").innerText()).trim();
    check(`read: ${title} reads without JavaScript`, text.length > 10 && !/Computing/.test(text), `${text.length} letters`);
    const charts = await without.locator("figure.chart-figure:visible").count();
    const drawn = await without.locator("figure.chart-figure svg.chart:visible").count();
    if (charts > 0) check(`read: ${title} shows its ${charts} charts without JavaScript`, drawn >= charts, `${drawn}`);
  }
  await without.goto(`${site.at}/d/${id}/`);
  check("read: the slider isn't shown where it can do nothing", (await without.locator("#c-slide:visible").count()) === 0);
  const go = without.locator('.controls button[type="submit"]');
  check("read: the form has a button without JavaScript", (await go.count()) === 1 && (await go.isVisible()));
  await without.locator("#c-level").selectOption("0.1");
  await go.click();
  await without.waitForURL(/level=0\.1/);
  check("read: the form answers without JavaScript", /[?]level=0\.1$/.test(without.url()) && /Asked otherwise/.test(await without.locator(".notices").innerText()), without.url());
  await plain.close();
}

const byline = (page) => page.locator(".masthead .byline").innerText();

async function slide(site, id) {
  const context = await contexts();
  const { page, seen } = await watched(context, site);
  await page.goto(`${site.at}/d/${id}/`);
  const dates = await page.locator("#c-date option").evaluateAll((all) => all.map((one) => one.value));
  const own = dates.at(-1);
  check("slide: the page stands at the dossier's last date", (await byline(page)).includes(`as of ${own}`));
  await page.locator("#c-slide").focus();
  check("slide: the slider can be reached by keyboard", await page.evaluate(() => document.activeElement.id === "c-slide"));
  await page.keyboard.press("ArrowLeft");
  const before = dates.at(-2);
  const moved = await until(20, async () => (await byline(page)).includes(`as of ${before}`), 50);
  check("slide: an arrow key leads to the month before", moved && (await page.locator("#c-date").inputValue()) === before, await byline(page));
  check("slide: the address says so", new URL(page.url()).search === `?as_of=${before}`, page.url());
  check("slide: the title says so", (await page.title()).includes(before), await page.title());
  check("slide: the slider keeps the focus and says its date", await page.evaluate((date) => document.activeElement.id === "c-slide" && document.activeElement.getAttribute("aria-valuetext") === date, before));
  for (let n = 0; n < 5; n += 1) await page.keyboard.press("ArrowLeft");
  const six = dates.at(-7);
  const further = await until(30, async () => (await byline(page)).includes(`as of ${six}`), 50);
  check("slide: five keys in a row end five months earlier", further && page.url().includes(six), `${await byline(page)} ${page.url()}`);
  const waits = page.locator("[data-waits]");
  if ((await waits.count()) > 0) {
    check("slide: what is computed for this date comes by itself", await until(90, async () => (await waits.count()) === 0));
  }
  await page.goBack();
  const back = await until(20, async () => !page.url().includes(six) && (await byline(page)).includes(new URL(page.url()).searchParams.get("as_of") ?? own), 50);
  check("slide: back returns to the date before", back, `${page.url()} ${await byline(page)}`);
  for (let n = 0; n < 8 && new URL(page.url()).search; n += 1) {
    await page.goBack();
    await page.waitForTimeout(400);
  }
  const home = await until(10, async () => (await byline(page)).includes(`as of ${own}`), 50);
  check("slide: back at last to the dossier's own date", home && new URL(page.url()).search === "", page.url());
  check("slide: no errors", seen.errors.length === 0 && seen.policy.length === 0, brief([...seen.errors, ...seen.policy]));
  await context.close();
}

const verdictOf = async (page) => `${await page.locator("#verdict").innerText()} / ${await page.locator(".verdict .headline").innerText()} / ${(await page.locator("main .trace, main table.figures").allInnerTexts()).join(" ")}`;

/** Changes one control; the milliseconds until the new page stands. */
const change = (page, selector, value) => page.evaluate(([selector, value]) => new Promise((done, failed) => {
  const control = document.querySelector(selector);
  const start = performance.now();
  const late = setTimeout(() => failed(new Error(`no new page after ${selector} = ${value}`)), 60000);
  document.addEventListener("yalu:page", () => { clearTimeout(late); done(performance.now() - start); }, { once: true });
  if (control.type === "checkbox") control.checked = value;
  else control.value = value;
  control.dispatchEvent(new Event("change", { bubbles: true }));
}), [selector, value]);

async function set(site, id) {
  const context = await contexts();
  const { page, seen } = await watched(context, site);
  const base = `${site.at}/d/${id}/`;
  const fresh = await context.newPage();
  const notices = () => page.locator(".notices").allInnerTexts().then((all) => all.join(" "));
  const options = (selector) => page.locator(`${selector} option:not([selected])`).evaluateAll((all) => all.map((one) => one.value));

  await page.goto(base);
  const plain = await verdictOf(page);
  const one = async (name, says, act, wanted) => {
    await page.goto(base);
    await act();
    const done = await until(60, async () => /Asked otherwise/.test(await notices()), 30);
    const search = decodeURIComponent(new URL(page.url()).search);
    check(`set: ${name} changes the address and is named as asked otherwise`, done && search === `?${wanted}` && says.test(await notices()), `${search} ${await notices()}`);
    await fresh.goto(page.url());
    check(`set: ${name}: the address opened anew shows the same`, (await verdictOf(fresh)) === (await verdictOf(page)) && fresh.url() === page.url());
    await page.locator(".notices .set-one a").first().click();
    await page.waitForURL(base);
    check(`set: ${name}: undo returns`, (await verdictOf(page)) === plain && !/Asked otherwise/.test(await notices()));
  };
  await one("level", /level 0\.1/, () => page.locator("#c-level").selectOption("0.1"), "level=0.1");
  await one("horizon", /horizon 12 months/, () => page.locator("#c-horizon").selectOption("12"), "horizon=12");
  if ((await page.locator("#c-codes-1").count()) > 0) {
    const [code] = await options("#c-codes-1");
    if (code) await one("codes", /codes /, () => page.locator("#c-codes-1").selectOption(code), `codes=${code}`);
  }
  if ((await page.locator("#c-exposure").count()) > 0) {
    const [exposure] = await options("#c-exposure");
    if (exposure) await one("exposure", /Per acts|No exposure/, () => page.locator("#c-exposure").selectOption(exposure), `exposure=${exposure}`);
  }
  const border = page.locator('.donors input[type="checkbox"]').first();
  if ((await border.count()) > 0) {
    const which = await border.inputValue();
    await one("a border left out", /without /, async () => {
      await page.locator(".controls summary", { hasText: "Other borders" }).click();
      await border.check();
    }, `without=${which}`);
  }
  const actor = page.locator(".actors input").first();
  if ((await actor.count()) > 0) {
    const name = (await actor.getAttribute("name")).replace(/^set\./, "");
    await one("an actor's value", new RegExp(name.replaceAll(".", "\\.")), async () => {
      await page.locator(".controls summary", { hasText: "Actors" }).click();
      await actor.fill("42");
      await actor.press("Tab");
    }, `set=${name}=42`);
    await page.goto(base);
    await page.locator(".controls summary", { hasText: "Actors" }).click();
    await actor.fill("42");
    await actor.press("Tab");
    await until(30, async () => /Asked otherwise/.test(await notices()), 50);
    check("set: what was open stays open, and the focus where it was", await page.evaluate(() => Boolean(document.activeElement.closest(".actors"))) && (await actor.isVisible()));
  }

  await page.goto(base);
  await change(page, "#c-level", "0.1");
  await change(page, "#c-horizon", "12");
  check("set: two choices stand in one address", new URL(page.url()).search === "?level=0.1&horizon=12", page.url());
  await page.locator("main .notices a", { hasText: "own answer" }).click();
  await page.waitForURL(base);
  check("set: one link leads to the dossier's own answer", (await verdictOf(page)) === plain);

  // Level and horizon in turn, each pair another one.
  const levels = ["0.01", "0.05", "0.1", "0.2"];
  const horizons = ["6", "12", "18", "30", "36"];
  const times = [];
  for (let n = 0; n < 20; n += 1) {
    const even = n % 2 === 0;
    const [selector, all] = even ? ["#c-level", levels] : ["#c-horizon", horizons];
    const now = await page.locator(selector).inputValue();
    const next = all[(Math.floor(n / 2) * (even ? 1 : 2) + 1) % all.length];
    times.push(await change(page, selector, next === now ? all[(all.indexOf(next) + 1) % all.length] : next));
  }
  times.sort((a, b) => a - b);
  console.log(`     from a change of level or horizon to the new page: median ${((times[9] + times[10]) / 2).toFixed(0)} ms, worst ${times[19].toFixed(0)} ms, of 20`);

  for (const [query, says] of [
    ["level=2", /from 0\.001 to 0\.4/], ["horizon=0", /from 1 to 240/], ["as_of=yesterday", /YYYY-MM-DD/],
    ["as_of=1900-01-31", /can be asked from \d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d/], ["codes=influence:none", /influence/], ["exposure=much", /dyad_total/],
    ["without=X-Y", /X-Y/], ["set=nobody.capability=3", /nobody/], ["levle=0.1", /did you mean `level`/],
  ]) {
    const answer = await fresh.goto(`${base}?${query}`);
    const text = await fresh.locator("body").innerText();
    check(`set: ${query} is told what would be right`, answer.status() === 400 && says.test(text), `${answer.status()} ${text.slice(0, 200)}`);
  }
  check("set: no errors", seen.errors.length === 0 && seen.policy.length === 0, brief([...seen.errors, ...seen.policy]));
  await context.close();
}

/** A part that is computed just while a question is on its way, or a value half typed, mustn't undo it. */
async function meanwhile(site, id) {
  const context = await contexts();
  const page = await context.newPage();
  await page.addInitScript(() => {
    window.EventSource = class {
      constructor() { window.streamed = {}; }
      addEventListener(name, act) { window.streamed[name] = act; }
      close() {}
    };
  });
  await page.goto(`${site.at}/d/${id}/`);
  await page.evaluate(() => { document.querySelector("main").dataset.waits = ""; });
  await page.route(/level=0\.1/, async (route) => {
    await rest(400);
    await route.continue();
  });
  await page.locator("#c-level").selectOption("0.1");
  await page.waitForTimeout(150);
  await page.evaluate(() => window.streamed.step(new Event("step")));
  const asked = await until(15, async () => /level=0\.1/.test(page.url()), 50);
  check("set: a part that is computed meanwhile doesn't take the reader's question away", asked && (await page.locator("#c-level").inputValue()) === "0.1", page.url());
  const actor = page.locator(".actors input").first();
  if ((await actor.count()) > 0) {
    await page.goto(`${site.at}/d/${id}/`);
    await page.evaluate(() => { document.querySelector("main").dataset.waits = ""; });
    await page.locator(".controls summary", { hasText: "Actors" }).click();
    await actor.focus();
    await page.keyboard.type("4");
    await page.evaluate(() => new Promise((done) => {
      document.addEventListener("yalu:page", done, { once: true });
      setTimeout(done, 4000);
      window.streamed.step(new Event("step"));
    }));
    check("set: nor what is half typed", (await actor.inputValue()) === "4", await actor.inputValue());
  }
  await context.close();
}

async function link(site, id) {
  const context = await contexts();
  const { page } = await watched(context, site);
  await page.goto(`${site.at}/d/${id}/`);
  const rows = page.locator('section[aria-labelledby="turning"] tbody tr');
  const shown = await until(120, async () => (await rows.count()) > 0);
  if (!check("link: what would change the verdict is shown", shown)) return;
  const row = rows.first();
  const says = await row.locator("td").first().locator(".rung").innerText();
  const words = await row.locator("th a").innerText();
  await row.locator("th a").click();
  await page.waitForURL(/\?/);
  check(`link: “${words}” leads to its answer`, (await page.locator("#verdict").innerText()).includes(says.replace(/^\W+/, "")) && /Asked otherwise/.test(await page.locator(".notices").innerText()), page.url());
  const date = page.locator(".evolution a").first();
  await page.goto(`${site.at}/d/${id}/`);
  if ((await date.count()) > 0) {
    await page.evaluate(() => document.querySelector(".evolution a").dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true })));
    await page.waitForURL(/as_of=/, { timeout: 60000 });
    check("link: how the verdict evolved leads to its dates", (await byline(page)).includes(new URL(page.url()).searchParams.get("as_of")));
  }
  await context.close();
}

/** The rows of a CSV file (RFC 4180). */
function rowsOf(text) {
  const rows = [];
  let row = [];
  let cell = "";
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const one = text[at];
    if (quoted) {
      if (one !== '"') cell += one;
      else if (text[at + 1] === '"') { cell += '"'; at += 1; } else quoted = false;
    } else if (one === '"' && cell === "") quoted = true;
    else if (one === ",") { row.push(cell); cell = ""; }
    else if (one === "\n") { row.push(cell.replace(/\r$/, "")); rows.push(row); row = []; cell = ""; }
    else cell += one;
  }
  if (quoted) throw new Error("a quotation that doesn't end");
  if (cell !== "" || row.length > 0) { row.push(cell); rows.push(row); }
  return rows;
}

const kinds = {
  csv: { type: /^text\/csv/, fault: (bytes) => {
    const rows = rowsOf(bytes.toString("utf8"));
    const odd = rows.findIndex((row) => row.length !== rows[0].length);
    return rows.length < 1 || rows[0].some((cell) => cell === "") ? "no head" : odd < 0 ? "" : `line ${odd + 1} has ${rows[odd].length} columns, the head ${rows[0].length}`;
  } },
  json: { type: /^application\/json/, fault: (bytes) => (JSON.parse(bytes.toString("utf8")) === null ? "null" : "") },
  parquet: { type: /parquet/, fault: (bytes) => (bytes.subarray(0, 4).toString() === "PAR1" && bytes.subarray(-4).toString() === "PAR1" ? "" : "no Parquet") },
  svg: { type: /^image\/svg\+xml/, fault: () => "" },
  html: { type: /^text\/html/, fault: () => "" },
};

async function download(site, id) {
  const context = await contexts();
  const { page, seen } = await watched(context, site);
  // Files are read apart: a document that is parsed inherits its page's policy.
  const blank = await (await contexts()).newPage();
  for (const [title, address] of Object.entries(pagesOf(site, id))) {
    await page.goto(address);
    const hrefs = [...new Set(await page.locator(".take a").evaluateAll((all) => all.map((one) => one.href)))];
    if (hrefs.length === 0) continue;
    const faults = [];
    const drawings = [];
    for (const href of hrefs) {
      const ending = new URL(href).pathname.split(".").pop();
      const answer = await context.request.get(href);
      const bytes = await answer.body();
      const kind = kinds[ending];
      let fault = "";
      if (!answer.ok()) fault = String(answer.status());
      else if (!kind?.type.test(answer.headers()["content-type"])) fault = answer.headers()["content-type"];
      else if (!/attachment; filename="[a-z0-9.-]+"/.test(answer.headers()["content-disposition"] ?? "")) fault = `named ${answer.headers()["content-disposition"]}`;
      else {
        try { fault = kind.fault(bytes); } catch (error) { fault = error.message; }
      }
      if (fault) faults.push(`${href.slice(site.at.length)}: ${fault}`);
      else if (ending === "svg") drawings.push([href, bytes.toString("utf8")]);
    }
    const broken = await blank.evaluate((all) => all.filter(([, text]) => {
      const read = new DOMParser().parseFromString(text, "image/svg+xml");
      return read.querySelector("parsererror") || read.documentElement.localName !== "svg" || read.querySelector("script, foreignObject");
    }).map((one) => one[0]), drawings);
    check(`download: ${title}: ${hrefs.length} files of charts and tables are what they say`, faults.length + broken.length === 0, brief([...faults, ...broken]));
    check(`download: ${title}: ${drawings.length} drawings are well-formed XML`, broken.length === 0, brief(broken));
  }

  await page.goto(`${site.at}/d/${id}/indicators`);
  const buttons = page.locator("[data-take] button", { hasText: "PNG" });
  for (const at of [0, (await buttons.count()) - 1]) {
    const [file] = await Promise.all([page.waitForEvent("download", { timeout: 20000 }), buttons.nth(at).click()]);
    const bytes = readFileSync(await file.path());
    const seenIn = await blank.evaluate(async (data) => {
      const image = new Image();
      image.src = `data:image/png;base64,${data}`;
      await image.decode();
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
      const context = canvas.getContext("2d");
      context.drawImage(image, 0, 0);
      const dots = new Uint32Array(context.getImageData(0, 0, canvas.width, canvas.height).data.buffer);
      const colours = new Map();
      for (const dot of dots) colours.set(dot, (colours.get(dot) ?? 0) + 1);
      return { width: canvas.width, height: canvas.height, colours: colours.size, most: Math.max(...colours.values()) / dots.length };
    }, bytes.toString("base64"));
    check(`download: the button PNG gives a picture that isn't blank (${file.suggestedFilename()}, ${seenIn.width} × ${seenIn.height})`,
      bytes.subarray(0, 8).toString("latin1") === "\x89PNG\r\n\x1a\n" && /\.png$/.test(file.suggestedFilename()) && seenIn.width > 600 && seenIn.colours > 20 && seenIn.most < 0.995, JSON.stringify(seenIn));
    writeFileSync(join(out, `site-${file.suggestedFilename()}`), bytes);
  }
  await blank.context().close();

  for (const query of ["", "?level=0.1"]) {
    await page.goto(`${site.at}/d/${id}/${query}`);
    const found = await page.locator("a[href]").evaluateAll((all) => all.map((one) => one.href).filter((href) => /\/(assessment\.json|series\.csv|series\.parquet|report\.html)(\?|$)/.test(href)));
    const files = [...new Set(found)];
    check(`download: the page${query} leads to the assessment, its series and the single file`, files.length === 4, files.join(" "));
    for (const href of files) {
      const answer = await context.request.get(href);
      const bytes = await answer.body();
      const name = new URL(href).pathname.split("/").pop();
      const kind = kinds[name.split(".").pop()];
      let fault = answer.ok() && kind.type.test(answer.headers()["content-type"]) ? "" : `${answer.status()} ${answer.headers()["content-type"]}`;
      try { fault ||= kind.fault(bytes); } catch (error) { fault = error.message; }
      check(`download: ${name}${query} is what it says (${bytes.length} bytes)`, fault === "" && href.endsWith(query), `${fault} ${href}`);
      if (name === "assessment.json" && !fault) {
        const assessment = JSON.parse(bytes);
        check(`download: ${name}${query} holds the verdict that the page shows`, (await page.locator(".verdict .headline").innerText()) === assessment.verdict.headline);
      }
      if (name === "report.html" && !fault) {
        const file = join(site.scratch, "report.html");
        writeFileSync(file, bytes);
        const apart = await contexts({ offline: true });
        const single = await watched(apart, { at: "none" });
        await single.page.goto(pathToFileURL(file).href);
        await readThrough(single.page);
        await single.page.waitForTimeout(500);
        const live = await single.page.locator("figure.is-live").count();
        check(`download: the single file${query} opens by itself, without errors`, single.seen.errors.length === 0 && single.seen.foreign.length <= 1 && live > 0, brief([...single.seen.errors, ...single.seen.foreign]));
        await apart.close();
      }
    }
  }
  check("download: no errors", seen.errors.length === 0 && seen.policy.length === 0, brief([...seen.errors, ...seen.policy]));
  await context.close();
}

async function plotly(site, id) {
  const context = await contexts();
  const { page, seen } = await watched(context, site);
  await page.goto(`${site.at}/d/${id}/indicators`);
  const wanted = await page.locator("figure[data-plot]:visible").count();
  await readThrough(page);
  const live = await until(40, async () => (await page.locator("figure.is-live .main-svg").count()) >= wanted);
  check(`charts: Plotly draws all ${wanted} under the strict policy`, live && wanted > 0, `${await page.locator("figure.is-live").count()}`);
  for (const kind of ["chart-", "curve-"]) {
    const chart = page.locator(`figure[data-plot][id^="${kind}"]`).first();
    if ((await chart.count()) === 0) continue;
    await chart.scrollIntoViewIfNeeded();
    const point = await chart.evaluate((figure) => {
      const marks = figure.querySelectorAll(".xy .scatterlayer .points path");
      const mark = figure.id.startsWith("curve-") && marks.length ? marks[Math.floor(marks.length / 2)] : figure.querySelector(".xy .plot, .nsewdrag");
      mark.scrollIntoView({ block: "center" });
      const box = mark.getBoundingClientRect();
      return [box.x + box.width / 2, box.y + box.height / 2];
    });
    await page.mouse.move(point[0] - 2, point[1]);
    await page.mouse.move(point[0], point[1]);
    const hover = chart.locator(".hoverlayer .hovertext").first();
    const shown = await hover.waitFor({ timeout: 5000 }).then(() => true, () => false);
    check(`charts: pointing at ${kind.slice(0, -1)} shows figures`, shown && /\d/.test(await hover.textContent()));
    await page.screenshot({ path: join(out, `site-${kind}hover.png`) });
  }
  const swap = page.locator(".swap").first();
  await swap.focus();
  await page.keyboard.press("Enter");
  check("charts: the static chart comes back by keyboard", (await page.locator("figure[data-plot]").first().locator("svg.chart:visible").count()) === 1);
  await change(page, "#c-level", "0.1");
  await readThrough(page);
  const again = await until(40, async () => (await page.locator("figure.is-live .main-svg").count()) >= wanted);
  check("charts: they are live again on a page that took this one's place", again, `${await page.locator("figure.is-live").count()} of ${wanted}`);
  check("charts: pictures can be saved there too", (await page.locator("[data-take] button", { hasText: "PNG" }).count()) > 0);
  check("charts: no errors, no violation of the policy", seen.errors.length === 0 && seen.policy.length === 0, brief([...seen.errors, ...seen.policy]));
  await context.close();
}

/** Everything that readers can see, as text. */
async function publicTexts(context, site, id) {
  const addresses = [
    ...Object.values(pagesOf(site, id)), `${site.at}/d/${id}/comments.atom`, `${site.at}/d/${id}/feed.atom`, `${site.at}/api/v1/dossiers`,
    `${site.at}/api/v1/dossiers/${id}`, `${site.at}/api/v1/dossiers/${id}/comments`, `${site.at}/api/v1/dossiers/${id}/comments?about=indicator-influence`,
    `${site.at}/d/${id}/assessment.json`,
  ];
  const texts = [];
  for (const address of addresses) texts.push([address, await (await context.request.get(address)).text()]);
  return texts;
}

async function talk(site, id) {
  const reader = await contexts();
  const { page, seen } = await watched(reader, site);
  const base = `${site.at}/d/${id}/`;
  const verdict = () => page.goto(base);
  await page.goto(`${base}indicators`);
  const toIndicator = await page.locator('main a[href*="discussion?about=indicator-"]').first().getAttribute("href");
  await page.goto(`${base}evidence`);
  const toClaim = await page.locator('main a[href*="discussion?about=claim-"]').first().getAttribute("href");
  check("comment: an indicator and a claim lead to their discussions", Boolean(toIndicator && toClaim));

  /** Sends a comment as a person does, who takes some seconds; the token that the receipt shows. */
  const write = async (address, name, text) => {
    if (address) await page.goto(new URL(address, base).href);
    await page.locator("#w-name").fill(name);
    await page.locator("#w-email").fill(email);
    await page.locator("#w-text").fill(text);
    await page.waitForTimeout(3500);
    const [answer] = await Promise.all([page.waitForResponse((one) => one.request().method() === "POST"), page.locator(".comment-form button").click()]);
    await page.waitForLoadState();
    const receipt = await page.locator("#receipt").innerText().catch(() => "");
    return { status: answer.status(), receipt, token: receipt.match(/[A-Za-z0-9_-]{43}/)?.[0] };
  };
  const payload = '<img src=x onerror="window.__got=1"><script>window.__got=1</script> Some **bold** words.\n\n> a quotation\n\n[here](javascript:window.__got=1)';
  const first = await write(`${base}discussion`, "Ada <b>Reader</b>", payload);
  check("comment: on the dossier it is taken, and waits for review", first.status === 201 && /waits for review/.test(first.receipt), `${first.status} ${first.receipt}`);
  check("comment: the receipt shows a token", Boolean(first.token), first.receipt);
  await page.goto(`${base}discussion`);
  check("comment: the token is shown once", !(await page.content()).includes(first.token));
  check("comment: it isn't shown before it was reviewed", (await page.locator(".comment").count()) === 0 && /No comment is shown yet/.test(await page.locator("main").innerText()));
  const second = await write(toIndicator, "Ben", "Is the break of this indicator more than a change of sources?");
  check("comment: on an indicator", second.status === 201 && second.token && second.token !== first.token, `${second.status} ${second.receipt}`);
  const third = await write(toClaim, "Cyd", "Buy watches cheap, cheap watches, buy now.");
  check("comment: on a claim", third.status === 201, `${third.status} ${third.receipt}`);
  await page.goto(`${base}discussion`);
  for (const selector of ["#w-name", "#w-text"]) await page.locator(selector).evaluate((one) => one.removeAttribute("required"));
  await page.locator("#w-name").fill("");
  await page.locator("#w-text").fill("Nobody wrote this.");
  await page.waitForTimeout(3200);
  await page.locator(".comment-form button").click();
  await page.waitForLoadState();
  check("comment: what is wrong stands at its field, and what was typed is kept", (await page.locator("#w-name[aria-invalid]").count()) === 1 && (await page.locator("#w-name-fault").innerText()).length > 5 && (await page.locator("#w-text").inputValue()) === "Nobody wrote this.", (await page.locator("main").innerText()).slice(0, 200));
  // That page was answered with 422, which the browser's console notes as an error.
  seen.errors = seen.errors.filter((one) => !/status of (422|400)/.test(one));

  const office = await contexts();
  const { page: desk, seen: seenThere } = await watched(office, site);
  const moderation = `${site.at}/moderation/`;
  const logIn = async (secret) => {
    await desk.locator("#l-name").fill("ann");
    await desk.locator("#l-password").fill(secret);
    await desk.locator('form[aria-label="Log in"] button').click();
    await desk.waitForLoadState();
  };
  await desk.goto(moderation);
  await logIn("wrong horse battery");
  check("moderate: a wrong password is refused", /Name or password is wrong/.test(await desk.locator("main").innerText()) && (await desk.locator(".queue").count()) === 0 && (await office.cookies()).length === 0);
  seenThere.errors = [];
  await logIn(password);
  check("moderate: the right one opens the queue", (await desk.locator("#queue").count()) === 1 && desk.url() === moderation, desk.url());
  const cookie = (await office.cookies()).find((one) => one.name === "yalu_session");
  check("moderate: the session's cookie is for this page alone", cookie?.httpOnly && cookie.sameSite === "Strict" && cookie.path === "/moderation", JSON.stringify(cookie ?? {}).replace(/"value":"[^"]*"/, ""));
  const entries = desk.locator(".queue > li");
  check("moderate: three comments wait", (await entries.count()) === 3, `${await entries.count()}`);
  check("moderate: markup in a comment does nothing", !(await desk.evaluate(() => window.__got)) && (await desk.locator(".queue img, .queue script").count()) === 0);
  check("moderate: the moderator sees the e-mail", (await entries.first().innerText()).includes(email));
  for (const width of [1280, 400]) {
    await desk.setViewportSize({ width, height: 900 });
    const over = await sideways(desk);
    check(`moderate: the queue at ${width} px has no sideways scroll`, over <= 0, `${over} px`);
    await desk.screenshot({ path: join(out, `site-moderation-${width}.png`), fullPage: true });
  }
  await desk.setViewportSize({ width: 1280, height: 900 });
  const decide = async (words, button) => {
    await desk.goto(moderation);
    await entries.filter({ hasText: words }).getByRole("button", { name: button, exact: true }).click();
    await desk.waitForLoadState();
    return desk.locator(".notices").first().innerText();
  };
  check("moderate: one is approved", /1 changed/.test(await decide("Some bold words", "Approve")));
  check("moderate: another too", /1 changed/.test(await decide("change of sources", "Approve")));
  check("moderate: one is marked as spam", /1 changed/.test(await decide("cheap watches", "Spam")));
  await desk.goto(`${moderation}?state=spam`);
  check("moderate: spam stands among the spam", (await entries.count()) === 1 && /cheap watches/.test(await entries.first().innerText()));
  await desk.goto(`${moderation}?state=shown`);
  check("moderate: what is shown stands among the shown", (await entries.count()) === 2);

  await verdict();
  check("moderate: the dossier's page counts what is shown", /\b2 comments\b/.test(await page.locator("nav.pages").innerText()), await page.locator("nav.pages").innerText());
  await page.goto(`${base}indicators`);
  const counted = await page.locator(`main a[href="${toIndicator}"]`).first().innerText();
  check("moderate: the indicator counts its own", /1/.test(counted), counted);
  await page.goto(`${base}discussion`);
  const comment = page.locator(".comment").first();
  check("moderate: the approved comment is shown, its Markdown read", (await page.locator(".comment").count()) === 1 && (await comment.locator(".comment-text strong", { hasText: "bold" }).count()) === 1 && (await comment.locator("blockquote").count()) === 1);
  check("moderate: markup in it is shown as it was typed", (await comment.locator("img, script, b, [onerror], [href^='javascript']").count()) === 0 && (await comment.innerText()).includes("<script>") && (await comment.innerText()).includes("Ada <b>Reader</b>"));
  await page.waitForTimeout(300);
  check("moderate: and did nothing", !(await page.evaluate(() => window.__got)));
  await page.goto(new URL(toClaim, base).href);
  check("moderate: spam isn't shown", (await page.locator(".comment").count()) === 0);

  await page.goto(new URL(toIndicator, base).href);
  await page.locator(".comment a", { hasText: "Answer" }).first().click();
  await page.waitForURL(/reply=/);
  check("comment: the form says what is answered", /Answer comment \d+/.test(await page.locator(".comment-form h3").innerText()));
  const reply = await write("", "Dee", "It is: the source base widened in 2001 and the break is later.");
  check("comment: a reply is taken", reply.status === 201, `${reply.status} ${reply.receipt} ${(await page.locator("body").innerText()).slice(0, 150)}`);
  check("moderate: the reply is approved", /1 changed/.test(await decide("source base widened", "Approve")));
  await page.goto(new URL(toIndicator, base).href);
  check("comment: the reply stands under what it answers", (await page.locator(".comment .comment").count()) === 1 && /It is/.test(await page.locator(".comment .comment").innerText()));
  for (const width of [1280, 400]) {
    await page.setViewportSize({ width, height: 900 });
    check(`comment: the thread at ${width} px has no sideways scroll`, (await sideways(page)) <= 0);
    await page.screenshot({ path: join(out, `site-discussion-${width}.png`), fullPage: true });
  }
  const loose = await contexts({ bypassCSP: true, storageState: await office.storageState() });
  const judge = await loose.newPage();
  for (const [title, address] of [["a thread", new URL(toIndicator, base).href], ["the queue", `${moderation}?state=shown`]]) {
    for (const scheme of ["light", "dark"]) {
      await judge.emulateMedia({ colorScheme: scheme });
      await judge.goto(address);
      await judged(judge, `comment: axe finds nothing in ${title}, ${scheme}`);
      await checkForm(judge, `${title}, ${scheme}`);
    }
  }
  await loose.close();

  const feed = await reader.request.get(`${base}comments.atom`);
  const fed = await page.evaluate((text) => {
    const read = new DOMParser().parseFromString(text, "application/xml");
    if (read.querySelector("parsererror")) return { fault: read.querySelector("parsererror").textContent };
    const of = (name) => [...read.querySelectorAll(`entry > ${name}`)].map((one) => one.textContent);
    return { root: read.documentElement.localName, ids: of("id"), content: of("content").join(" "), updated: of("updated"), links: [...read.querySelectorAll("entry > link")].map((one) => one.getAttribute("href")) };
  }, await feed.text());
  check("feed: comments, well-formed", feed.ok() && /atom\+xml/.test(feed.headers()["content-type"]) && fed.root === "feed" && fed.ids.length === 3 && new Set(fed.ids).size === 3, JSON.stringify(fed).slice(0, 300));
  check("feed: holds what is shown and no spam", fed.content?.includes("bold") && !fed.content.includes("watches"));
  check("feed: times are times", fed.updated?.every((one) => !Number.isNaN(Date.parse(one))), brief(fed.updated ?? []));
  for (const href of fed.links ?? []) {
    await page.goto(href);
    if (!(await page.locator(`[id="${new URL(href).hash.slice(1)}"]`).count())) check(`feed: ${href} arrives`, false);
  }
  const assessments = await reader.request.get(`${base}feed.atom`);
  const entriesOf = await page.evaluate((text) => {
    const read = new DOMParser().parseFromString(text, "application/xml");
    return read.querySelector("parsererror") ? 0 : read.querySelectorAll("feed > entry").length;
  }, await assessments.text());
  check("feed: assessments, well-formed", assessments.ok() && entriesOf > 0, `${entriesOf}`);

  const texts = await publicTexts(reader, site, id);
  const leaks = texts.filter(([, text]) => text.includes(email) || text.includes(email.replace("@", "&#64;"))).map((one) => one[0]);
  check("comment: the e-mail appears on no page of readers", leaks.length === 0, brief(leaks));
  check("comment: readers get no cookie", (await reader.cookies()).length === 0);

  const notice = `${site.at}/data-notice`;
  await page.goto(notice);
  for (const width of [1280, 400]) {
    await page.setViewportSize({ width, height: 900 });
    await page.screenshot({ path: join(out, `site-data-notice-${width}.png`), fullPage: true });
  }
  const mine = async (token, button) => {
    await page.goto(notice);
    await page.locator("#m-token").fill(token);
    await page.getByRole("button", { name: button }).click();
    await page.waitForLoadState();
    return page.locator("main").innerText();
  };
  const stored = await mine(second.token, "Show what is stored");
  check("mine: the token shows what is stored", stored.includes(email) && stored.includes("change of sources") && !stored.includes("Ada"), stored.slice(-300));
  const other = await mine("A".repeat(43), "Show what is stored");
  check("mine: another token shows nothing of it", !other.includes(email));
  const gone = await mine(second.token, "Delete everything");
  check("mine: the token deletes it", /One comment was deleted/.test(gone), gone.slice(0, 200));
  const after = await mine(second.token, "Show what is stored");
  check("mine: nothing is left under it", !after.includes(email) && !after.includes("change of sources"));
  await page.goto(new URL(toIndicator, base).href);
  check("mine: the thread says so, and the reply stays", !(await page.content()).includes("change of sources") && (await page.locator(".comment .absence").count()) === 1 && /source base widened/.test(await page.locator(".comments").innerText()));
  await verdict();
  check("mine: the page's count follows", /\b2 comments\b/.test(await page.locator("nav.pages").innerText()), await page.locator("nav.pages").innerText());
  for (const width of [1280, 400]) {
    await page.setViewportSize({ width, height: 900 });
    await page.screenshot({ path: join(out, `site-verdict-${width}.png`), fullPage: true });
  }

  await desk.goto(moderation);
  check("moderate: each decision is noted", (await desk.locator('section[aria-labelledby="audit"] li').count()) >= 4);
  const crossed = await office.request.post(`${moderation}act`, { form: { id: "1", do: "delete", form: "x" }, headers: { origin: "https://example.org" } });
  check("moderate: a form of another site isn't taken", crossed.status() === 403, `${crossed.status()}`);
  await desk.getByRole("button", { name: "Log out" }).click();
  await desk.waitForLoadState();
  check("moderate: log out ends it", (await desk.locator("#l-password").count()) === 1 && (await office.cookies()).length === 0);
  await office.addCookies([cookie]);
  await desk.goto(moderation);
  check("moderate: the old cookie opens nothing any more", (await desk.locator("#l-password").count()) === 1);
  check("comment: no errors", seen.errors.length === 0 && seen.policy.length === 0 && seen.foreign.length === 0, brief([...seen.errors, ...seen.policy, ...seen.foreign]));
  check("moderate: no errors", seenThere.errors.length === 0 && seenThere.policy.length === 0, brief([...seenThere.errors, ...seenThere.policy]));
  await reader.close();
  await office.close();
}

/** Pages of a published site, by the name of their file, as they lie in the folder. */
function filesOf(folder, ending) {
  const all = readdirSync(folder, { recursive: true, withFileTypes: true });
  return all.filter((one) => one.isFile() && one.name.endsWith(ending)).map((one) => join(one.parentPath ?? one.path, one.name)).sort();
}

/** The dossier as a folder of files, opened from the disk: no server answers any of this. */
async function published(site) {
  const folder = join(site.scratch, "published");
  const start = Date.now();
  execFileSync(yalu, ["publish", site.dossier, "--out", folder, "--no-evolution"], { stdio: ["ignore", "ignore", "pipe"] });
  console.log(`     published within ${((Date.now() - start) / 1000).toFixed(0)} s`);
  const here = { at: pathToFileURL(folder).href };
  const pages = filesOf(folder, ".html").filter((one) => basename(one) !== "report.html");
  const single = filesOf(folder, "report.html");
  check("publish: pages, and each date's single file", pages.length > 8 && single.length > 0, `${pages.length} and ${single.length}`);
  const nameOf = (file) => relative(folder, file);

  for (const [width, scheme] of [[1280, "light"], [400, "dark"]]) {
    const strict = await contexts({ viewport: { width, height: 900 }, colorScheme: scheme });
    const loose = await contexts({ viewport: { width, height: 900 }, colorScheme: scheme, bypassCSP: true });
    for (const file of pages) {
      const name = `publish: ${nameOf(file)}, ${width} px, ${scheme}`;
      const { page, seen } = await watched(strict, here);
      await page.goto(pathToFileURL(file).href);
      await readThrough(page);
      await openAll(page);
      const over = await sideways(page);
      check(`${name}: no sideways scroll`, over <= 0, `${over} px`);
      await page.waitForTimeout(150);
      check(`${name}: no errors`, seen.errors.length === 0, brief(seen.errors));
      check(`${name}: no violation of its policy`, seen.policy.length === 0, brief(seen.policy));
      check(`${name}: nothing is fetched from elsewhere`, seen.foreign.length === 0, brief(seen.foreign));
      if (width === 1280) await checkForm(page, nameOf(file));
      const blind = await page.evaluate(() => [...document.images].filter((one) => !one.complete || one.naturalWidth === 0 || !one.alt).map((one) => one.src));
      check(`${name}: each image is there and has words`, blind.length === 0, brief(blind));
      await page.close();

      const other = await loose.newPage();
      await other.goto(pathToFileURL(file).href);
      await openAll(other);
      await judged(other, `${name}: axe finds nothing`);
      await other.close();
    }
    await strict.close();
    await loose.close();
  }

  // What leads where: every address is relative, its file is there, and so is the place it names.
  const context = await contexts({ javaScriptEnabled: false });
  const page = await context.newPage();
  const lost = [];
  let n = 0;
  const idsOf = new Map();
  const ids = (file) => {
    if (!idsOf.has(file)) idsOf.set(file, new Set([...readFileSync(file, "utf8").matchAll(/\sid="([^"]*)"/g)].map((one) => one[1])));
    return idsOf.get(file);
  };
  for (const file of pages) {
    await page.goto(pathToFileURL(file).href);
    const hrefs = await page.evaluate(() => [...document.querySelectorAll("a[href], link[rel=alternate], link[rel=stylesheet], link[rel=icon], script[src], img[src], svg a")].map((one) => one.getAttribute("href") ?? one.getAttribute("src")));
    for (const href of new Set(hrefs)) {
      if (!href || /^(https?|mailto|doi):/.test(href)) continue;
      n += 1;
      const to = new URL(href, pathToFileURL(file));
      const path = to.protocol === "file:" ? fileURLToPath(new URL(to.pathname, "file:")) : "";
      if (!path.startsWith(folder) || !existsSync(path) || !statSync(path).isFile()) lost.push(`${href} (on ${nameOf(file)})`);
      else if (to.hash && path.endsWith(".html") && !ids(path).has(decodeURIComponent(to.hash.slice(1)))) lost.push(`${href} (on ${nameOf(file)})`);
    }
  }
  check(`publish: all ${n} links lead to a file of the folder, and to a place in it`, lost.length === 0 && n > 100, brief(lost));

  // By keyboard and without scripts, from the front page to another page and another date.
  await page.goto(pathToFileURL(join(folder, "index.html")).href);
  await page.locator("nav.pages a", { hasText: "Indicators" }).click();
  await page.waitForURL(/\/indicators\.html/);
  check("publish: the front page leads to the indicators without JavaScript", (await page.locator("figure.chart-figure svg.chart:visible").count()) > 0);
  await page.locator("nav.pages li.more a, nav.pages a", { hasText: "as of" }).first().click();
  await page.waitForURL(/\/\d{4}-\d\d-\d\d\/index\.html/);
  check("publish: a page leads to another date", (await page.locator("#verdict").count()) === 1, page.url());
  await page.goto(pathToFileURL(join(folder, "index.html")).href);
  check("publish: the front page says what would change the verdict", (await page.locator("#turning").count()) === 1);

  // As a reference manager and a reader of feeds meet it.
  const cited = await page.evaluate(() => {
    const meta = (name) => [...document.querySelectorAll(`meta[name="${name}"]`)].map((one) => one.content);
    const card = (name) => document.querySelector(`meta[property="${name}"]`)?.content;
    const article = JSON.parse(document.querySelector('script[type="application/ld+json"]').textContent);
    return { title: meta("citation_title"), authors: meta("citation_author"), date: meta("citation_publication_date"), og: card("og:title"), description: card("og:description"), image: card("og:image"), article };
  });
  check("publish: the page says how it is cited", cited.title.length === 1 && cited.authors.length > 0 && /^\d{4}\/\d\d\/\d\d$/.test(cited.date[0] ?? ""), JSON.stringify(cited).slice(0, 300));
  check("publish: cards have a title and words", Boolean(cited.og) && Boolean(cited.description), JSON.stringify(cited).slice(0, 300));
  check("publish: schema.org knows an article with its date", cited.article["@type"] === "ScholarlyArticle" && /^\d{4}-\d\d-\d\d$/.test(cited.article.datePublished ?? ""), JSON.stringify(cited.article).slice(0, 300));
  check("publish: each picture has its credit", (await page.locator("figure.picture").count()) > 0 && (await page.locator("figure.picture:not(:has(.credit))").count()) === 0);
  const feed = readFileSync(join(folder, "feed.atom"), "utf8");
  const script = await contexts();
  const reading = await script.newPage();
  const fed = await reading.evaluate((text) => {
    const read = new DOMParser().parseFromString(text, "application/xml");
    if (read.querySelector("parsererror")) return [];
    return [...read.querySelectorAll("feed > entry")].map((one) => one.querySelector("updated").textContent);
  }, feed);
  check("publish: the feed has an entry for each date", fed.length === single.length && fed.every((one) => !Number.isNaN(Date.parse(one))), brief(fed));

  // On paper, and on a wide screen.
  await reading.goto(pathToFileURL(join(folder, "index.html")).href);
  await reading.pdf({ path: join(out, "site-published.pdf"), format: "A4" });
  await reading.emulateMedia({ media: "print" });
  const printed = await reading.evaluate(() => [...document.querySelectorAll("nav.pages, .skip, form.controls, .take")].filter((one) => one.getClientRects().length > 0).map((one) => one.className));
  check("publish: paper carries nothing that can only be pressed", printed.length === 0, brief(printed));
  await reading.emulateMedia({ media: "screen" });
  for (const width of [1600, 400]) {
    await reading.setViewportSize({ width, height: 900 });
    await reading.screenshot({ path: join(out, `site-published-${width}.png`), fullPage: true });
  }
  for (const file of single) {
    const { page: alone, seen } = await watched(script, here);
    await alone.goto(pathToFileURL(file).href);
    await readThrough(alone);
    check(`publish: ${nameOf(file)} is all of it, by itself`, seen.errors.length === 0 && seen.foreign.length === 0 && (await alone.locator("#verdict").count()) === 1, brief([...seen.errors, ...seen.foreign]));
    await alone.close();
  }
  await script.close();
  await context.close();
}

async function live(site, id) {
  const context = await contexts();
  const page = await context.newPage();
  const file = join(site.dossier, "dossier.toml");
  const own = readFileSync(file, "utf8");
  const address = `${site.at}/d/${id}/method`;
  await page.goto(address);
  const reloaded = () => page.waitForRequest((one) => one.isNavigationRequest(), { timeout: 15000 });
  const heading = () => page.locator("h1").innerText().catch(() => "");
  // The page must have its stream before the file changes.
  await page.waitForTimeout(500);

  let start = Date.now();
  let [again] = await Promise.all([reloaded().catch(() => null), writeFileSync(file, own.replace(/^title = ".*"$/m, 'title = "Another title"'))]);
  let seconds = (Date.now() - start) / 1000;
  check("live: a changed dossier loads the open page anew within 5 s", again && seconds < 5, `${seconds} s`);
  check("live: it shows the change", await until(90, async () => (await heading()) === "Another title"), await heading());
  console.log(`     from the change to the request for the new page ${seconds.toFixed(1)} s, to the page ${((Date.now() - start) / 1000).toFixed(1)} s`);

  await page.waitForTimeout(500);
  const lines = own.split("\n");
  const line = lines.findIndex((one) => one.startsWith("[data]")) + 1;
  lines.splice(line, 0, "series == 3");
  [again] = await Promise.all([reloaded().catch(() => null), writeFileSync(file, lines.join("\n"))]);
  check("live: a fault loads the open page anew", Boolean(again));
  await page.waitForLoadState();
  const fault = await page.locator("body").innerText();
  check("live: the page names the file and the line of the fault", fault.includes("dossier.toml") && new RegExp(`\\b${line + 1}\\b`).test(fault), fault.slice(0, 400));
  check("live: the open page shows the fault in the place of the page", (await heading()) === "Service Unavailable", await heading());
  const told = await context.request.get(address);
  check("live: such a page is no answer of the dossier", told.status() === 503, `${told.status()}`);
  const list = await context.request.get(`${site.at}/`);
  check("live: the list goes on and says so", list.ok() && /has faults/.test(await list.text()));
  await page.screenshot({ path: join(out, "site-fault.png") });

  start = Date.now();
  writeFileSync(file, own);
  const back = await until(30, async () => (await context.request.get(address)).ok());
  check("live: mending it brings the dossier back", back);
  const itself = await until(20, async () => (await heading()) !== "Service Unavailable", 500);
  check("live: the open page comes back by itself", itself, `it still shows: ${(await page.locator("body").innerText()).slice(0, 120)}`);
  await context.close();
}

const [yalu, from] = process.argv.slice(2).map((one) => resolve(one));
if (!from) {
  console.error("usage: node site.mjs YALU DOSSIER");
  process.exit(2);
}
mkdirSync(out, { recursive: true });
let site;
let stopping = false;
async function finish(code) {
  if (stopping) return;
  stopping = true;
  await browser.close().catch(() => {});
  if (site) await site.stop();
  process.exit(code);
}
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => finish(130));
try {
  site = await serve(yalu, from);
  const all = await (await fetch(`${site.at}/api/v1/dossiers`)).json();
  const id = all.dossiers[0].id;
  let start = Date.now();
  const answer = await fetch(`${site.at}/d/${id}/`);
  check("the first page answers", answer.ok, `${answer.status}`);
  console.log(`     the first answer after ${((Date.now() - start) / 1000).toFixed(1)} s`);
  const only = process.env.PART?.split(",");
  // What is computed ahead: it stands in pages, and times are those of a server at rest.
  start = Date.now();
  const { as_of: dates } = await (await fetch(`${site.at}/api/v1/dossiers/${id}/choices`)).json();
  const points = async () => (await (await fetch(`${site.at}/api/v1/dossiers/${id}/evolution`)).json()).points.length;
  if (!only || only.includes("set") || only.includes("pages")) {
    const warm = await until(400, async () => (await points()) >= dates.length, 1000);
    check(`the verdict at all ${dates.length} dates is computed ahead`, warm, `${await points()}`);
    console.log(`     computed ahead within ${((Date.now() - start) / 1000).toFixed(0)} s`);
  }
  // The last ones: they change what the others look at.
  const parts = { read, slide, set, meanwhile, link, charts: plotly, download, links, pages: everyPage, talk, published, live };
  for (const [name, part] of Object.entries(parts)) {
    if (only && !only.includes(name)) continue;
    try {
      await part(site, id);
    } catch (error) {
      check(`${name} runs to its end`, false, error.stack ?? String(error));
    }
    for (const context of browser.contexts()) await context.close();
    check(`${name}: the server goes on`, site.alive(), site.log());
  }
  check("the server says no panic", !/panicked/.test(site.log()), site.log().slice(0, 500));
  await browser.close();
  start = Date.now();
  const code = await site.stop();
  site = undefined;
  check("the server stops within 15 s when it is told to", code === 0, String(code));
  console.log(`     stopped after ${((Date.now() - start) / 1000).toFixed(1)} s`);
} catch (error) {
  check("the checks run to their end", false, error.stack ?? String(error));
} finally {
  console.log(failures === 0 ? "all checks passed" : `${failures} checks failed`);
  await finish(failures === 0 ? 0 : 1);
}
