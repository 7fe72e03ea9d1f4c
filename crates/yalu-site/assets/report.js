// Puts Plotly's chart in a static chart's place when it comes near the window, and opens details that
// a link leads into. Without this script, without Plotly, or in print, the static chart stays.
(function () {
  "use strict";

  // A link into closed details opens them; newer browsers do so by themselves.
  function reveal() {
    var name = decodeURIComponent(location.hash.slice(1));
    var target = name && document.getElementById(name);
    if (!target) return;
    for (var part = target; part; part = part.parentElement) {
      if (part.tagName === "DETAILS") part.open = true;
    }
    target.scrollIntoView();
  }
  window.addEventListener("hashchange", reveal);
  reveal();

  if (!window.Plotly || !window.IntersectionObserver) return;
  // Plotly writes some style attributes, which a strict policy refuses; the same rules by way of the
  // style object are the page's own doing, and allowed.
  var setAttribute = Element.prototype.setAttribute;
  Element.prototype.setAttribute = function (name, value) {
    if (name === "style" && this.style) this.style.cssText = value;
    else setAttribute.call(this, name, value);
  };

  var coarse = window.matchMedia("(pointer: coarse)");
  var dark = window.matchMedia("(prefers-color-scheme: dark)");
  var narrow = window.matchMedia("(max-width: 52rem)");
  var drawn = [];

  // Colours stand in the data as names of the style sheet's variables.
  function coloured(value, style) {
    if (typeof value === "string") {
      return value.slice(0, 2) === "--" ? style.getPropertyValue(value).trim() || value : value;
    }
    if (Array.isArray(value)) return value.map(function (one) { return coloured(one, style); });
    if (value && typeof value === "object") {
      var copy = {};
      Object.keys(value).forEach(function (key) { copy[key] = coloured(value[key], style); });
      return copy;
    }
    return value;
  }

  function plot(figure) {
    var text = figure.querySelector('script[type="application/json"]').textContent;
    var style = getComputedStyle(document.documentElement);
    var parts = coloured(JSON.parse(text), style);
    var ink = style.getPropertyValue("--ink").trim();
    var layout = parts.layout;
    layout.font = { family: style.getPropertyValue("--sans").trim(), size: 12, color: ink };
    layout.hoverlabel = { bgcolor: style.getPropertyValue("--raised").trim(), bordercolor: style.getPropertyValue("--axis").trim(), font: { color: ink, family: layout.font.family }, align: "left", namelength: -1 };
    if (narrow.matches) {
      layout.margin.l = layout.margin.l > 150 ? 134 : 94;
      layout.margin.r = 6;
      layout.font.size = 10;
      // Names of leaders would cover each other; the static chart and the table hold them.
      layout.annotations = (layout.annotations || []).filter(function (one) { return one.name !== "era"; });
    }
    // A finger that drags wants to scroll the page, not to zoom the chart.
    if (coarse.matches) layout.dragmode = false;
    parts.config.modeBarButtonsToRemove = ["select2d", "lasso2d", "autoScale2d"];
    parts.config.displayModeBar = false;
    var box = figure.querySelector(".live");
    return window.Plotly.react(box, parts.data, layout, parts.config);
  }

  function show(figure, live) {
    figure.classList.toggle("is-live", live);
    figure.querySelector(".live").hidden = !live;
    figure.querySelector(".reset").hidden = !live;
    figure.querySelector(".hint").hidden = !live;
    figure.querySelector(".swap").textContent = live ? "Show the static chart" : "Show the interactive chart";
  }

  function tools(figure) {
    var bar = document.createElement("div");
    bar.className = "chart-tools";
    var swap = document.createElement("button");
    swap.type = "button";
    swap.className = "swap";
    swap.addEventListener("click", function () {
      var live = !figure.classList.contains("is-live");
      show(figure, live);
      if (live) plot(figure);
    });
    var reset = document.createElement("button");
    reset.type = "button";
    reset.className = "reset";
    reset.textContent = "Whole period";
    if (figure.id.indexOf("curve-") === 0) reset.textContent = "Whole curve";
    reset.addEventListener("click", function () { plot(figure); });
    var hint = document.createElement("span");
    hint.className = "hint";
    hint.textContent = coarse.matches ? "Touch a point for its figures." : "Point at the chart for figures; drag to zoom.";
    bar.append(swap, reset, hint);
    figure.querySelector(".live").after(bar);
  }

  var watcher = new IntersectionObserver(function (entries) {
    entries.forEach(function (entry) {
      if (!entry.isIntersecting) return;
      watcher.unobserve(entry.target);
      tools(entry.target);
      show(entry.target, true);
      plot(entry.target);
      drawn.push(entry.target);
    });
  }, { rootMargin: "300px 0px" });
  function watch() {
    drawn = drawn.filter(function (figure) { return figure.isConnected; });
    document.querySelectorAll("figure[data-plot]").forEach(function (figure) { watcher.observe(figure); });
  }
  watch();
  // The site puts another page in this one's place.
  document.addEventListener("yalu:page", watch);

  function again() {
    drawn.forEach(function (figure) { if (figure.classList.contains("is-live")) plot(figure); });
  }
  dark.addEventListener("change", again);
  narrow.addEventListener("change", again);
})();
