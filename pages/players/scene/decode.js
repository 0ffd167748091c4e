// From bytes to typed arrays and their indexes. Pure functions, no DOM.

const ARRAY_TYPES = {
  f4: Float32Array, u4: Uint32Array, u2: Uint16Array, i2: Int16Array, u1: Uint8Array,
  i1: Int8Array,
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

/** A header and its arrays; their names keep what stands before a dot. */
function readArrays(bytes, start) {
  const { value: header, end } = readHeader(bytes, start);
  const arrays = {};
  for (const [name, { dtype, offset, length }] of Object.entries(header.arrays)) {
    const Type = ARRAY_TYPES[dtype];
    const from = end + offset;
    // A copy, because a typed array must be aligned and the message may not be.
    arrays[name] = new Type(bytes.slice(from, from + length * Type.BYTES_PER_ELEMENT).buffer);
  }
  return { header, arrays };
}

/** The head of a scene, with its lanes and its overview. */
function decodeScene(bytes, start) {
  const { header, arrays } = readArrays(bytes, start);
  const scene = { ...header, ...arrays };
  scene.cuts = scene.shots.slice(1).map(([from]) => from);
  scene.lanes = packLanes(scene);
  scene.overview = overviewOf(scene, arrays);
  return scene;
}

/** Readings whose frames are spans of time: means, and how many readings are in each. */
function overviewOf(scene, arrays) {
  const own = Object.entries(arrays)
    .filter(([name]) => name.startsWith("overview."))
    .map(([name, array]) => [name.slice("overview.".length), array]);
  const frameTime = Float32Array.from({ length: scene.spans }, (_, i) => i * scene.span);
  const steps = { ...scene.steps, probabilities: scene.steps.overview };
  return readingsOf(scene, { ...Object.fromEntries(own), frameTime, step: scene.span, steps });
}

/** A part of the readings. */
function decodeReadings(scene, bytes) {
  return readingsOf(scene, readArrays(bytes, 0).arrays);
}

/** Arrays of readings with the indexes that drawing needs; they know all that the scene knows. */
function readingsOf(scene, arrays) {
  const table = Object.assign(Object.create(scene), arrays);
  table.trackStart = startsOfTracks(table, scene.tracks.length);
  table.rowTrack = trackOfRow(table.trackStart);
  return Object.assign(table, rowsByFrame(table.rowFrame, table.frameTime.length));
}

/** Where the rows of each track of the scene begin; most tracks have none in a part. */
function startsOfTracks({ ownTracks, ownStart }, count) {
  const starts = new Uint32Array(count + 1);
  let next = 0;
  for (let i = 0; i < ownTracks.length; i += 1) {
    starts.fill(ownStart[i], next, ownTracks[i] + 1);
    next = ownTracks[i] + 1;
  }
  return starts.fill(ownStart[ownTracks.length], next);
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

/**
 * Lines of the timeline: tracks of one name share a line while they do not meet in time, so that
 * a character who returns in ten shots has one line and not ten.
 */
function packLanes({ trackFirst, trackLast, trackRows, names }) {
  const lanes = [];
  const byName = new Map();
  const order = names.map((_, i) => i).filter((i) => trackRows[i] > 0);
  order.sort((a, b) => trackFirst[a] - trackFirst[b] || a - b);
  for (const i of order) {
    const sameName = byName.get(names[i]) ?? [];
    let lane = sameName.find((candidate) => candidate.last < trackFirst[i]);
    if (!lane) {
      lane = { name: names[i], tracks: [], last: -1, rows: 0 };
      lanes.push(lane);
      byName.set(names[i], [...sameName, lane]);
    }
    lane.tracks.push(i);
    lane.last = trackLast[i];
    lane.rows += trackRows[i];
  }
  return lanes;
}
