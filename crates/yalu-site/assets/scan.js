// Sorts and filters the table of a scan, and opens the part that a link leads to. Without this script
// the table stands by rank, and links open their parts by style alone.
(function () {
  "use strict";

  // A link into closed details opens them; newer browsers do so by themselves.
  function reveal() {
    var name = "";
    try { name = decodeURIComponent(location.hash.slice(1)); } catch (_) { name = location.hash.slice(1); }
    var target = name && document.getElementById(name);
    if (!target) return;
    for (var part = target; part; part = part.parentElement) {
      if (part.tagName === "DETAILS") part.open = true;
    }
    target.scrollIntoView();
  }
  window.addEventListener("hashchange", reveal);
  document.addEventListener("click", function (event) {
    // The same link twice changes no hash, but its part may have been closed since.
    var link = event.target.closest && event.target.closest('a[href^="#"]');
    if (link && link.getAttribute("href") === location.hash) reveal();
  });
  reveal();

  var table = document.getElementById("ranking-table");
  var tools = document.querySelector(".scan-tools");
  if (!table || !tools) return;
  var body = table.tBodies[0];
  var rows = Array.prototype.slice.call(body.rows);
  var heads = Array.prototype.slice.call(table.tHead.rows[0].cells);
  var collator = window.Intl && Intl.Collator ? new Intl.Collator("en", { numeric: true }) : null;

  function key(row, column, kind) {
    var text = row.cells[column].getAttribute("data-sort");
    if (text === "" || text === null) return null;
    return kind === "number" ? Number(text) : text;
  }

  // What is absent stands last whichever way the rest is sorted; equal rows keep their rank.
  function sort(column, order) {
    var head = heads[column];
    var kind = head.getAttribute("data-kind");
    var sign = order === "ascending" ? 1 : -1;
    var keyed = rows.map(function (row, rank) { return { row: row, rank: rank, key: key(row, column, kind) }; });
    keyed.sort(function (left, right) {
      if (left.key === null || right.key === null) {
        return (left.key === null) - (right.key === null) || left.rank - right.rank;
      }
      var way = kind === "number" ? left.key - right.key || 0
        : collator ? collator.compare(left.key, right.key)
        : left.key < right.key ? -1 : left.key > right.key ? 1 : 0;
      return sign * way || left.rank - right.rank;
    });
    var fragment = document.createDocumentFragment();
    keyed.forEach(function (one) { fragment.appendChild(one.row); });
    body.appendChild(fragment);
    heads.forEach(function (other) { other.removeAttribute("aria-sort"); });
    head.setAttribute("aria-sort", order);
  }

  heads.forEach(function (head, column) {
    if (!head.hasAttribute("data-key")) return;
    var button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.textContent = "";
    head.appendChild(button);
    button.addEventListener("click", function () {
      var now = head.getAttribute("aria-sort");
      sort(column, now ? (now === "ascending" ? "descending" : "ascending") : head.getAttribute("data-first"));
    });
  });

  function words(row, side) {
    return Array.prototype.map.call(row.querySelectorAll(".c-dyad ." + side), function (one) {
      return one.textContent;
    }).join(" ").toLowerCase();
  }
  var names = rows.map(function (row) { return { from: words(row, "from"), to: words(row, "to") }; });

  function hasAll(text, wanted) {
    return wanted.split(/\s+/).every(function (word) { return text.indexOf(word) >= 0; });
  }

  var text = document.getElementById("find-dyad");
  var outcome = document.getElementById("find-outcome");
  var status = document.getElementById("find-status");

  // `iraq` finds it on either side; `usa:irq` or `usa → irq` asks for source and target.
  function filter() {
    var sides = text.value.trim().toLowerCase().split(/\s*(?::|→|->|>)\s*/);
    var shown = 0;
    rows.forEach(function (row, idx) {
      var name = names[idx];
      var good = sides.length > 1
        ? hasAll(name.from, sides[0]) && hasAll(name.to, sides[1])
        : hasAll(name.from + " " + name.to, sides[0]);
      if (outcome.value !== "" && row.getAttribute("data-outcome") !== outcome.value) good = false;
      row.hidden = !good;
      if (good) shown += 1;
    });
    status.textContent = shown + " of " + rows.length + " shown";
  }
  text.addEventListener("input", filter);
  outcome.addEventListener("change", filter);
  filter();
  tools.hidden = false;
})();
