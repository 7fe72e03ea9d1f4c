// What the site's pages do where JavaScript runs: answer a control at once, save charts as pictures,
// and reload when the dossier changed. Without it every control is a form and every file a link.
(function () {
  "use strict";

  // ---- Controls: the page that the form leads to takes this one's place.
  var asked = 0;
  // A question that is being typed, or whose answer is on its way.
  var busy = false;

  function typing() {
    return Array.from(document.querySelectorAll(".controls input[type=text]")).some(function (one) {
      return one.value !== one.defaultValue;
    });
  }

  function fields(form) {
    var query = new URLSearchParams();
    new FormData(form).forEach(function (value, key) {
      if (value !== "") query.append(key, value);
    });
    return query;
  }

  function open(address, push) {
    var mine = ++asked;
    busy = true;
    var form = document.querySelector("[data-controls]");
    if (form) form.setAttribute("aria-busy", "true");
    return fetch(address, { headers: { accept: "text/html" } }).then(function (answer) {
      if (!answer.ok && answer.status !== 400) throw new Error(String(answer.status));
      return answer.text().then(function (text) {
        // A later question is on its way: its answer counts.
        if (mine !== asked) return;
        var page = new DOMParser().parseFromString(text, "text/html");
        var main = page.querySelector("main");
        if (!main) throw new Error("no page");
        busy = false;
        var kept = keep();
        document.title = page.title;
        [".masthead", ".pages", "main"].forEach(function (part) {
          var old = document.querySelector(part);
          var fresh = page.querySelector(part);
          if (old && fresh) old.replaceWith(fresh);
        });
        if (push) history.pushState({}, "", answer.url);
        restore(kept);
        start();
        document.dispatchEvent(new Event("yalu:page"));
      });
    }).catch(function () {
      if (mine === asked) location.assign(address);
    });
  }

  // What is open, where the reader is, and which control has the focus.
  function keep() {
    var active = document.activeElement;
    return {
      open: Array.from(document.querySelectorAll(".controls details")).map(function (one) { return one.open; }),
      focus: active && active.id,
      name: active && active.name,
      value: active && active.value,
      top: window.scrollY
    };
  }

  function restore(kept) {
    document.querySelectorAll(".controls details").forEach(function (one, at) { one.open = Boolean(kept.open[at]); });
    // Shown first: what is hidden can't take the focus.
    slider();
    var target = kept.focus && document.getElementById(kept.focus);
    if (!target && kept.name) {
      target = Array.from(document.querySelectorAll(".controls input")).find(function (one) {
        return one.name === kept.name && (one.type !== "checkbox" || one.value === kept.value);
      });
    }
    if (target) target.focus({ preventScroll: true });
    window.scrollTo(0, kept.top);
  }

  function slider() {
    var slide = document.getElementById("c-slide");
    var select = document.getElementById("c-date");
    if (!slide || !select) return;
    slide.hidden = false;
    slide.max = String(select.options.length - 1);
    slide.value = String(select.selectedIndex);
    slide.setAttribute("aria-valuetext", select.value);
  }

  function controls() {
    var form = document.querySelector("[data-controls]");
    if (!form || form.dataset.ready) return;
    form.dataset.ready = "yes";
    var slide = document.getElementById("c-slide");
    var select = document.getElementById("c-date");
    slider();
    var timer = 0;
    function ask() {
      clearTimeout(timer);
      busy = true;
      timer = setTimeout(function () {
        open(form.getAttribute("action") + "?" + fields(form), true);
      }, 60);
    }
    if (slide && select) {
      slide.addEventListener("input", function () {
        select.selectedIndex = Number(slide.value);
        slide.setAttribute("aria-valuetext", select.value);
        form.querySelector(".working").textContent = "As of " + select.value;
      });
    }
    form.addEventListener("change", ask);
    form.addEventListener("submit", function (event) { event.preventDefault(); ask(); });
  }

  window.addEventListener("popstate", function () { open(location.href, false); });

  // ---- Charts as pictures: the file of the drawing, painted at twice its size.
  function picture(link) {
    return fetch(link.href).then(function (answer) { return answer.text(); }).then(function (text) {
      return paint(text, link.href.replace(/^.*\//, "").replace(/\.svg.*$/, ".png"));
    });
  }

  function paint(text, name) {
    return new Promise(function (done, failed) {
      var address = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
      var image = new Image();
      image.onload = function () {
        var canvas = document.createElement("canvas");
        canvas.width = 2 * image.naturalWidth;
        canvas.height = 2 * image.naturalHeight;
        var context = canvas.getContext("2d");
        context.fillStyle = "#ffffff";
        context.fillRect(0, 0, canvas.width, canvas.height);
        context.drawImage(image, 0, 0, canvas.width, canvas.height);
        URL.revokeObjectURL(address);
        canvas.toBlob(function (blob) {
          var save = document.createElement("a");
          save.href = URL.createObjectURL(blob);
          save.download = name;
          save.click();
          setTimeout(function () { URL.revokeObjectURL(save.href); }, 1000);
          done();
        }, "image/png");
      };
      image.onerror = failed;
      image.src = address;
    });
  }

  function pictures() {
    document.querySelectorAll("[data-take]").forEach(function (line) {
      if (line.dataset.ready) return;
      line.dataset.ready = "yes";
      var link = Array.from(line.querySelectorAll("a")).find(function (one) { return /\.svg(\?|$)/.test(one.getAttribute("href")); });
      // A page opened from a file may not read the file of its own drawing.
      if (!link || location.protocol === "file:") return;
      var button = document.createElement("button");
      button.type = "button";
      button.textContent = "PNG";
      button.addEventListener("click", function () {
        picture(link).catch(function () { button.textContent = "PNG (the drawing can’t be read here)"; });
      });
      link.after(" ", button);
    });
  }

  // ---- A dossier that changed.
  function live() {
    var address = document.body.dataset.live;
    if (!address || !window.EventSource) return;
    var source = new EventSource(address);
    source.addEventListener("changed", function () {
      source.close();
      location.reload();
    });
    // A part that was computed meanwhile: shown where the page waits for it.
    function again() {
      if (!document.querySelector("[data-waits]")) return;
      // What the reader asks goes before what was computed meanwhile.
      if (busy || typing()) setTimeout(again, 500);
      else open(location.href, false);
    }
    source.addEventListener("step", again);
    window.addEventListener("pagehide", function () { source.close(); });
  }

  function start() {
    controls();
    pictures();
  }
  start();
  live();
})();
