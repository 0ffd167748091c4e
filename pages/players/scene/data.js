// Look-ups in the readings. Pure functions, no DOM.
//
// A table is a part of the readings of a scene, or its overview, and knows all that the scene knows.

/** Position of the last value that is <= wanted, or -1; values ascend. */
function lastAtMost(values, wanted) {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] <= wanted) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Forgives the rounding of players and of float32. */
function toleranceOf(scene) {
  return Math.min(0.004, scene.step / 8);
}

/**
 * The analysed frame that stands for a moment, or -1. It stands until the next one, never over
 * a cut, and for at most a step and a half where frames are missing: beyond that nothing is known.
 */
function frameAt(scene, time) {
  const tolerance = toleranceOf(scene);
  const frame = lastAtMost(scene.frameTime, time + tolerance);
  if (frame < 0) return -1;
  const shown = scene.frameTime[frame];
  if (time - shown > scene.step * 1.5) return -1;
  const cut = lastAtMost(scene.cuts, time + tolerance);
  return cut >= 0 && scene.cuts[cut] > shown + tolerance ? -1 : frame;
}

/** Rows of the faces in view at a moment. */
function rowsAt(scene, time) {
  const frame = frameAt(scene, time);
  if (frame < 0) return [];
  return Array.from(scene.frameRows.subarray(scene.frameStart[frame], scene.frameStart[frame + 1]));
}

function probabilitiesOf(scene, row) {
  const k = scene.labels.length;
  const values = scene.probabilities.subarray(row * k, row * k + k);
  return Array.from(values, (value) => value / scene.steps.probabilities);
}

/** Left, top, right, bottom as parts of the picture's width and height. */
function boxOf(scene, row) {
  return Array.from(scene.boxes.subarray(row * 4, row * 4 + 4), (v) => v / scene.steps.boxes);
}

function wasDetected(scene, row) {
  return (scene.flags[row] & 1) === 1;
}

/** Whether anything makes the reading of a row unsure. */
function isUnsure(scene, row) {
  return scene.flags[row] > 1;
}

/** The share of unsure readings in a row: all or none, but in the overview. */
function unsureShareOf(scene, row) {
  if (scene.unsureShare) return scene.unsureShare[row] / scene.steps.overview;
  return Number(isUnsure(scene, row));
}

/** What makes the reading of a row unsure: entries { name, phrase, hard } of the header. */
function reasonsOf(scene, row) {
  return scene.reasons.filter((_, i) => scene.flags[row] & (2 << i));
}

function boxArea(scene, row) {
  const [x1, y1, x2, y2] = boxOf(scene, row);
  return Math.max(0, x2 - x1) * Math.max(0, y2 - y1);
}

/** The selected face if it is in view, else the largest; undefined without faces. */
function prominentRow(scene, rows, selectedTrack) {
  const selected = rows.find((row) => scene.tracks[scene.rowTrack[row]] === selectedTrack);
  if (selected !== undefined) return selected;
  return rows.reduce(
    (best, row) => (best === undefined || boxArea(scene, row) > boxArea(scene, best) ? row : best),
    undefined,
  );
}

/** The row of a track (by position) at a frame, or -1. */
function rowOfTrack(scene, track, frame) {
  const [from, to] = [scene.trackStart[track], scene.trackStart[track + 1]];
  const found = from + lastAtMost(scene.rowFrame.subarray(from, to), frame);
  return found >= from && scene.rowFrame[found] === frame ? found : -1;
}

/** The row of a line of the timeline at a moment, or -1 in a gap. */
function rowOfLane(scene, lane, time) {
  const frame = frameAt(scene, time);
  if (frame < 0) return -1;
  for (const track of lane.tracks) {
    const row = rowOfTrack(scene, track, frame);
    if (row >= 0) return row;
  }
  return -1;
}

