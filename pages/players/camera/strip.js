// What was played over time, below the picture: the last seconds, or a whole exercise, in emotions
// or as the curve of a movement.

const LAST_SECONDS = 12;
const GAP = 0.5; // seconds without a reading, after which nobody was in view
const APART = "#e8a06a";
const EMPTY = "#1d1f26";
const NOTHING = "#363a45";

/** Seven shares stacked from the foot up. */
function drawShares(context, colors, shares, x, y, width, height, faded) {
  context.fillStyle = NOTHING;
  context.fillRect(x, y, width, height);
  let foot = y + height;
  context.globalAlpha = faded ? 0.3 : 1;
  shares.forEach((share, i) => {
    context.fillStyle = colors[i];
    context.fillRect(x, foot - share * height, width, share * height);
    foot -= share * height;
  });
  context.globalAlpha = 1;
}

class Strip {
  constructor(canvas, colors) {
    this.canvas = canvas;
    this.colors = colors;
    this.begin(null);
  }

  /** A schedule begins; `null` is free play. */
  begin(schedule) {
    this.schedule = schedule?.targets.length || schedule?.curve ? schedule : null;
    this.readings = [];
  }

  /** A reading of a picture that was taken at `time`, in ms. */
  push(time, reading) {
    if (this.readings.length && time <= this.readings.at(-1).time) return;
    this.readings.push({ time, ...reading });
    const kept = 1000 * (this.schedule ? this.schedule.seconds + 60 : LAST_SECONDS + 1);
    while (this.readings[0].time < time - kept) this.readings.shift();
  }

  draw(now, theme) {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (!width || !height) return;
    const context = fitCanvas(this.canvas, width, height);
    if (this.schedule?.curve) this.drawCurve(context, width, height, now, theme);
    else if (this.schedule) this.drawExercise(context, width, height, now, theme);
    else this.drawLast(context, width, height, now);
  }

  /** Pieces of time with the reading that stands for each, as shares of the width. */
  pieces(place) {
    return this.readings.map((reading, i) => {
      const next = this.readings[i + 1]?.time ?? reading.time + 100;
      const end = Math.min(next, reading.time + 1000 * GAP);
      return { reading, x: Math.round(place(reading.time)), end: Math.round(place(end)) };
    });
  }

  drawLast(context, width, height, now) {
    context.fillStyle = EMPTY;
    context.fillRect(0, 0, width, height);
    const place = (time) => width * (1 + (time - now) / (1000 * LAST_SECONDS));
    for (const { reading, x, end } of this.pieces(place)) {
      if (end < 0) continue;
      drawShares(context, this.colors, reading.shares, x, 0, end - x, height, reading.unsure);
    }
  }

  drawExercise(context, width, height, now, theme) {
    const { begins, seconds } = this.schedule;
    const row = Math.round((height - 8) * 0.36);
    const rest = height - 2 * row - 8;
    for (let x = 0; x < width; x += 1) {
      const target = targetAt(this.schedule, ((x + 0.5) / width) * seconds);
      drawShares(context, this.colors, target, x, 0, 1, row, false);
    }
    context.fillStyle = EMPTY;
    context.fillRect(0, row + 4, width, row);
    context.fillRect(0, height - rest, width, rest);
    const place = (time) => Math.min(Math.max((time - begins) / (1000 * seconds), 0), 1) * width;
    for (const { reading, x, end } of this.pieces(place)) {
      if (end <= x) continue;
      const wide = end - x;
      drawShares(context, this.colors, reading.shares, x, row + 4, wide, row, reading.unsure);
      if (reading.distance === null || reading.distance === undefined) continue;
      const high = Math.max(reading.distance * rest, 1);
      context.fillStyle = APART;
      context.fillRect(x, height - high, wide, high);
    }
    context.fillStyle = theme.text;
    context.fillRect(Math.min(place(now), width - 2), 0, 2, height);
  }

  /** How far a movement went, as a line, over what is asked, as a dotted one. */
  drawCurve(context, width, height, now, theme) {
    const { begins, seconds, step, curve } = this.schedule;
    const across = (time) => Math.min(Math.max(time / seconds, 0), 1) * width;
    const share = (value) => (value - curve.low) / (curve.high - curve.low);
    const down = (value) => height - 2 - (height - 4) * Math.min(Math.max(share(value), 0), 1);
    context.fillStyle = EMPTY;
    context.fillRect(0, 0, width, height);
    context.fillStyle = NOTHING;
    context.fillRect(0, down(0), width, 1);
    const asked = curve.values.map((value, i) => [Math.min(i * step, seconds), value]);
    context.setLineDash([2, 4]);
    traceCurve(context, asked, across, down, step * 1.5, theme.text);
    context.setLineDash([]);
    const played = this.readings.map(({ time, value }) => [(time - begins) / 1000, value ?? null]);
    const inside = played.filter(([time]) => time >= 0 && time <= seconds);
    traceCurve(context, inside, across, down, GAP, APART);
    context.fillStyle = theme.text;
    context.fillRect(Math.min(across((now - begins) / 1000), width - 2), 0, 2, height);
  }
}

/** A line through pairs of time and value; it breaks where a value is null, or none came. */
function traceCurve(context, pairs, across, down, gap, color) {
  context.strokeStyle = color;
  context.lineWidth = 2.5;
  context.beginPath();
  pairs.forEach(([time, value], i) => {
    const [before, known] = pairs[i - 1] ?? [-Infinity, null];
    if (value === null) return;
    const draw = known === null || time - before > gap ? "moveTo" : "lineTo";
    context[draw](across(time), down(value));
  });
  context.stroke();
}
