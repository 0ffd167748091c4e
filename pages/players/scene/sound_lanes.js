// Lanes of the sound below the timeline: the same time, one lane for each thing that is heard.

const HEARD = { outline: 58, pitch: 50, boxes: 28, marks: 20, gap: 4 };

class SoundLanes {
  /** `on` holds what the lanes ask for: seek(time), loop(stretch or null). */
  constructor(root, on) {
    this.on = on;
    this.find = (name) => root.querySelector(`[data-part="${name}"]`);
    this.section = this.find("sound");
    this.canvas = this.find("heard");
    this.live = this.find("heard-live");
    this.abort = new AbortController();
    const listen = (type, handler) =>
      this.canvas.addEventListener(type, handler, { signal: this.abort.signal });
    listen("pointerdown", (event) => this.press(event));
    listen("pointermove", (event) => this.move(event));
    listen("pointerup", (event) => this.release(event));
    listen("pointercancel", () => { this.pressed = null; });
    const options = { signal: this.abort.signal };
    this.find("loop").addEventListener("click", () => this.nextLoop(), options);
  }

  /** `sound` is null where none was read. */
  setSound(sound, entry) {
    this.sound = sound;
    this.entry = entry;
    this.section.hidden = !sound;
    if (!sound) return;
    const { head } = sound;
    this.find("sound-words").textContent = head.words;
    this.find("sound-caveat").textContent = head.caveat;
    this.find("sound-legend").replaceChildren(...head.kinds.filter(({ heard }) => heard).map((kind) => {
      const item = document.createElement("span");
      const swatch = document.createElement("i");
      swatch.style.background = kind.color;
      item.append(swatch, kind.name);
      return item;
    }));
    this.lanes = lanesOf(head);
    this.height = this.lanes.reduce((sum, { height }) => sum + height, 0);
  }

  // -- the loop ------------------------------------------------------------------------------

  /** The button goes through three states: from here, to here, no loop. */
  nextLoop() {
    const { loop } = this.entry;
    const time = this.timeline.time;
    if (!loop) this.setLoop({ start: time, end: null });
    else if (loop.end === null && time > loop.start + 0.1) this.setLoop({ ...loop, end: time });
    else this.setLoop(null);
  }

  setLoop(loop) {
    this.entry.loop = loop;
    this.on.loop(loop?.end == null ? null : loop);
    if (this.timeline) this.draw(this.timeline);
  }

  sayLoop() {
    const { loop } = this.entry;
    const button = this.find("loop");
    if (!loop) button.textContent = "Loop from here";
    else if (loop.end === null) button.textContent = `Loop from ${clock(loop.start, { tenths: true })} to here`;
    else button.textContent = `Stop the loop ${clock(loop.start, { tenths: true })}–${clock(loop.end, { tenths: true })}`;
    button.setAttribute("aria-pressed", String(Boolean(loop)));
  }

  // -- drawing -------------------------------------------------------------------------------

  draw(timeline) {
    this.timeline = timeline;
    if (!this.sound || !timeline.area) return;
    const { view, area, theme, width } = timeline;
    const context = sized(this.canvas, width, Math.max(1, this.height));
    let top = 0;
    for (const lane of this.lanes) {
      drawMoveName(context, lane.name, top + lane.height / 2, area.left, theme, 13);
      context.save();
      context.beginPath();
      context.rect(area.left, top, area.width, lane.height);
      context.clip();
      lane.draw(context, this.sound, { area, top, height: lane.height, view }, theme);
      context.restore();
      drawLine(context, top + lane.height - 1, area, theme);
      top += lane.height;
    }
    drawCuts(context, timeline.scene, view, area, this.height, theme);
    this.sayLoop();
    this.drawLive(timeline.time, true);
  }

  /** The playhead and the loop over the lanes, and below them what is heard there. */
  drawLive(time, resting = false) {
    const { timeline } = this;
    if (!this.sound || !timeline?.area) return;
    const { view, area, theme, width } = timeline;
    const context = sized(this.live, width, Math.max(1, this.height));
    const { loop } = this.entry;
    const chosen = this.dragged() ?? (loop && { start: loop.start, end: loop.end ?? time });
    if (chosen) {
      const [from, to] = [chosen.start, chosen.end].map((each) =>
        Math.min(area.left + area.width, Math.max(area.left, timeToX(each, view, area))));
      context.globalAlpha = 0.22;
      context.fillStyle = theme.accent;
      context.fillRect(Math.min(from, to), 0, Math.abs(to - from), this.height);
      context.globalAlpha = 1;
    }
    if (time >= view.start && time <= view.end) {
      context.fillStyle = theme.accent;
      context.fillRect(Math.round(timeToX(time, view, area)) - 1, 0, 2, this.height);
    }
    this.say(time, resting);
  }

