// The timeline: static layers that are drawn once, a playhead above them, mouse and keyboard.

class Timeline {
  /**
   * `on` holds what the timeline asks for: seek(time), step(frames), open(time, lane),
   * select(lane), toggle(), mark(), drawn().
   */
  constructor(root, on) {
    this.on = on;
    this.find = (name) => root.querySelector(`[data-part="${name}"]`);
    this.scroller = this.find("scroller");
    this.stage = this.find("stage");
    this.tooltip = this.find("tooltip");
    this.selected = -1;
    this.marks = [];
    this.columns = new Map();
    this.abort = new AbortController();
    this.listen();
    this.resizes = new ResizeObserver(() => this.layout());
    this.resizes.observe(this.stage);
  }

  listen() {
    const { signal } = this.abort;
    const on = (target, type, handler, options) =>
      target.addEventListener(type, handler, { signal, ...options });
    on(this.scroller, "scroll", () => this.drawStatic());
    for (const part of [this.find("axis"), this.scroller]) {
      on(part, "pointerdown", (event) => this.press(event));
      on(part, "pointermove", (event) => this.move(event));
      on(part, "pointerup", (event) => this.release(event));
      on(part, "pointercancel", () => { this.pressed = null; });
      on(part, "pointerleave", () => this.hover(null));
      on(part, "wheel", (event) => this.wheel(event), { passive: false });
    }
    on(this.scroller, "keydown", (event) => this.keydown(event));
    on(this.find("closer"), "click", () => this.zoom(0.5));
    on(this.find("wider"), "click", () => this.zoom(2));
    on(this.find("whole"), "click", () => this.zoom(Infinity));
    on(this.find("mark"), "click", () => this.on.mark());
  }

  /** `same`: the scene that was shown, under other names or read in another way. */
  setScene(scene, parts, same = false) {
    const stays = same && scene.lanes.length === this.scene?.lanes.length;
    this.scene = scene;
    this.parts = parts;
    // A clip of no stated length still needs an axis.
    this.length = Math.max(scene.duration, scene.partEnd[scene.partEnd.length - 1] ?? 0, 0.1);
    if (!stays) {
      this.view = { start: 0, end: this.length };
      this.time = 0;
      this.selected = fullestLane(scene.lanes);
      this.scroller.scrollTop = 0;
    }
    this.scroller.setAttribute("aria-valuemax", this.length.toFixed(1));
    this.buildLegend();
    this.layout();
  }

  /** `marks` by time: {time, end or null, text}. */
  setMarks(marks) {
    if (JSON.stringify(marks) === JSON.stringify(this.marks)) return;
    this.marks = marks;
    this.layout();
  }

  /** The axis has room for a line of marks where there are any. */
  get axisHeight() {
    return LANE.axis + (this.marks.length ? LANE.marks : 0);
  }

  buildLegend() {
    const items = this.scene.labels.map((label, i) => {
      const item = document.createElement("span");
      const swatch = document.createElement("i");
      swatch.style.background = this.scene.colors[i];
      item.append(swatch, label);
      return item;
    });
    if (this.scene.unsure) {
      const item = document.createElement("span");
      const swatch = document.createElement("i");
      swatch.className = "unsure";
      item.append(swatch, "unsure");
      items.push(item);
    }
    this.find("legend").replaceChildren(...items);
  }

  /** Sizes changed, or theme, or what is in the lanes: measure, forget columns, draw. */
  layout() {
    if (!this.scene || !this.stage.isConnected) return;
    const { lanes } = this.scene;
    const total = lanes.length ? laneTop(lanes.length, this.selected) : 0;
    this.find("empty").hidden = lanes.length > 0;
    this.find("spacer").style.height = `${total}px`;
    this.width = this.scroller.clientWidth;
    this.height = Math.min(this.scroller.clientHeight, total);
    const left = gutterFor(this.width);
    this.area = { left, width: Math.max(50, Math.floor(this.width - left - LANE.right)) };
    this.theme = themeOf(this.stage);
    this.columns.clear();
    this.drawStatic();
  }

  laneColumns(index) {
    if (!this.columns.has(index)) {
      if (this.columns.size > 64) this.columns.clear(); // hundreds of lanes need not stay in memory
      const lane = this.scene.lanes[index];
      this.columns.set(index, laneColumns(this.tables(), lane, this.view, this.area.width));
    }
    return this.columns.get(index);
  }

