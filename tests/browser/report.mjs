// Checks a report as its readers meet it: with and without JavaScript, wide and narrow, light and
// dark, by keyboard, and on paper. Prints one line a check; the exit status is 1 where one fails.

import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
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

/** Scrolls through the page, so that every chart comes near the window once. */
async function readThrough(page) {
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  for (let y = 0; y < height; y += 600) {
    await page.evaluate((top) => window.scrollTo(0, top), y);
    await page.waitForTimeout(60);
  }
  await page.evaluate(() => window.scrollTo(0, 0));
  await page.waitForTimeout(200);
}

async function visible(page, selector) {
  const shown = await page.locator(`${selector}:visible`).all();
  const boxes = await Promise.all(shown.map((one) => one.boundingBox()));
  return boxes.filter((box) => box && box.width > 40 && box.height > 20).length;
}

async function open(context, file) {
  const page = await context.newPage();
  const seen = { errors: [], requests: [] };
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") seen.errors.push(message.text());
  });
  page.on("pageerror", (error) => seen.errors.push(error.message));
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith("data:") && !url.startsWith("blob:")) seen.requests.push(url);
  });
  await page.goto(pathToFileURL(file).href);
  return { page, seen };
}

/** The section of who makes the policy, where the report has one. */
async function checkStructure(page, name) {
  const section = page.locator('section[aria-labelledby="structure"]');
  if ((await page.locator('.contents a[href="#structure"]').count()) === 0) {
    check(`${name}: no structure, no section`, (await section.count()) === 0);
    return;
  }
  for (const kind of ["stand", "beside"]) {
    const seen = await section.locator(`figure[id^="${kind}-"] svg.chart:visible`).count();
    const issues = await section.locator(".border-block").count();
    check(`${name}: a chart ${kind} for each issue`, seen === issues && issues > 0, `${seen} of ${issues}`);
  }
  // No name of an actor covers another, as the browser measures them.
  const covered = await section.locator('figure[id^="stand-"] svg.chart:visible').evaluateAll((charts) =>
    charts.flatMap((chart) => {
      const labels = [...chart.querySelectorAll("text.label")].map((one) => [one.textContent, one.getBoundingClientRect()]);
      return labels.flatMap(([text, a], idx) =>
        labels.slice(idx + 1)
          .filter(([, b]) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4)
          .map(([other]) => `${text} / ${other}`));
    }));
  check(`${name}: names of actors don't cover each other`, covered.length === 0, covered.join(" | "));
  const summary = section.locator("details > summary").first();
  await summary.focus();
  await page.keyboard.press("Enter");
  check(`${name}: details open by keyboard`, await section.locator("details").first().locator("tbody tr").first().isVisible());
  await page.keyboard.press("Enter");
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
  try {
    const { page, seen } = await open(context, file);
    const interactive = (await page.locator("figure[data-plot]").count()) > 0;
    // `evaluate` runs even where the page's own scripts don't.
    await readThrough(page);
    // A talk's recording stands beside the page: its player reads it, and nothing else is read.
    const recordings = await page.locator("audio source").evaluateAll((all) => all.map((one) => one.src));
    const beside = pathToFileURL(dirname(file)).href;
    const foreign = seen.requests.slice(1).filter((url) => !recordings.includes(url) || !url.startsWith(`${beside}/`));
    check(`${name}: nothing is fetched`, foreign.length === 0, foreign.join(" "));
    check(`${name}: no errors`, seen.errors.length === 0, seen.errors.join(" | "));
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    check(`${name}: no sideways scroll`, overflow <= 0, `${overflow} px`);
    check(`${name}: one h1`, (await page.locator("h1").count()) === 1);
    const levels = await page.evaluate(() =>
      [...document.querySelectorAll("h1,h2,h3,h4")].map((one) => Number(one.tagName[1])),
    );
    check(
      `${name}: headings go down one step at a time`,
      levels.every((level, idx) => idx === 0 || level <= levels[idx - 1] + 1),
    );
    const text = await page.locator("main").innerText();
    check(`${name}: no figure that is none`, !/NaN|undefined|Infinity/.test(text));
    const figures = await page.locator("figure.chart-figure:visible").count();
    if (options.js && interactive) {
      const wanted = await page.locator("figure[data-plot]:visible").count();
      await page.waitForFunction(
        (n) => document.querySelectorAll("figure.is-live .main-svg").length >= n,
        wanted,
        { timeout: 30000 },
      );
      const drawn = await page.locator("figure.is-live .js-plotly-plot").count();
      check(`${name}: Plotly draws ${wanted} charts`, drawn === wanted, `${drawn}`);
      for (const kind of ["chart-", "curve-"]) {
        const chart = page.locator(`figure[data-plot][id^="${kind}"]`).first();
        if ((await chart.count()) === 0) continue;
        await chart.scrollIntoViewIfNeeded();
        // The places of points as Plotly draws them: a curve's markers, else the middle of the plot.
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
        const shown = await hover.waitFor({ timeout: 3000 }).then(() => true, () => false);
        check(`${name}: pointing at ${kind.slice(0, -1)} shows figures`, shown && /\d/.test(await hover.textContent()));
        if (options.width > 600) await page.screenshot({ path: join(out, `${name.replaceAll(" ", "-")}-${kind}hover.png`) });
      }
      const swap = page.locator(".swap").first();
      await swap.focus();
      await page.keyboard.press("Enter");
      check(`${name}: the static chart comes back by keyboard`, (await visible(page, "figure[data-plot] svg.chart")) === 1);
      await page.keyboard.press("Enter");
    } else {
      const charts = await visible(page, "figure svg.chart");
      check(`${name}: ${figures} static charts are seen`, charts === figures && charts > 0, `${charts}`);
    }
    await checkStructure(page, name);
    for (const kind of [".trace a", "table.figures a"]) {
      const href = await page.locator(kind).first().getAttribute("href");
      await page.goto(pathToFileURL(file).href + href);
      const target = page.locator(`[id="${href.slice(1)}"] ${kind.startsWith("table") ? "td" : "tbody tr"}`).first();
      check(`${name}: a link to ${href} shows the rows`, await target.isVisible());
    }
    if (options.js) {
      await page.evaluate(() => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
      const wider = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      check(`${name}: no sideways scroll with all details open`, wider <= 0, `${wider} px`);
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
      check(
        `${name}: axe finds nothing`,
        violations.length === 0,
        violations.map((one) => `${one.id} (${one.nodes.length}): ${one.nodes[0].html.slice(0, 160)} ${one.nodes[0].failureSummary}`).join(" || "),
      );
    }
    await page.screenshot({ path: join(out, `${name.replaceAll(" ", "-")}.png`), fullPage: options.width > 600 && !options.js });
    if (options.width > 600) {
      const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true, path: join(out, `${name.replaceAll(" ", "-")}.pdf`) });
      check(`${name}: prints`, pdf.length > 20_000 && pdf.subarray(0, 5).toString() === "%PDF-", `${pdf.length} bytes`);
      await page.emulateMedia({ media: "print" });
      check(`${name}: no controls on paper`, (await page.locator(".chart-tools:visible, .live:visible, .contents:visible").count()) === 0);
      check(`${name}: charts on paper`, (await visible(page, "figure svg.wide")) > 0);
    }
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

mkdirSync(out, { recursive: true });
for (const dir of process.argv.slice(2)) {
  const file = resolve(dir, "report.html");
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
