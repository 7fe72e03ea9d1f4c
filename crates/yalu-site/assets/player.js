// Plays recorded talks: jumps from claims, a waveform as a slider, cues, the gain curve, a transcript
// that can be searched. Without this script the browser's own player and plain links remain.
(function () {
  "use strict";

  var players = {};
  // A float of seconds may fall a hair short of what was asked; a cue that begins there has begun.
  var HAIR = 0.005;

  function clock(seconds) {
    var whole = Math.max(0, Math.floor(seconds + HAIR));
    var parts = [Math.floor(whole / 60) % 60, whole % 60];
    var hours = Math.floor(whole / 3600);
    var minutes = hours ? hours + ":" + String(parts[0]).padStart(2, "0") : String(parts[0]);
    return minutes + ":" + String(parts[1]).padStart(2, "0");
  }

  // The stretch that holds a time: [start, end), so that at its end the next one has begun.
  function indexAt(stretches, time) {
    for (var idx = stretches.length - 1; idx >= 0; idx -= 1) {
      var one = stretches[idx];
      if (one.start <= time + HAIR) {
        return one.end === null || one.end === undefined || time + HAIR < one.end ? idx : -1;
      }
    }
    return -1;
  }

  // Decibels at a time, linear between points, level beyond the ends.
  function gainAt(curve, time) {
    if (!curve.length) return 0;
    if (time <= curve[0][0]) return curve[0][1];
    for (var idx = 1; idx < curve.length; idx += 1) {
      if (time < curve[idx][0]) {
        var left = curve[idx - 1], right = curve[idx];
        return left[1] + (right[1] - left[1]) * (time - left[0]) / (right[0] - left[0]);
      }
    }
    return curve[curve.length - 1][1];
  }

  function linear(db) { return Math.pow(10, db / 20); }

  // Applies the curve. A file opened from disk is of another origin to Web Audio, which would play
  // silence: there the element's volume is lowered where the curve is below its greatest gain.
  function makeGain(audio, curve) {
    var web = /^https?:$/.test(location.protocol) && (window.AudioContext || window.webkitAudioContext);
    var greatest = curve.reduce(function (most, point) { return Math.max(most, point[1]); }, -Infinity);
    var context = null, node = null, on = curve.length > 0, planned = 0;

    function open() {
      if (context || !web || !on) return;
      try {
        context = new web();
        node = context.createGain();
        context.createMediaElementSource(audio).connect(node);
        node.connect(context.destination);
      } catch (fault) {
        context = null;
        web = null;
      }
    }

    // Ramps for the next seconds: an exponential ramp is linear in decibels.
    function plan() {
      if (!node) return;
      var now = context.currentTime, at = audio.currentTime;
      node.gain.cancelScheduledValues(0);
      node.gain.setValueAtTime(linear(on ? gainAt(curve, at) : 0), now);
      planned = now + 10;
      if (!on || audio.paused) return;
      curve.forEach(function (point) {
        var when = now + (point[0] - at) / audio.playbackRate;
        if (when > now && when < now + 30) node.gain.exponentialRampToValueAtTime(linear(point[1]), when);
      });
      // Between the last point and the one after there is a slope as well.
      var reach = at + 30 * audio.playbackRate;
      node.gain.exponentialRampToValueAtTime(linear(gainAt(curve, reach)), now + 30);
    }

    return {
      has: curve.length > 0,
      mode: function () {
        if (!on) return "Off: as recorded.";
        return web ? "" : "Opened from a file, this page can lower loud places but not raise quiet ones: levelled, not lifted.";
      },
      isOn: function () { return on; },
      switchTo: function (wanted) { on = wanted; open(); plan(); this.follow(); },
      start: function () { open(); if (context && context.state === "suspended") context.resume(); plan(); },
      plan: plan,
      follow: function () {
        if (node) {
          if (!audio.paused && context.currentTime > planned) plan();
        } else if (!web && curve.length) {
          audio.volume = on ? Math.min(1, linear(gainAt(curve, audio.currentTime) - greatest)) : 1;
        }
      },
      // What is applied at this moment, in decibels.
      applied: function () {
        if (node) return 20 * Math.log10(node.gain.value);
        return web ? 0 : 20 * Math.log10(audio.volume);
      }
    };
  }

  function makePlayer(box) {
    var audio = box.querySelector("audio");
    var data = JSON.parse(box.querySelector(".player-data").textContent);
    var deck = box.querySelector(".deck");
    var wave = box.querySelector("[data-wave]");
    var head = box.querySelector(".playhead");
    var button = function (name) { return deck.querySelector('[data-do="' + name + '"]'); };
    var gain = makeGain(audio, data.curve);
    var transcript = document.querySelector('.transcript[data-talk="' + CSS.escape(box.dataset.talk) + '"]');
    var passages = transcript ? [].map.call(transcript.querySelectorAll(".passages > li"), function (item) {
      return { start: Number(item.dataset.start), end: Number(item.dataset.end), item: item };
    }) : [];
    var current = { cue: null, passage: null };

    function length() { return isFinite(audio.duration) && audio.duration > 0 ? audio.duration : data.length; }

    function mark(kind, item) {
      if (current[kind] === item) return;
      if (current[kind]) current[kind].removeAttribute("aria-current");
      if (item) item.setAttribute("aria-current", "true");
      current[kind] = item;
    }

    function show() {
      var at = audio.currentTime;
      var cue = data.cues[indexAt(data.cues, at)];
      var place = indexAt(passages, at);
      head.style.left = Math.min(100, at / length() * 100) + "%";
      mark("cue", cue ? document.getElementById(cue.id) : null);
      mark("passage", place < 0 ? null : passages[place].item);
      var words = [clock(at) + " of " + clock(length())];
      if (cue && cue.speaker) words.push(cue.speaker);
      if (cue) words.push(cue.title);
      wave.setAttribute("aria-valuemax", String(Math.floor(length())));
      wave.setAttribute("aria-valuenow", String(Math.floor(at + HAIR)));
      wave.setAttribute("aria-valuetext", words.join(", "));
      deck.querySelector("[data-time]").textContent = words[0];
      deck.querySelector("[data-now]").textContent = words.slice(1).join(": ");
      button("play").textContent = audio.paused ? "Play" : "Pause";
      gain.follow();
      box.dataset.appliedDb = gain.applied().toFixed(2);
    }

    // Frames come while the page is seen; `timeupdate` goes on where it isn't.
    function frame() {
      show();
      if (!audio.paused) requestAnimationFrame(frame);
    }

    function play() {
      gain.start();
      var started = audio.play();
      if (started) started.catch(show);
    }

    function toggle() { if (audio.paused) play(); else audio.pause(); }

    function seek(to) {
      audio.currentTime = Math.max(0, Math.min(length(), to));
      gain.plan();
      show();
    }

    function cueBy(step) {
      if (!data.cues.length) return;
      var at = audio.currentTime;
      if (step > 0) {
        var next = data.cues.find(function (cue) { return cue.start > at + HAIR; });
        if (next) seek(next.start);
        return;
      }
      // The first press goes to the beginning of the cue that plays, unless it has only just begun.
      var before = data.cues.filter(function (cue) { return cue.start < at - 2; });
      seek(before.length ? before[before.length - 1].start : 0);
    }

    var actions = {
      play: toggle,
      back: function () { seek(audio.currentTime - 15); },
      forward: function () { seek(audio.currentTime + 15); },
      previous: function () { cueBy(-1); },
      next: function () { cueBy(1); },
      gain: function () { gain.switchTo(!gain.isOn()); tellGain(); show(); }
    };

    function tellGain() {
      button("gain").setAttribute("aria-pressed", String(gain.isOn()));
      deck.querySelector("[data-gain-mode]").textContent = gain.mode();
    }

    deck.addEventListener("click", function (event) {
      var pressed = event.target.closest("button[data-do]");
      if (pressed) actions[pressed.dataset.do]();
    });
    button("speed").addEventListener("change", function (event) {
      audio.playbackRate = Number(event.target.value);
      gain.plan();
    });

    // Keys work while the focus is in the player, and leave what buttons and fields do to them.
    box.addEventListener("keydown", function (event) {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      var onWave = event.target === wave;
      if (/^(INPUT|SELECT|TEXTAREA|AUDIO)$/.test(event.target.tagName)) return;
      if (event.key === " " && /^(BUTTON|SUMMARY|A)$/.test(event.target.tagName)) return;
      var done = { " ": actions.play, k: actions.play, j: actions.back, l: actions.forward, n: actions.next, p: actions.previous }[event.key];
      if (!done && onWave) {
        done = {
          ArrowLeft: function () { seek(audio.currentTime - 5); },
          ArrowDown: function () { seek(audio.currentTime - 5); },
          ArrowRight: function () { seek(audio.currentTime + 5); },
          ArrowUp: function () { seek(audio.currentTime + 5); },
          PageUp: actions.next,
          PageDown: actions.previous,
          Home: function () { seek(0); },
          End: function () { seek(length()); }
        }[event.key];
      }
      if (!done) return;
      event.preventDefault();
      done();
    });

    function seekTo(event) {
      var around = wave.getBoundingClientRect();
      seek((event.clientX - around.left) / around.width * length());
    }
    wave.addEventListener("pointerdown", function (event) {
      if (event.button !== 0) return;
      wave.setPointerCapture(event.pointerId);
      wave.focus({ preventScroll: true });
      seekTo(event);
    });
    wave.addEventListener("pointermove", function (event) {
      if (wave.hasPointerCapture(event.pointerId)) seekTo(event);
    });

    wave.setAttribute("role", "slider");
    wave.setAttribute("tabindex", "0");
    wave.setAttribute("aria-label", "Position, " + box.dataset.label);
    wave.setAttribute("aria-valuemin", "0");
    wave.classList.add("is-live");
    head.hidden = false;
    deck.hidden = false;
    box.querySelector(".deck-keys").hidden = false;
    if (!gain.has) button("gain").hidden = true;
    audio.addEventListener("play", function () { gain.start(); frame(); });
    ["timeupdate", "pause", "seeked", "loadedmetadata", "ratechange"].forEach(function (kind) {
      audio.addEventListener(kind, show);
    });
    ["seeked", "pause"].forEach(function (kind) { audio.addEventListener(kind, gain.plan); });
    tellGain();
    show();
    return {
      jump: function (start) {
        seek(start);
        play();
        wave.focus({ preventScroll: true });
        box.scrollIntoView({ block: "center" });
      }
    };
  }

  // Finds words in a transcript: marks them, counts them, goes from one to the next.
  function makeFinder(transcript) {
    var field = transcript.querySelector(".find");
    var input = field.querySelector("input");
    var status = field.querySelector('[role="status"]');
    var texts = [].map.call(transcript.querySelectorAll(".words"), function (words) { return { words: words, text: words.textContent }; });
    var hits = [], at = -1;

    function marked(one, wanted) {
      // Lower case may be longer than its text in some scripts; such passages are left unmarked.
      var low = one.text.toLocaleLowerCase();
      if (!wanted || low.length !== one.text.length || low.indexOf(wanted) < 0) {
        one.words.textContent = one.text;
        return;
      }
      one.words.textContent = "";
      var from = 0;
      for (var found = low.indexOf(wanted); found >= 0; found = low.indexOf(wanted, from)) {
        one.words.append(one.text.slice(from, found));
        var hit = document.createElement("mark");
        hit.textContent = one.text.slice(found, found + wanted.length);
        one.words.append(hit);
        hits.push(hit);
        from = found + wanted.length;
      }
      one.words.append(one.text.slice(from));
    }

    function go(step) {
      if (!hits.length) return;
      if (at >= 0) hits[at].removeAttribute("aria-current");
      at = (at + step + hits.length) % hits.length;
      hits[at].setAttribute("aria-current", "true");
      hits[at].scrollIntoView({ block: "nearest" });
      status.textContent = (at + 1) + " of " + hits.length;
    }

    function find() {
      hits = [];
      at = -1;
      var wanted = input.value.trim().toLocaleLowerCase();
      texts.forEach(function (one) { marked(one, wanted); });
      status.textContent = wanted ? (hits.length ? "" : "not found") : "";
      go(1);
    }

    field.hidden = false;
    input.addEventListener("input", find);
    input.addEventListener("keydown", function (event) {
      if (event.key !== "Enter") return;
      event.preventDefault();
      go(event.shiftKey ? -1 : 1);
    });
    field.addEventListener("click", function (event) {
      var pressed = event.target.closest("button");
      if (pressed) go(pressed.dataset.do === "find-next" ? 1 : -1);
    });
  }

  document.querySelectorAll(".player").forEach(function (box) { players[box.dataset.talk] = makePlayer(box); });
  document.querySelectorAll(".transcript").forEach(makeFinder);
  document.addEventListener("click", function (event) {
    var link = event.target.closest("a.moment");
    var player = link && players[link.dataset.talk];
    if (!player || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    player.jump(Number(link.dataset.start));
  });
})();
