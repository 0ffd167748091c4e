// What the timeline shows that does not move: names, bands, lines, cuts, the axis.

const LANE = { compact: 48, open: 148, axis: 30, marks: 18, strip: 5, right: 10 };
const HATCH = 7; // px between the strokes over unsure readings
const MARK = { width: 8, height: 10 }; // px of a bookmark at a moment

/** Room for names at the left, by the width of the whole. */
function gutterFor(width) {
  return width < 720 ? 92 : 150;
}

function laneHeight(index, selected) {
  return index === selected ? LANE.open : LANE.compact;
}

function laneTop(index, selected) {
  const extra = selected >= 0 && index > selected ? LANE.open - LANE.compact : 0;
  return index * LANE.compact + extra;
}

/** The lane at a height, or -1; y from the top of the first lane. */
function laneAtY(y, count, selected) {
  for (let i = Math.max(0, Math.floor((y - LANE.open) / LANE.compact)); i < count; i += 1) {
    if (y >= laneTop(i, selected) && y < laneTop(i, selected) + laneHeight(i, selected)) return i;
  }
  return -1;
}

function timeToX(time, view, area) {
  return area.left + ((time - view.start) / (view.end - view.start)) * area.width;
}

function xToTime(x, view, area) {
  const time = view.start + ((x - area.left) / area.width) * (view.end - view.start);
  return Math.min(view.end, Math.max(view.start, time));
}

/** Runs of columns that hold readings: [from, to) pairs; what lies between is a gap. */
function runsOf(count) {
  const runs = [];
  let from = -1;
  for (let x = 0; x <= count.length; x += 1) {
    const filled = x < count.length && count[x] > 0;
    if (filled && from < 0) from = x;
    if (!filled && from >= 0) {
      runs.push([from, x]);
      from = -1;
    }
  }
  return runs;
}

/** Runs of columns in which most readings are unsure: [from, to) pairs. */
function unsureRuns({ unsure }) {
  return runsOf(unsure.map((share) => (share > 0.5 ? 1 : 0)));
}

/** Fade what was drawn where the readings are unsure, and lay a hatching over it. */
function drawUnsure(context, columns, area, box, ground, theme) {
  for (const [from, to] of unsureRuns(columns)) {
    context.save();
    context.beginPath();
    context.rect(area.left + from, box.top, to - from, box.height);
    context.clip();
    context.globalAlpha = 0.62;
    context.fillStyle = ground;
    context.fillRect(area.left + from, box.top, to - from, box.height);
    context.globalAlpha = 0.3;
    context.strokeStyle = theme.text;
    context.lineWidth = 1;
    context.beginPath();
    // From one origin for the whole line, so that neighbouring stretches share their hatching.
    const first = Math.floor((from - box.height) / HATCH) * HATCH;
    for (let x = first; x < to; x += HATCH) {
      context.moveTo(area.left + x, box.top + box.height);
      context.lineTo(area.left + x + box.height, box.top);
    }
    context.stroke();
    context.restore();
  }
}

/** Neutral last, so that it lies on top of the band like empty paper. */
function stackOrder(labels) {
  const order = labels.map((_, i) => i).filter((i) => labels[i] !== "neutral");
  return [...order, ...labels.flatMap((label, i) => (label === "neutral" ? [i] : []))];
}

function drawStrip(context, scene, columns, area, y) {
  const k = scene.labels.length;
  for (const [from, to] of runsOf(columns.count)) {
    for (let x = from; x < to; x += 1) {
      context.fillStyle = scene.colors[leadingOf(columns.mean, x * k, k)];
      context.fillRect(area.left + x, y, 1, LANE.strip);
    }
  }
}

