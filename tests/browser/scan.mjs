// Checks the page of a scan as its readers meet it: with and without JavaScript, wide and narrow,
// light and dark, sorted and filtered by hand and by keyboard, and on paper. Prints one line a check;
// the exit status is 1 where one fails.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "out");
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const flags = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

let failures = 0;
function check(name, good, detail = "") {
  if (!good) failures += 1;
  console.log(`${good ? "ok  " : "FAIL"} ${name}${good || !detail ? "" : `: ${detail}`}`);
}

/** What each shown row sorts by in a column; absent ones are left out. */
function keys(page, column) {
  return page.evaluate((name) => {
    const heads = [...document.querySelectorAll("#ranking-table thead th")];
    const idx = heads.findIndex((one) => one.dataset.key === name);
    return [...document.querySelectorAll("#ranking-table tbody tr:not([hidden])")]
      .map((row) => row.cells[idx].dataset.sort)
      .filter((key) => key !== "");
  }, column);
}

function inOrder(found, number, descending) {
  const sign = descending ? -1 : 1;
  const compare = number ? (left, right) => Number(left) - Number(right) : new Intl.Collator("en", { numeric: true }).compare;
  return found.every((key, idx) => idx === 0 || sign * compare(found[idx - 1], key) <= 0);
}

const columns = [
  ["rank", true], ["dyad", false], ["outcome", true], ["at", false],
  ["size", true], ["typical", true], ["q", true], ["events", true],
];

async function checkSorting(page, name) {
  check(`${name}: unsorted is by rank`, inOrder(await keys(page, "rank"), true, false));
  for (const [column, number] of columns) {
    const head = page.locator(`#ranking-table th[data-key="${column}"]`);
    if (!(await head.isVisible())) continue;
    const button = head.locator("button");
    for (let press = 0; press < 2; press += 1) {
      if (press === 0) await button.click();
      else {
        await button.focus();
        await page.keyboard.press("Enter");
      }
      const order = await head.getAttribute("aria-sort");
      const sorted = await page.locator("#ranking-table th[aria-sort]").count();
      check(
        `${name}: ${column} sorts ${order} by ${press === 0 ? "a click" : "the keyboard"}`,
        sorted === 1 && inOrder(await keys(page, column), number, order === "descending"),
        `${sorted} columns say that they are sorted`,
      );
    }
  }
  const first = page.locator('#ranking-table th[data-key="rank"]');
  for (let press = 0; press < 2 && (await first.getAttribute("aria-sort")) !== "ascending"; press += 1) {
    await first.locator("button").click();
  }
}

async function checkFilter(page, name) {
  const shown = page.locator("#ranking-table tbody tr:not([hidden])");
  const all = await shown.count();
  const row = shown.nth(Math.min(3, all - 1));
  const from = await row.locator(".codes .from").first().textContent();
  const to = await row.locator(".codes .to").textContent();
  const input = page.locator("#find-dyad");
  await input.fill(`${from}:${to}`);
  const pairs = await shown.locator(".codes").allTextContents();
  check(
    `${name}: a dyad is found by its codes`,
    pairs.length >= 1 && pairs.length < all && pairs.every((pair) => pair.includes(from) && pair.includes(to)),
    pairs.join(" | "),
  );
  check(`${name}: how many are shown is said`, (await page.locator("#find-status").textContent()).startsWith(`${pairs.length} of`));
  await input.fill("no such state anywhere");
  check(`${name}: nothing found shows no row`, (await shown.count()) === 0);
  await input.fill("");
  await page.locator("#find-outcome").selectOption("0");
  const outcomes = await shown.evaluateAll((rows) => rows.map((one) => one.dataset.outcome));
  check(`${name}: an outcome alone can be shown`, outcomes.every((one) => one === "0"));
  await page.locator("#find-outcome").selectOption("");
  check(`${name}: all come back`, (await shown.count()) === all);
}

/**
 * What share of a drawing each of the style sheet's colours covers, seen on a screenshot. A copied
 * drawing that lost its styles is filled black, which no question to the page's elements would show.
 */