  /** The overview, or where there is room for more and they are there, all readings of the view. */
  tables() {
    const { view, scene } = this;
    const fine = (view.end - view.start) / this.area.width < scene.overview.step;
    return (fine && this.parts.within(view)) || [scene.overview];
  }

  /** Readings have come: draw what they show finer, and say what lies under the mouse. */
  refresh() {
    this.columns.clear();
    this.drawStatic();
    if (this.pointer) this.hover(this.pointer, this.pointedAt);
  }

  drawStatic() {
    if (!this.area || this.width < 60) return;
    const { scene, view, area, theme, selected } = this;
    const axis = sized(this.find("axis"), this.width, this.axisHeight);
    drawAxis(axis, scene, view, area, theme);
    drawMarks(axis, this.marks, view, area, theme);
    const context = sized(this.find("lanes"), this.width, Math.max(1, this.height));
    const scrolled = this.scroller.scrollTop;
    for (let i = 0; i < scene.lanes.length; i += 1) {
      const top = laneTop(i, selected) - scrolled;
      const height = laneHeight(i, selected);
      if (top + height < 0 || top > this.height) continue;
      const place = { area, top, height, selected: i === selected };
      drawLane(context, scene, scene.lanes[i], this.laneColumns(i), place, theme);
    }
    drawCuts(context, scene, view, area, this.height, theme);
    this.drawLive(this.time);
    this.on.drawn();
  }

  /** The playhead, and a finer line under the mouse. */
  drawLive(time) {
    this.time = time;
    if (!this.area || this.width < 60) return;
    const height = this.axisHeight + this.height;
    const context = sized(this.find("live"), this.width, height);
    this.line(context, this.pointer?.time, 0.45, 1, height);
    const x = this.line(context, time, 1, 2, height);
    if (x === undefined) return;
    context.beginPath();
    context.moveTo(x - 6, LANE.axis - 9);
    context.lineTo(x + 6, LANE.axis - 9);
    context.lineTo(x, LANE.axis);
    context.fill();
  }

  line(context, time, alpha, thickness, height) {
    if (time === undefined || time < this.view.start || time > this.view.end) return undefined;
    const x = Math.round(timeToX(time, this.view, this.area));
    context.globalAlpha = alpha;
    context.fillStyle = this.theme.accent;
    context.fillRect(x - thickness / 2, LANE.axis - 6, thickness, height - LANE.axis + 6);
    return x;
  }

  /** During playback a zoomed view turns its page when the playhead leaves it. */
  follow(time) {
    const span = this.view.end - this.view.start;
    if (span < this.length && (time > this.view.end || time < this.view.start)) {
      const start = Math.min(Math.max(0, time - span * 0.05), this.length - span);
      this.setView({ start, end: start + span });
    }
    this.drawLive(time);
  }

  setView(view) {
    this.view = view;
    this.columns.clear();
    this.drawStatic();
  }

  zoom(factor, about = this.time) {
    if (!this.scene) return;
    const inside = Math.min(this.view.end, Math.max(this.view.start, about));
    const shortest = Math.min(this.length, Math.max(1, this.scene.step * 20));
    this.setView(zoomed(this.view, Math.min(factor, 1e6), inside, this.length, shortest));
  }

  select(index) {
    if (index === this.selected || index < 0 || index >= this.scene.lanes.length) return;
    this.selected = index;
    this.layout();
    const top = laneTop(index, index);
    const { scrollTop, clientHeight } = this.scroller;
    if (top < scrollTop) this.scroller.scrollTop = top;
    const below = top + LANE.open - clientHeight;
    if (below > scrollTop) this.scroller.scrollTop = below;
  }

  selectTrack(track) {
    const position = this.scene.tracks.indexOf(track);
    this.select(this.scene.lanes.findIndex((lane) => lane.tracks.includes(position)));
  }

  // -- mouse ---------------------------------------------------------------------------------

  /** What lies under the mouse: a moment and a lane (-1 over the axis). */
  at(event) {
    const bounds = this.scroller.getBoundingClientRect();
    const inAxis = event.clientY < bounds.top;
    const y = event.clientY - bounds.top + this.scroller.scrollTop;
    const lane = inAxis ? -1 : laneAtY(y, this.scene.lanes.length, this.selected);
    const x = event.clientX - bounds.left;
    return { time: xToTime(x, this.view, this.area), lane, x, outside: x > this.width };
  }