/** Shares of the seven stacked to 100%; their sum is 1, so the band is always full. */
function drawBand(context, scene, columns, area, box) {
  const k = scene.labels.length;
  for (const [from, to] of runsOf(columns.count)) {
    const base = new Float32Array(to - from);
    for (const e of stackOrder(scene.labels)) {
      const lower = base.slice();
      for (let x = from; x < to; x += 1) base[x - from] += columns.mean[x * k + e];
      const y = (share) => box.top + box.height * (1 - Math.min(1, share));
      context.beginPath();
      context.moveTo(area.left + from, y(lower[0]));
      for (let x = from; x < to; x += 1) context.lineTo(area.left + x, y(base[x - from]));
      context.lineTo(area.left + to, y(base[to - from - 1]));
      context.lineTo(area.left + to, y(lower[to - from - 1]));
      for (let x = to - 1; x >= from; x -= 1) context.lineTo(area.left + x, y(lower[x - from]));
      context.closePath();
      context.globalAlpha = scene.labels[e] === "neutral" ? 0.35 : 0.9;
      context.fillStyle = scene.colors[e];
      context.fill();
    }
  }
  context.globalAlpha = 1;
}

/** One line for each emotion, 0 to 100%, broken at gaps. */
function drawLines(context, scene, columns, area, box, theme) {
  const k = scene.labels.length;
  context.font = `11px ${theme.font}`;
  context.textBaseline = "middle";
  context.textAlign = "right";
  for (const share of [0, 0.5, 1]) {
    const y = box.top + box.height * (1 - share);
    context.globalAlpha = 0.2;
    context.fillStyle = theme.text;
    context.fillRect(area.left, Math.round(y), area.width, 1);
    context.globalAlpha = 0.75;
    context.fillText(percent(share), area.left - 8, y);
  }
  context.lineJoin = "round";
  for (let e = 0; e < k; e += 1) {
    const neutral = scene.labels[e] === "neutral";
    context.globalAlpha = neutral ? 0.7 : 1;
    context.lineWidth = neutral ? 1.2 : 1.9;
    context.strokeStyle = scene.colors[e];
    for (const [from, to] of runsOf(columns.count)) {
      const y = (x) => box.top + box.height * (1 - columns.mean[x * k + e]);
      context.beginPath();
      context.moveTo(area.left + from, y(from));
      for (let x = from + 1; x < to; x += 1) {
        // Only where the value changes: from frame to frame a slope, not a stair of pixels.
        if (columns.mean[x * k + e] !== columns.mean[(x - 1) * k + e]) {
          context.lineTo(area.left + x + 0.5, y(x));
        }
      }
      context.lineTo(area.left + to, y(to - 1));
      context.stroke();
    }
  }
  context.globalAlpha = 1;
}

function drawLaneName(context, name, top, height, gutter, selected, theme) {
  if (selected) {
    context.fillStyle = theme.accent;
    context.fillRect(0, top + 4, 3, height - 8);
  }
  context.fillStyle = theme.text;
  context.font = `${selected ? "600 " : ""}14px ${theme.font}`;
  context.textAlign = "left";
  context.textBaseline = "middle";
  // beside the 100% of the scale where there is room for both, else below it
  const beside = selected && gutter > 100;
  const y = selected ? top + (beside ? 20 : 44) : top + height / 2;
  context.fillText(shortened(context, name, gutter - (beside ? 60 : 22)), 10, y);
}

function drawLane(context, scene, lane, columns, place, theme) {
  const { area, top, height, selected } = place;
  if (selected) {
    context.globalAlpha = 0.5;
    context.fillStyle = theme.raised;
    context.fillRect(0, top, area.left + area.width, height);
    context.globalAlpha = 1;
  }
  drawLaneName(context, lane.name, top, height, area.left, selected, theme);
  drawStrip(context, scene, columns, area, top + (selected ? 8 : 5));
  const box = { top: top + LANE.strip + (selected ? 18 : 7) };
  box.height = height - LANE.strip - (selected ? 30 : 13);
  if (selected) drawLines(context, scene, columns, area, box, theme);
  else drawBand(context, scene, columns, area, box);
  const whole = { top: top + (selected ? 8 : 5), height: height - (selected ? 20 : 11) };
  drawUnsure(context, columns, area, whole, selected ? theme.raised : theme.background, theme);
  context.globalAlpha = 0.25;
  context.fillStyle = theme.text;
  context.fillRect(0, top + height - 1, area.left + area.width, 1);
  context.globalAlpha = 1;
}

