// The picture with what is drawn over it, the reading beside it and the strip below. What stands
// over the picture are elements of the page: the browser moves them without painting the picture.

/** Sets a text or hides the element, and touches nothing that stays as it is. */
function sayIn(element, text) {
  if (element.hidden === Boolean(text)) element.hidden = !text;
  if (element.textContent !== text) element.textContent = text;
}

class Sheet {
  constructor(root, { labels, colors }) {
    this.find = (name) => root.querySelector(`[data-part="${name}"]`);
    [this.labels, this.colors] = [labels, colors];
    this.theme = themeOf(root.querySelector(".eme"));
    this.strip = new Strip(this.find("strip"), colors);
    this.rows = labels.map((label, i) => this.addRow(label, colors[i]));
    this.reading = null;
    this.target = [];
    this.sizes = new ResizeObserver(() => this.drawPanel());
    this.sizes.observe(this.find("radar"));
  }

  addRow(label, color) {
    const row = document.createElement("div");
    row.className = "bar";
    row.dataset.emotion = label;
    row.innerHTML = "<b></b><i><u></u><s hidden></s></i><span></span>";
    const [name, , value] = row.children;
    name.textContent = label;
    name.style.color = color;
    const [fill, mark] = row.querySelectorAll("u, s");
    fill.style.background = color;
    this.find("bars").append(row);
    return { row, fill, mark, value };
  }

  /** The box of a face, its corners as shares of the picture, which is shown as in a mirror. */
  showBox(box) {
    const element = this.find("box");
    const { reading } = this;
    element.hidden = !box || !reading?.shares.length;
    if (element.hidden) return;
    const [left, top, right, bottom] = box.map((share) => 100 * share);
    Object.assign(element.style, {
      left: `${100 - right}%`,
      top: `${top}%`,
      width: `${right - left}%`,
      height: `${bottom - top}%`,
    });
    element.classList.toggle("below", top < 12);
  }

  /** The newest reading; `null` before there is one. */
  showReading(reading) {
    this.reading = reading;
    const shares = reading?.shares ?? [];
    const lead = shares.indexOf(Math.max(...shares));
    const color = shares.length && !reading.unsure ? this.colors[lead] : this.theme.text;
    const box = this.find("box");
    box.style.setProperty("--color", color);
    box.classList.toggle("unsure", Boolean(reading?.unsure));
    sayIn(box.firstElementChild, reading?.label ?? "");
    const headline = this.find("headline");
    const missing = reading ? "no face in view" : "not read yet";
    sayIn(headline, shares.length ? reading.lines[0] : missing);
    headline.style.color = shares.length ? color : "";
    sayIn(this.find("second"), shares.length ? (reading.lines[1] ?? "") : "");
    sayIn(this.find("note"), this.noteOn(reading));
    this.rows.forEach(({ row, fill, value }, i) => {
      fill.style.width = `${100 * (shares[i] ?? 0)}%`;
      row.dataset.share = shares[i] ?? "";
      value.textContent = shares.length ? percent(shares[i]) : "";
    });
    this.drawPanel();
  }

  noteOn(reading) {
    if (!reading) return "";
    if (!reading.shares.length) return "No face in view";
    return reading.faces > 1 ? `${reading.faces} faces: reading the one in the box` : "";
  }

  /** What is asked now; nothing for no target. */
  showTarget(target) {
    if (target.join() === this.target.join()) return;
    this.target = target;
    this.rows.forEach(({ mark }, i) => {
      mark.hidden = !target.length;
      mark.style.left = `${100 * (target[i] ?? 0)}%`;
    });
    this.drawPanel();
  }

  /** What there is to do, at a moment of a schedule; `null` without one. */
  showSchedule(schedule, seconds, still) {
    sayIn(this.find("prompt"), schedule ? promptAt(schedule, seconds) : "");
    const countdown = schedule ? countdownAt(seconds) : null;
    sayIn(this.find("countdown"), countdown === null ? "" : String(countdown));
    sayIn(this.find("recording"), schedule ? recordedAt(schedule, seconds) : "");
    this.showTarget(schedule ? targetAt(schedule, seconds) : []);
    const picture = this.find("still");
    picture.hidden = !still;
    if (still && picture.src !== still) picture.src = still;
    const exercise = Boolean(schedule?.targets.length);
    this.find("rows").hidden = !exercise;
    const noun = schedule?.curve?.noun;
    this.find("foot").classList.toggle("curve", Boolean(noun));
    const last = noun ? `${noun}: you; dotted: the target` : "you, the last 12 seconds";
    sayIn(this.find("last"), exercise ? "" : last);
  }

  drawPanel() {
    const canvas = this.find("radar");
    const { clientWidth: width, clientHeight: height } = canvas;
    if (!width || !height) return;
    const context = fitCanvas(canvas, width, height);
    const radius = Math.max(30, Math.min(width / 2 - 74, height / 2 - 26));
    const center = [width / 2, height / 2 + 6];
    const shares = this.reading?.shares ?? [];
    const unsure = Boolean(this.reading?.unsure);
    const lead = shares.length && !unsure ? shares.indexOf(Math.max(...shares)) : undefined;
    drawRadarGrid(context, this, center, radius, this.theme);
    drawRadarLabels(context, this, center, radius, this.theme, lead);
    const trace = (values) => {
      const points = values.map((v, i) => radarPoint(center, radius * v, i, values.length));
      tracePolygon(context, points);
    };
    if (shares.length) {
      const color = unsure ? this.theme.text : this.colors[lead];
      trace(shares);
      context.fillStyle = context.strokeStyle = color;
      context.globalAlpha = unsure ? 0.08 : 0.32;
      context.fill();
      context.globalAlpha = unsure ? 0.55 : 1;
      context.lineWidth = unsure ? 1.2 : 2.5;
      context.stroke();
      context.globalAlpha = 1;
    }
    if (!this.target.length) return;
    trace(this.target);
    context.strokeStyle = this.theme.text;
    context.lineWidth = 2;
    context.setLineDash([2, 4]);
    context.stroke();
    context.setLineDash([]);
  }

  close() {
    this.sizes.disconnect();
  }
}