  say(time, resting) {
    const lines = describeSound(this.sound, time);
    const text = JSON.stringify(lines);
    if (text !== this.said) {
      this.said = text;
      this.find("heard-values").replaceChildren(...lines.map(([noun, words]) => {
        const line = Object.assign(document.createElement("div"), { className: "move" });
        line.append(
          Object.assign(document.createElement("dt"), { textContent: noun }),
          Object.assign(document.createElement("dd"), { textContent: words }),
        );
        return line;
      }));
    }
    if (resting) {
      const words = lines.map(([noun, said]) => `${noun}: ${said}`).join(". ");
      this.canvas.setAttribute("aria-label", `Lanes of the sound. ${words}`);
    }
  }

  // -- mouse ---------------------------------------------------------------------------------

  timeOf(event) {
    const x = event.clientX - this.canvas.getBoundingClientRect().left;
    return xToTime(x, this.timeline.view, this.timeline.area);
  }

  /** What is being dragged over, once it is more than a click. */
  dragged() {
    const { pressed } = this;
    if (!pressed || Math.abs(pressed.x - pressed.startX) < 6) return null;
    const [start, end] = [pressed.from, pressed.to].sort((a, b) => a - b);
    return { start, end };
  }

  press(event) {
    if (event.button !== 0 || !this.timeline?.area) return;
    const time = this.timeOf(event);
    this.pressed = { from: time, to: time, startX: event.clientX, x: event.clientX };
    this.canvas.setPointerCapture(event.pointerId);
  }

  move(event) {
    if (!this.pressed) return;
    Object.assign(this.pressed, { to: this.timeOf(event), x: event.clientX });
    this.drawLive(this.timeline.time);
  }

  release() {
    if (!this.pressed) return;
    const stretch = this.dragged();
    const { from } = this.pressed;
    this.pressed = null;
    if (stretch && stretch.end - stretch.start > 0.1) {
      this.setLoop(stretch);
      this.on.seek(stretch.start);
    } else {
      this.on.seek(from);
    }
  }

  destroy() {
    this.abort.abort();
    this.sound?.close();
  }
}

/** The lanes that have something to show. */
function lanesOf(head) {
  return [
    { name: "Sound", height: HEARD.outline, draw: drawOutline },
    head.voiced && { name: "Voice", height: HEARD.pitch, draw: drawVoice },
    head.turns.length && { name: "Who speaks", height: HEARD.boxes, draw: drawTurns },
    head.lines.length && { name: "Lines", height: HEARD.boxes, draw: drawSpokenLines },
    head.chords.length && { name: "Music", height: HEARD.boxes, draw: drawChords },
    head.contrasts.length && { name: "Face and voice part", height: HEARD.marks, draw: drawContrasts },
  ].filter(Boolean);
}

/** The outline of the sound, coloured by what it is. */
function drawOutline(context, { outline, head }, { area, top, height, view }, theme) {
  const middle = top + height / 2;
  const reach = height / 2 - HEARD.gap;
  for (const [start, end, kind] of head.segments) {
    if (end < view.start || start > view.end) continue;
    const from = timeToX(start, view, area);
    context.globalAlpha = 0.16;
    context.fillStyle = head.kinds[kind].color;
    context.fillRect(from, top + 1, timeToX(end, view, area) - from, height - 2);
  }
  context.globalAlpha = 1;
  context.fillStyle = theme.text;
  if (!outline) return;
  const { low, high } = outlineColumns(outline, head.rate, view, area.width);
  let place = 0;
  for (let x = 0; x < area.width; x += 1) {
    if (Number.isNaN(low[x])) continue;
    const time = xToTime(area.left + x + 0.5, view, area);
    while (place < head.segments.length && head.segments[place][1] <= time) place += 1;
    const [start, , kind] = head.segments[place] ?? [Infinity];
    context.fillStyle = start <= time ? head.kinds[kind].color : theme.text;
    // the square root shows quiet speech, too
    const [up, down] = [Math.sqrt(Math.max(high[x], 0)), Math.sqrt(Math.max(-low[x], 0))];
    context.fillRect(area.left + x, middle - up * reach, 1, Math.max(1, (up + down) * reach));
  }
}