/**
 * Means of the probabilities over each pixel column of a line of the timeline.
 *
 * `tables` are the readings of the view one after the other, or the overview. Returns
 * { mean, count, unsure }: mean[x * k + e] in 0..1 and unsure[x], the share of unsure
 * readings, where count[x] > 0. A column without a frame of
 * its own (frames wider than a pixel) takes that of the frame that stands there; a column in a
 * gap stays at count 0, so that nothing is drawn over a gap.
 */
function laneColumns(tables, lane, view, width) {
  const k = tables[0].labels.length;
  const columns = {
    mean: new Float32Array(width * k), count: new Uint32Array(width), unsure: new Float32Array(width),
  };
  for (const table of tables) addRows(columns, table, lane, view, width);
  const { mean, count, unsure } = columns;
  for (let x = 0; x < width; x += 1) {
    for (let e = 0; count[x] && e < k; e += 1) mean[x * k + e] /= count[x];
    if (count[x]) unsure[x] /= count[x];
  }
  const scale = width / (view.end - view.start);
  if (tables[0].step * scale > 1) fillHeldColumns(tables, lane, view, columns);
  return columns;
}

function addRows({ mean, count, unsure }, table, lane, view, width) {
  const k = table.labels.length;
  const scale = width / (view.end - view.start);
  for (const track of lane.tracks) {
    const [from, to] = rowsWithin(table, track, view);
    for (let row = from; row < to; row += 1) {
      const x = Math.floor((table.frameTime[table.rowFrame[row]] - view.start) * scale);
      if (x < 0 || x >= width) continue;
      const weight = table.weight?.[row] ?? 1;
      const part = weight / table.steps.probabilities;
      for (let e = 0; e < k; e += 1) mean[x * k + e] += table.probabilities[row * k + e] * part;
      count[x] += weight;
      unsure[x] += unsureShareOf(table, row) * weight;
    }
  }
}

/** First and last + 1 row of a track whose frames lie in the view, with one more on each side. */
function rowsWithin(scene, track, view) {
  const [from, to] = [scene.trackStart[track], scene.trackStart[track + 1]];
  const first = lastAtMost(scene.frameTime, view.start) - 1;
  const last = lastAtMost(scene.frameTime, view.end) + 1;
  const rows = scene.rowFrame.subarray(from, to);
  return [
    from + Math.max(0, lastAtMost(rows, Math.max(first, 0))),
    from + lastAtMost(rows, last) + 1,
  ];
}

function fillHeldColumns(tables, lane, view, { mean, count, unsure }) {
  const k = tables[0].labels.length;
  const seconds = (view.end - view.start) / count.length;
  let place = 0; // of the table that stands for a column
  for (let x = 0; x < count.length; x += 1) {
    const time = view.start + (x + 0.5) * seconds;
    while (place + 1 < tables.length && tables[place + 1].frameTime[0] <= time) place += 1;
    const table = tables[place];
    const row = count[x] ? -1 : rowOfLane(table, lane, time);
    if (row < 0) continue;
    for (let e = 0; e < k; e += 1) {
      mean[x * k + e] = table.probabilities[row * k + e] / table.steps.probabilities;
    }
    count[x] = 1;
    unsure[x] = unsureShareOf(table, row);
  }
}

/** Position of the largest of k values that start at `from`. */
function leadingOf(values, from, k) {
  let best = 0;
  for (let e = 1; e < k; e += 1) if (values[from + e] > values[from + best]) best = e;
  return best;
}

/** The view after zooming by a factor about a moment, kept inside the clip. */
function zoomed(view, factor, about, duration, shortest) {
  const span = Math.min(duration, Math.max(shortest, (view.end - view.start) * factor));
  const share = (about - view.start) / (view.end - view.start);
  const start = Math.min(Math.max(0, about - share * span), duration - span);
  return { start, end: start + span };
}

/** The line with the most readings, which is the one to open first; -1 without lines. */
function fullestLane(lanes) {
  return lanes.reduce((best, { rows }, i) => (best < 0 || rows > lanes[best].rows ? i : best), -1);
}
