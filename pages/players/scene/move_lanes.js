// Lanes of movements below the timeline, for the face that is selected in it.

const MOVE = { lane: 32, ticks: 22, gap: 5 };

class MoveLanes {
  /** `on` holds what the lanes ask for: seek(time), neutral(back), relative(on). */
  constructor(root, on) {
    this.on = on;
    this.find = (name) => root.querySelector(`[data-part="${name}"]`);
    this.section = this.find("movements");
    this.canvas = this.find("moves");
    this.live = this.find("moves-live");
    this.abort = new AbortController();
    const { signal } = this.abort;
    this.find("neutral").addEventListener("click", () => on.neutral(false), { signal });
    this.find("estimate").addEventListener("click", () => on.neutral(true), { signal });
    const relative = this.find("relative");
    relative.addEventListener("change", () => on.relative(relative.checked), { signal });
    this.canvas.addEventListener("pointerdown", (event) => this.press(event), { signal });
  }

  /** `head` is null where no movement is known; `chosen` is kept for as long as the page. */
  setMovements(movements, entry) {
    this.movements = movements;
    this.entry = entry;
    this.section.hidden = !movements;
    if (!movements) return;
    const { head } = movements;
    entry.chosenMoves ??= new Set([...head.usual, ...head.events.map(({ name }) => name)]);
    this.buildPicker();
    this.find("caveat").textContent = head.caveat;
    this.find("neutral").hidden = !head.mayName;
    this.find("resting").hidden = !head.mayRelate;
  }

  buildPicker() {
    const { head } = this.movements;
    const names = [...head.kinds.map(({ name, noun }) => [name, noun]),
      ...head.events.map(({ name }) => [name, name])];
    this.find("moves-picker").replaceChildren(...names.map(([name, noun]) => {
      const label = document.createElement("label");
      const box = document.createElement("input");
      box.type = "checkbox";
      box.checked = this.entry.chosenMoves.has(name);
      box.addEventListener("change", () => {
        this.entry.chosenMoves[box.checked ? "add" : "delete"](name);
        this.draw(this.timeline);
      });
      label.append(box, noun);
      return label;
    }));
  }

  /** Positions of the movements that are shown. */
  shown() {
    const { kinds } = this.movements.head;
    return kinds.map((_, i) => i).filter((i) => this.entry.chosenMoves.has(kinds[i].name));
  }

  /** Draw below a timeline: the same time, the same face. */
  draw(timeline) {
    this.timeline = timeline;
    const lane = timeline.scene?.lanes[timeline.selected];
    if (!this.movements || !timeline.area) return;
    this.section.hidden = !lane;
    if (!lane) return;
    const { head } = this.movements;
    this.find("moves-title").textContent = `Movements of ${lane.name}`;
    const neutral = head.neutral[lane.name] ?? "";
    this.find("neutral-words").textContent = neutral;
    this.find("estimate").hidden = !head.mayName || !head.named.includes(lane.name);
    this.drawResting(head, lane);
    const ticks = this.movements.events(lane)
      .map((times, i) => ({ times, name: head.events[i].name }))
      .filter(({ times, name }) => times.length && this.entry.chosenMoves.has(name));
    const shown = this.shown();
    this.height = shown.length * MOVE.lane + ticks.length * MOVE.ticks;
    this.canvas.hidden = this.live.hidden = !this.height;
    const { view, area, theme, width } = timeline;
    const context = sized(this.canvas, width, Math.max(1, this.height));
    const tables = this.movements.tables(view, area.width);
    shown.forEach((index, i) => {
      const top = i * MOVE.lane;
      const columns = moveColumns(this.movements, tables, lane, view, area.width, index);
      drawMove(context, head.kinds[index], columns, { area, top }, theme);
    });
    ticks.forEach(({ times, name }, i) => {
      const top = shown.length * MOVE.lane + i * MOVE.ticks;
      drawTicks(context, times, name, { area, top, view }, theme);
    });
    drawCuts(context, timeline.scene, view, area, this.height, theme);
    this.drawLive(timeline.time, true);
  }

  /** Whether readings are relative to the face at rest, and what that is. */
  drawResting(head, lane) {
    const box = this.find("relative");
    box.checked = head.relative;
    box.disabled = !head.relative && !head.offered.includes(lane.name);
    const title = "What each face shows over time";
    this.find("title").textContent = head.relative ? `${title}, relative to rest` : title;
    const words = [head.resting[lane.name] ?? ""];
    if (head.relative && head.offered.includes(lane.name)) words.push(head.restCaveat);
    else if (head.relative) words.push("Its readings are shown as read.");
    this.find("resting-words").textContent = words.join(" ");
  }

  /** The playhead over the lanes, and beside them what each movement is there. */
  drawLive(time, resting = false) {
    const { timeline } = this;
    if (!this.movements || !timeline?.area || this.section.hidden) return;
    const context = sized(this.live, timeline.width, Math.max(1, this.height));
    if (time >= timeline.view.start && time <= timeline.view.end) {
      const x = Math.round(timeToX(time, timeline.view, timeline.area));
      context.fillStyle = timeline.theme.accent;
      context.fillRect(x - 1, 0, 2, this.height);
    }
    this.say(time, resting);
  }