async function coverOf(page, drawing, names) {
  const shot = await drawing.screenshot();
  return page.evaluate(async ([data, wanted]) => {
    const image = new Image();
    image.src = `data:image/png;base64,${data}`;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.width;
    canvas.height = image.height;
    const brush = canvas.getContext("2d", { willReadFrequently: true });
    const colour = (value) => {
      brush.fillStyle = value;
      brush.fillRect(0, 0, 1, 1);
      return [...brush.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const style = getComputedStyle(document.documentElement);
    const colours = wanted.map((name) => colour(name.startsWith("--") ? style.getPropertyValue(name).trim() : name));
    brush.drawImage(image, 0, 0);
    const { data: dots } = brush.getImageData(0, 0, canvas.width, canvas.height);
    const hits = colours.map(() => 0);
    for (let at = 0; at < dots.length; at += 4) {
      colours.forEach((one, idx) => {
        if (Math.abs(dots[at] - one[0]) + Math.abs(dots[at + 1] - one[1]) + Math.abs(dots[at + 2] - one[2]) < 24) hits[idx] += 1;
      });
    }
    return hits.map((n) => n / (dots.length / 4));
  }, [shot.toString("base64"), names]);
}

async function checkLinks(page, file, name, js) {
  for (const kind of ["#ranking-table tbody a", ".matrix a"]) {
    const link = page.locator(kind).first();
    if ((await link.count()) === 0) continue;
    const href = await link.getAttribute("href");
    const start = Date.now();
    if (js) await link.click();
    else await page.goto(pathToFileURL(file).href + href);
    const part = page.locator(`[id="${href.slice(1)}"]`);
    await part.locator(".facts").waitFor({ state: "visible", timeout: 5000 }).catch(() => {});
    check(`${name}: a link from ${kind} opens its dyad`, await part.locator(".facts").isVisible(), `${Date.now() - start} ms`);
    const chart = part.locator("svg.chart:visible");
    check(`${name}: the dyad’s chart is drawn once`, (await chart.count()) === 1);
    const [level, observed, black] = await coverOf(page, chart, ["--level", "--observed", "#000000"]);
    check(
      `${name}: the chart has its levels and counts in their colours`,
      level > 0.001 && observed > 0.001 && black < 0.03,
      `levels ${level}, counts ${observed}, black ${black}`,
    );
  }
}

async function checkOne(file, label, options) {
  const profile = mkdtempSync(join(tmpdir(), "yalu-browser-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM,
    args: flags,
    viewport: { width: options.width, height: 900 },
    colorScheme: options.scheme,
    javaScriptEnabled: options.js,
  });
  const name = `${label} ${options.width} px ${options.scheme} ${options.js ? "with" : "without"} JavaScript`;
  const shot = (what) => join(out, `scan-${name}-${what}.png`.replaceAll(" ", "-"));
  try {
    const page = await context.newPage();
    const seen = { errors: [], requests: [] };
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") seen.errors.push(message.text());
    });
    page.on("pageerror", (error) => seen.errors.push(error.message));
    page.on("request", (request) => {
      if (!request.url().startsWith("data:")) seen.requests.push(request.url());
    });
    const start = Date.now();
    await page.goto(pathToFileURL(file).href);
    const opened = Date.now() - start;
    check(`${name}: opens in under 5 s`, opened < 5000, `${opened} ms`);
    const noOverflow = async (when) => {
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      check(`${name}: no sideways scroll ${when}`, overflow <= 0, `${overflow} px`);
    };
    await noOverflow("at first");
    const levels = await page.evaluate(() =>
      [...document.querySelectorAll("h1,h2,h3,h4")].map((one) => Number(one.tagName[1])),
    );
    check(`${name}: one h1`, levels.filter((level) => level === 1).length === 1);
    check(
      `${name}: headings go down one step at a time`,
      levels.every((level, idx) => idx === 0 || level <= levels[idx - 1] + 1),
    );
    check(`${name}: no figure that is none`, !/NaN|undefined|Infinity/.test(await page.locator("main").innerText()));
    const rows = await page.locator("#ranking-table tbody tr").count();
    check(`${name}: every row has its line`, (await page.locator("#ranking-table .trace-line .observed").count()) === rows);
    check(`${name}: the tools show where they work`, (await page.locator(".scan-tools").isVisible()) === (options.js && rows > 0));
    check(`${name}: buttons only where they work`, (await page.locator("#ranking-table button").count() > 0) === (options.js && rows > 0));
    if (options.width < 600 && rows > 0) {
      check(`${name}: a table that scrolls says so`, await page.locator(".scroll-hint").first().isVisible());
    }
    await page.screenshot({ path: shot("top") });
    for (const id of ["ranking", "matrix", "timeline"]) {
      await page.evaluate((name) => document.getElementById(name).scrollIntoView(), id);
      await page.screenshot({ path: shot(id) });
    }
    if (options.js && rows > 0) {
      await checkSorting(page, name);
      await checkFilter(page, name);
      await noOverflow("when sorted");
    }
    if (rows > 0) await checkLinks(page, file, name, options.js);
    await page.screenshot({ path: shot("dyad") });
    await noOverflow("with a dyad open");
    if (options.js) {
      await page.evaluate(() => {
        [...document.querySelectorAll("details")].slice(0, 12).forEach((one) => { one.open = true; });
      });
      await noOverflow("with many open");
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
      check(
        `${name}: axe finds nothing`,
        violations.length === 0,
        violations.map((one) => `${one.id} (${one.nodes.length}): ${one.nodes[0].html.slice(0, 160)} ${one.nodes[0].failureSummary}`).join(" || "),
      );
    }
    check(`${name}: no errors`, seen.errors.length === 0, seen.errors.join(" | "));
    const fetched = seen.requests.filter((url) => !url.startsWith(pathToFileURL(file).href));
    check(`${name}: nothing is fetched`, fetched.length === 0, fetched.join(" "));
    if (options.width > 600) {
      const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true, path: shot("print").replace(".png", ".pdf") });
      check(`${name}: prints`, pdf.length > 20_000 && pdf.subarray(0, 5).toString() === "%PDF-", `${pdf.length} bytes`);
      await page.emulateMedia({ media: "print" });
      check(`${name}: no controls on paper`, (await page.locator(".scan-tools:visible, .contents:visible, .scroll-hint:visible").count()) === 0);
    }
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

mkdirSync(out, { recursive: true });
for (const dir of process.argv.slice(2)) {
  const file = resolve(dir, "scan.html");
  console.log(`${file}: ${statSync(file).size.toLocaleString("en")} bytes`);
  for (const js of [true, false]) {
    for (const width of [1280, 400]) {
      for (const scheme of ["light", "dark"]) {
        await checkOne(file, basename(resolve(dir)), { js, width, scheme });
      }
    }
  }
}
console.log(failures === 0 ? "all checks passed" : `${failures} checks failed`);
process.exitCode = failures === 0 ? 0 : 1;
