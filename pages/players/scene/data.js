// From bytes to typed arrays, and the look-ups in them. Pure functions, no DOM.

const ARRAY_TYPES = {
  f4: Float32Array, u4: Uint32Array, u2: Uint16Array, i2: Int16Array, u1: Uint8Array,
};

/** One length-prefixed JSON text; returns it and where it ends (a multiple of 4). */
function readHeader(bytes, start) {
  const length = new DataView(bytes.buffer, bytes.byteOffset + start, 4).getUint32(0, true);
  const from = start + 4;
  const value = JSON.parse(new TextDecoder().decode(bytes.subarray(from, from + length)));
  return { value, end: from + Math.ceil(length / 4) * 4 };
}

/** The envelope alone: enough to know whether the block behind it is new. */
function decodeEnvelope(bytes) {
  return readHeader(bytes, 0);
}

/** The scene behind the envelope, with the indexes that drawing needs. */
function decodeScene(bytes, start) {
  const { value: header, end } = readHeader(bytes, start);
  const scene = { ...header };
  for (const [name, { dtype, offset, length }] of Object.entries(header.arrays)) {
    const Type = ARRAY_TYPES[dtype];
    const from = end + offset;
    // A copy, because a typed array must be aligned and the message may not be.
    scene[name] = new Type(bytes.slice(from, from + length * Type.BYTES_PER_ELEMENT).buffer);
  }
  scene.rowTrack = trackOfRow(scene.trackStart);
  Object.assign(scene, rowsByFrame(scene.rowFrame, scene.frameTime.length));
  scene.cuts = scene.shots.slice(1).map(([from]) => from);
  scene.step = medianStep(scene.frameTime);
  scene.lanes = packLanes(scene);
  return scene;
}

function trackOfRow(trackStart) {
  const rows = trackStart[trackStart.length - 1] ?? 0;
  const owner = new Uint32Array(rows);
  for (let i = 0; i + 1 < trackStart.length; i += 1) owner.fill(i, trackStart[i], trackStart[i + 1]);
  return owner;
}

/** Counting sort: the rows of frame f are frameRows[frameStart[f] .. frameStart[f + 1]). */
function rowsByFrame(rowFrame, frameCount) {
  const frameStart = new Uint32Array(frameCount + 1);
  for (const frame of rowFrame) frameStart[frame + 1] += 1;
  for (let f = 0; f < frameCount; f += 1) frameStart[f + 1] += frameStart[f];
  const next = frameStart.slice();
  const frameRows = new Uint32Array(rowFrame.length);
  for (let row = 0; row < rowFrame.length; row += 1) {
    frameRows[next[rowFrame[row]]] = row;
    next[rowFrame[row]] += 1;
  }
  return { frameStart, frameRows };
}

/** Seconds between frames, as the middle of at most a thousand of them. */
function medianStep(times) {
  if (times.length < 2) return 1;
  const stride = Math.max(1, Math.floor(times.length / 1000));
  const steps = [];
  for (let i = 1; i < times.length; i += stride) steps.push(times[i] - times[i - 1]);
  steps.sort((a, b) => a - b);
  return steps[steps.length >> 1] || 1;
}

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

/**
 * The analysed frame that stands for a moment, or -1. It stands until the next one, never over
 * a cut, and for at most a step and a half where frames are missing: beyond that nothing is known.
 */
function frameAt(scene, time) {
  // Forgives the rounding of players and of float32.
  const tolerance = Math.min(0.004, scene.step / 8);
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

/**
 * Lines of the timeline: tracks of one name share a line while they do not meet in time, so that
 * a character who returns in ten shots has one line and not ten.
 */
function packLanes({ trackStart, rowFrame, names }) {
  const lanes = [];
  const byName = new Map();
  const order = names.map((_, i) => i).filter((i) => trackStart[i + 1] > trackStart[i]);
  order.sort((a, b) => rowFrame[trackStart[a]] - rowFrame[trackStart[b]] || a - b);
  for (const i of order) {
    const first = rowFrame[trackStart[i]];
    const last = rowFrame[trackStart[i + 1] - 1];
    const sameName = byName.get(names[i]) ?? [];
    let lane = sameName.find((candidate) => candidate.last < first);
    if (!lane) {
      lane = { name: names[i], tracks: [], last: -1, rows: 0 };
      lanes.push(lane);
      byName.set(names[i], [...sameName, lane]);
    }
    lane.tracks.push(i);
    lane.last = last;
    lane.rows += trackStart[i + 1] - trackStart[i];
  }
  return lanes;
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
 * Returns { mean, count, unsure }: mean[x * k + e] in 0..1 and unsure[x], the share of unsure
 * readings, where count[x] > 0. A column without a frame of
 * its own (frames wider than a pixel) takes that of the frame that stands there; a column in a
 * gap stays at count 0, so that nothing is drawn over a gap.
 */
function laneColumns(scene, lane, view, width) {
  const k = scene.labels.length;
  const mean = new Float32Array(width * k);
  const count = new Uint32Array(width);
  const unsure = new Float32Array(width);
  const scale = width / (view.end - view.start);
  for (const track of lane.tracks) {
    const [from, to] = rowsWithin(scene, track, view);
    for (let row = from; row < to; row += 1) {
      const x = Math.floor((scene.frameTime[scene.rowFrame[row]] - view.start) * scale);
      if (x < 0 || x >= width) continue;
      for (let e = 0; e < k; e += 1) mean[x * k + e] += scene.probabilities[row * k + e];
      count[x] += 1;
      unsure[x] += isUnsure(scene, row);
    }
  }
  for (let x = 0; x < width; x += 1) {
    const divisor = count[x] * scene.steps.probabilities;
    for (let e = 0; divisor && e < k; e += 1) mean[x * k + e] /= divisor;
    if (count[x]) unsure[x] /= count[x];
  }
  if (scene.step * scale > 1) fillHeldColumns(scene, lane, view, { mean, count, unsure });
  return { mean, count, unsure };
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

function fillHeldColumns(scene, lane, view, { mean, count, unsure }) {
  const k = scene.labels.length;
  const seconds = (view.end - view.start) / count.length;
  for (let x = 0; x < count.length; x += 1) {
    if (count[x]) continue;
    const row = rowOfLane(scene, lane, view.start + (x + 0.5) * seconds);
    if (row < 0) continue;
    for (let e = 0; e < k; e += 1) {
      mean[x * k + e] = scene.probabilities[row * k + e] / scene.steps.probabilities;
    }
    count[x] = 1;
    unsure[x] = Number(isUnsure(scene, row));
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