  say(time, resting) {
    const lane = this.timeline.scene.lanes[this.timeline.selected];
    const { head } = this.movements;
    const values = this.movements.at(lane, time);
    this.words = [];
    const lines = this.shown().map((index) => {
      const kind = head.kinds[index];
      let words = "Not in view";
      if (values === null) words = this.movements.parts.word;
      else if (values) words = describeMove(head, kind, values[index]);
      const clear = values && Math.abs(values[index]) >= kind.clear;
      if (clear) this.words.push(words);
      const noun = clear && values[index] < 0 ? kind.nouns[1] : kind.noun;
      return [noun, words, kind.actionUnit, clear];
    });
    if (resting) this.describe();
    const text = JSON.stringify(lines);
    if (text === this.said) return;
    this.said = text;
    this.find("moves-values").replaceChildren(...lines.map(([noun, words, unit, clear]) => {
      const name = Object.assign(document.createElement("dt"), { textContent: noun });
      const value = Object.assign(document.createElement("dd"), { textContent: words });
      value.classList.toggle("clear", Boolean(clear));
      const small = Object.assign(document.createElement("small"), { textContent: unit });
      value.append(" ", small);
      const line = Object.assign(document.createElement("div"), { className: "move" });
      line.append(name, value);
      return line;
    }));
  }

  /** For readers of the screen; the slider of the timeline says the clear ones as well. */
  describe() {
    const said = this.words?.length ? this.words.join(". ") : "No clear movement";
    this.canvas.setAttribute("aria-label", `Lanes of movements. ${said}`);
  }

  press(event) {
    if (event.button !== 0 || !this.timeline?.area) return;
    const x = event.clientX - this.canvas.getBoundingClientRect().left;
    this.on.seek(xToTime(x, this.timeline.view, this.timeline.area));
  }

  destroy() {
    this.abort.abort();
    this.movements?.close();
  }
}

function drawMoveName(context, name, middle, gutter, theme, size = 12) {
  context.globalAlpha = 0.85;
  context.fillStyle = theme.text;
  context.font = `${size}px ${theme.font}`;
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.fillText(shortened(context, name, gutter - 16), 10, middle);
  context.globalAlpha = 1;
}

/** The name of a movement, on two lines where it is too long for one. */
function drawMoveLines(context, name, middle, gutter, theme) {
  context.font = `12px ${theme.font}`;
  const words = name.split(" ");
  if (words.length < 2 || context.measureText(name).width <= gutter - 16) {
    drawMoveName(context, name, middle, gutter, theme);
    return;
  }
  const splits = words.slice(1).map((_, i) => [
    words.slice(0, i + 1).join(" "),
    words.slice(i + 1).join(" "),
  ]);
  const width = (lines) => Math.max(...lines.map((line) => context.measureText(line).width));
  const lines = splits.reduce((best, next) => (width(next) < width(best) ? next : best));
  lines.forEach((line, i) => {
    drawMoveName(context, line, middle + (i ? 7 : -7), gutter, theme, 11);
  });
}

/** One movement over time: upwards as far as it goes, down for the opposite way. */
function drawMove(context, kind, { value, count }, { area, top }, theme) {
  const box = { top: top + MOVE.gap, height: MOVE.lane - 2 * MOVE.gap };
  const both = Boolean(kind.opposite);
  const middle = top + MOVE.lane / 2;
  if (both) {
    kind.nouns.forEach((noun, i) => {
      drawMoveName(context, noun, middle + (i ? 7 : -7), area.left, theme, 11);
    });
  } else drawMoveLines(context, kind.noun, middle, area.left, theme);
  const zero = box.top + (both ? box.height / 2 : box.height);
  const reach = both ? box.height / 2 : box.height;
  context.fillStyle = theme.accent;
  for (let x = 0; x < value.length; x += 1) {
    if (!count[x] || Number.isNaN(value[x])) continue;
    const length = Math.max(-1, Math.min(1, value[x])) * reach;
    // faint while it may be the mesh that trembles
    context.globalAlpha = Math.abs(value[x]) * kind.full >= kind.clear ? 0.9 : 0.35;
    context.fillRect(area.left + x, Math.min(zero, zero - length), 1, Math.abs(length));
  }
  context.globalAlpha = 0.3;
  context.fillStyle = theme.text;
  for (const [from, to] of runsOf(count)) {
    context.fillRect(area.left + from, Math.round(zero), to - from, 1);
  }
  context.globalAlpha = 1;
  const unknown = value.map((each, x) => Number(count[x] > 0 && Number.isNaN(each)));
  drawUnsure(context, { unsure: unknown }, area, box, theme.background, theme);
  drawLine(context, top + MOVE.lane - 1, area, theme);
}

/** Blinks, nods and others: a mark each, as wide as they last. */
function drawTicks(context, times, name, { area, top, view }, theme) {
  drawMoveName(context, name, top + MOVE.ticks / 2, area.left, theme);
  context.fillStyle = theme.text;
  context.globalAlpha = 0.75;
  for (const [start, end] of times) {
    if (end < view.start || start > view.end) continue;
    const from = Math.max(area.left, timeToX(start, view, area));
    const to = Math.min(area.left + area.width, timeToX(end, view, area));
    context.fillRect(from, top + 5, Math.max(2, to - from), MOVE.ticks - 10);
  }
  context.globalAlpha = 1;
  drawLine(context, top + MOVE.ticks - 1, area, theme);
}

function drawLine(context, y, area, theme) {
  context.globalAlpha = 0.15;
  context.fillStyle = theme.text;
  context.fillRect(0, y, area.left + area.width, 1);
  context.globalAlpha = 1;
}