function drawCuts(context, scene, view, area, height, theme) {
  context.save();
  context.strokeStyle = theme.text;
  context.lineWidth = 1;
  context.globalAlpha = 0.55;
  context.setLineDash([3, 4]);
  let drawn = -10;
  for (const cut of scene.cuts) {
    const x = Math.round(timeToX(cut, view, area)) + 0.5;
    // Over a whole film cuts lie closer than the eye can part; a grey wall would hide the bands.
    if (cut < view.start || cut > view.end || x - drawn < 4) continue;
    drawn = x;
    context.beginPath();
    context.moveTo(x, 0);
    context.lineTo(x, height);
    context.stroke();
  }
  context.restore();
}

function drawAxis(context, scene, view, area, theme) {
  context.font = `12px ${theme.font}`;
  context.fillStyle = theme.text;
  context.textBaseline = "middle";
  context.textAlign = "left";
  context.globalAlpha = 0.75;
  const unit = scene.duration < 60 ? "seconds" : scene.duration < 3600 ? "min:s" : "h:min:s";
  context.fillText(`Time (${unit})`, 10, LANE.axis / 2);
  const { step, moments } = ticks(view, area.width);
  const right = area.left + area.width;
  for (const moment of moments) {
    const x = timeToX(moment, view, area);
    context.globalAlpha = 0.4;
    context.fillRect(Math.round(x), LANE.axis - 6, 1, 6);
    context.globalAlpha = 0.85;
    const words = clock(moment, { tenths: step < 1, duration: scene.duration });
    const half = context.measureText(words).width / 2;
    context.textAlign = "center";
    const middle = Math.min(Math.max(x, area.left + half), right + LANE.right - half);
    context.fillText(words, middle, LANE.axis / 2 - 3);
  }
  context.globalAlpha = 1;
}

/** Bookmarks below the axis: a flag at a moment, a bar over a stretch. */
function drawMarks(context, marks, view, area, theme) {
  if (!marks.length) return;
  const middle = LANE.axis + LANE.marks / 2;
  context.font = `12px ${theme.font}`;
  context.textBaseline = "middle";
  context.textAlign = "left";
  context.globalAlpha = 0.75;
  context.fillStyle = theme.text;
  context.fillText("Bookmarks", 10, middle);
  context.save();
  context.beginPath();
  context.rect(area.left - MARK.width, LANE.axis, area.width + 2 * MARK.width, LANE.marks);
  context.clip();
  context.fillStyle = theme.accent;
  for (const { time, end } of marks) {
    if ((end ?? time) < view.start || time > view.end) continue;
    const x = timeToX(time, view, area);
    context.globalAlpha = 0.4;
    if (end !== null) context.fillRect(x, middle - 4, timeToX(end, view, area) - x, 8);
    context.globalAlpha = 1;
    drawFlag(context, x, middle - MARK.height / 2);
  }
  context.restore();
  context.globalAlpha = 1;
}

function drawFlag(context, x, top) {
  const half = MARK.width / 2;
  context.beginPath();
  context.moveTo(x - half, top);
  context.lineTo(x + half, top);
  context.lineTo(x + half, top + MARK.height);
  context.lineTo(x, top + MARK.height - half);
  context.lineTo(x - half, top + MARK.height);
  context.fill();
}

/** Marks that hold at a time, moments within `reach` seconds of it. */
function marksAt(marks, time, reach) {
  return marks.filter((mark) => time >= mark.time - reach && time <= (mark.end ?? mark.time) + reach);
}

function describeMark({ time, end, text }) {
  const when = end === null ? clock(time) : `${clock(time)}\u2013${clock(end)}`;
  return text ? `Bookmark ${when}: ${text}` : `Bookmark ${when}`;
}