  press(event) {
    if (!this.area || event.button !== 0) return;
    const spot = this.at(event);
    if (spot.outside) return; // the scroll bar
    this.pressed = spot;
    event.currentTarget.setPointerCapture(event.pointerId);
    this.on.seek(spot.time);
  }

  move(event) {
    if (!this.area) return;
    const spot = this.at(event);
    if (this.pressed) this.on.seek(spot.time);
    this.hover(spot.outside ? null : spot, event);
  }

  release(event) {
    if (!this.pressed) return;
    const { lane } = this.pressed;
    this.pressed = null;
    this.on.open(this.at(event).time, lane);
    if (lane >= 0) this.on.select(lane);
  }

  hover(spot, event) {
    this.pointer = spot;
    this.pointedAt = event;
    this.tooltip.hidden = !spot;
    if (this.area) this.drawLive(this.time);
    if (!spot) return;
    this.tooltip.replaceChildren(...this.tooltipLines(spot).map(paragraph));
    const stage = this.stage.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = this.tooltip;
    const x = event.clientX - stage.left;
    const y = event.clientY - stage.top;
    const left = x + 16 + width > stage.width ? x - 16 - width : x + 16;
    this.tooltip.style.left = `${Math.max(0, Math.min(left, stage.width - width))}px`;
    this.tooltip.style.top = `${y + 18 + height > stage.height ? y - 10 - height : y + 18}px`;
  }

  tooltipLines({ time, lane }) {
    const { scene } = this;
    const when = clock(time, { duration: scene.duration });
    if (lane < 0) {
      const reach = (MARK.width / this.area.width) * (this.view.end - this.view.start);
      return [when, ...marksAt(this.marks, time, reach).map(describeMark)];
    }
    const table = this.parts.at(time);
    const row = table ? rowOfLane(table, scene.lanes[lane], time) : -1;
    let reading = table ? "not in view" : this.parts.word;
    if (row >= 0) reading = describeRow(table, row);
    return [when, `${scene.lanes[lane].name}: ${reading}`];
  }

  wheel(event) {
    if (!this.area) return;
    const span = this.view.end - this.view.start;
    if (event.ctrlKey) {
      event.preventDefault();
      this.zoom(event.deltaY > 0 ? 1.25 : 0.8, this.at(event).time);
    } else if (Math.abs(event.deltaX) > Math.abs(event.deltaY) && span < this.length) {
      event.preventDefault();
      const wanted = this.view.start + (event.deltaX / this.area.width) * span;
      const start = Math.min(Math.max(0, wanted), this.length - span);
      this.setView({ start, end: start + span });
    }
  }

  // -- keyboard ------------------------------------------------------------------------------

  keydown(event) {
    if (!this.scene || event.altKey || event.ctrlKey || event.metaKey) return;
    const go = (way) => (event.shiftKey ? this.on.step(way) : this.on.seek(this.time + way));
    const actions = {
      ArrowLeft: () => go(-1),
      ArrowRight: () => go(1),
      Home: () => this.on.seek(0),
      End: () => this.on.seek(this.length),
      ArrowUp: () => this.on.select(this.selected - 1),
      ArrowDown: () => this.on.select(this.selected + 1),
      Enter: () => this.on.open(this.time, this.selected),
      " ": () => this.on.toggle(),
      b: () => this.on.mark(),
      "+": () => this.zoom(0.5),
      "-": () => this.zoom(2),
    };
    if (!Object.hasOwn(actions, event.key)) return;
    event.preventDefault();
    event.stopPropagation(); // the page has single-key shortcuts of its own
    actions[event.key]();
  }

  describeTo(text) {
    this.scroller.setAttribute("aria-valuenow", this.time.toFixed(1));
    this.scroller.setAttribute("aria-valuetext", text);
  }

  destroy() {
    this.abort.abort();
    this.resizes.disconnect();
  }
}

function sized(canvas, width, height) {
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  return fitCanvas(canvas, width, height);
}

/** Names come from users: they are set as text and never parsed. */
function paragraph(text) {
  const element = document.createElement("p");
  element.textContent = text;
  return element;
}