/** Pitch from the usual of who speaks, an octave up and down; below it, raised or lowered. */
function drawVoice(context, { outline, head }, { area, top, height, view }, theme) {
  const middle = top + height / 2;
  const reach = height / 2 - HEARD.gap;
  context.fillStyle = theme.text;
  context.globalAlpha = 0.25;
  context.fillRect(area.left, Math.round(middle), area.width, 1);
  for (const [start, end, arousal] of head.utterances) {
    if (!arousal || end < view.start || start > view.end) continue;
    const from = timeToX(start, view, area);
    context.globalAlpha = 0.3;
    context.fillStyle = theme.accent;
    const edge = arousal > 0 ? top + 1 : middle;
    context.fillRect(from, edge, Math.max(2, timeToX(end, view, area) - from), height / 2 - 1);
  }
  context.globalAlpha = 0.95;
  context.fillStyle = theme.text;
  if (outline) {
    const pitch = pitchColumns(outline, head, view, area.width);
    pitch.forEach((value, x) => {
      if (Number.isNaN(value)) return;
      const away = Math.max(-1, Math.min(1, value / 12)) * reach;
      context.fillRect(area.left + x, middle - away - 1, 1, 2);
    });
  }
  context.globalAlpha = 1;
}

/** A box for each stretch, with its words where there is room. */
function drawBoxes(context, stretches, { area, top, height, view }, theme) {
  context.font = `12px ${theme.font}`;
  context.textAlign = "left";
  context.textBaseline = "middle";
  for (const { start, end, words, alpha } of stretches) {
    if (end < view.start || start > view.end) continue;
    const from = Math.max(area.left, timeToX(start, view, area));
    const to = Math.min(area.left + area.width, timeToX(end, view, area));
    const width = Math.max(1, to - from - 1);
    context.globalAlpha = alpha;
    context.fillStyle = theme.accent;
    context.fillRect(from, top + HEARD.gap, width, height - 2 * HEARD.gap);
    if (width < 22 || !words) continue;
    context.globalAlpha = 1;
    context.fillStyle = theme.text;
    context.fillText(shortened(context, words, width - 8), from + 4, top + height / 2);
  }
  context.globalAlpha = 1;
}

function drawTurns(context, { head }, place, theme) {
  drawBoxes(context, head.turns.map(([start, end, name, sure]) => ({
    start, end, words: name, alpha: sure ? 0.3 : 0.12,
  })), place, theme);
}

function drawSpokenLines(context, { head }, place, theme) {
  drawBoxes(context, head.lines.map(([start, end, speaker, text]) => ({
    start, end, words: speaker ? `${speaker}: ${text}` : text, alpha: 0.2,
  })), place, theme);
}

function drawChords(context, { head }, place, theme) {
  drawBoxes(context, head.chords.map(([start, end, chord, sure]) => ({
    start, end, words: chord, alpha: sure ? 0.3 : 0.12,
  })), place, theme);
  context.fillStyle = theme.text;
  for (const time of head.changes) {
    if (time < place.view.start || time > place.view.end) continue;
    context.fillRect(Math.round(timeToX(time, place.view, place.area)) - 1, place.top, 2, place.height);
  }
}

function drawContrasts(context, { head }, place, theme) {
  drawBoxes(context, head.contrasts.map(([start, end]) => ({
    start, end, words: "", alpha: 0.75,
  })), place, theme);
}

/** What is heard at a time: pairs of a noun and words. */
function describeSound(sound, time) {
  const { head } = sound;
  const lines = [];
  const kind = sound.at(head.segments, time)[0]?.[2];
  lines.push(["Heard", kind === undefined ? "Nothing" : head.kinds[kind].sentence]);
  if (head.voiced) lines.push(["Voice", describeVoice(sound, time)]);
  if (head.turns.length) lines.push(["Who speaks", sound.at(head.turns, time)[0]?.[4] ?? "No one"]);
  if (head.lines.length) {
    const said = sound.at(head.lines, time).map(([, , speaker, text]) =>
      (speaker ? `${speaker}: ${text}` : text));
    lines.push(["Line", said.join(" / ") || "None"]);
  }
  if (head.chords.length) {
    const chord = sound.at(head.chords, time)[0];
    const section = sound.at(head.sections, time)[0];
    const words = [chord && (chord[3] ? chord[2] : `perhaps ${chord[2]}`), section?.[2]].filter(Boolean);
    lines.push(["Music", words.join(", ") || "None"]);
  }
  const parting = head.contrasts.length && sound.at(head.contrasts, time)[0];
  if (parting) lines.push(["Face and voice", parting[2]]);
  return lines;
}

function describeVoice(sound, time) {
  const pitch = sound.pitchAt(time);
  const words = [];
  const [, , , said, name] = sound.at(sound.head.utterances, time)[0] ?? [];
  // voices without a name are compared with one another
  const usual = name ? "the usual" : "the middle of the voices without a name";
  if (!Number.isNaN(pitch)) {
    const away = Math.round(Math.abs(pitch));
    const way = pitch > 0 ? "above" : "below";
    words.push(away ? `${away} semitone${away === 1 ? "" : "s"} ${way} ${usual}` : `at ${usual}`);
  }
  if (said) words.push(said);
  return words.join(", ") || "None";
}
