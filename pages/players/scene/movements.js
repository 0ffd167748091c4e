// Movements of faces: fetched apart from the readings, looked up, and put into words.

class Movements {
  /** `head` is what Python says of them; `changed` is called whenever some have come. */
  constructor(scene, head, changed) {
    Object.assign(this, { scene, head });
    const whole = this.stretch({ starts: [-1e9], ends: [1e9], offsets: [0, head.offsets[0]] });
    whole.step = scene.span;
    this.overview = new Parts(whole, head.url, changed);
    this.parts = new Parts(this.stretch(head), head.url, changed);
  }

  /** The scene as it is known to some parts of the body. */
  stretch({ starts, ends, offsets }) {
    return Object.assign(Object.create(this.scene), {
      partStart: Float32Array.from(starts), partEnd: Float32Array.from(ends),
      partOffset: Uint32Array.from(offsets),
    });
  }

  /** What the movements of a view are drawn from: all of them where there is room, else means. */
  tables(view, width) {
    const fine = (view.end - view.start) / width < this.scene.span;
    const found = (fine && this.parts.within(view)) || [this.overview.at(0)];
    return found.every(Boolean) ? found : [];
  }

  /** Events of a line of the timeline by kind: lists of [start, end]. */
  events(lane) {
    const found = this.head.events.map(() => []);
    const table = this.overview.at(0);
    if (!table?.eventTrack) return found;
    table.eventTrack.forEach((track, i) => {
      if (lane.tracks.includes(track)) {
        found[table.eventKind[i]].push([table.eventStart[i], table.eventEnd[i]]);
      }
    });
    return found;
  }

  /**
   * What each movement is at a moment, in its unit: NaN where it cannot be told; undefined where the
   * face is not in view, and null while it is on its way.
   */
  at(lane, time) {
    const table = this.parts.at(time);
    if (!table) return null;
    const row = rowOfLane(table, lane, time);
    if (row < 0) return undefined;
    return this.head.kinds.map((kind, i) => this.valueOf(table, row, i) * kind.full);
  }

  /** Of a row, 1 where the lane is full. */
  valueOf(table, row, index) {
    const value = table.moves[row * this.head.kinds.length + index];
    return value === this.head.unseen ? NaN : value / this.head.steps;
  }

  close() {
    this.overview.close();
    this.parts.close();
  }
}

/**
 * Movements over each pixel column of a line of the timeline: `value[x]`, 1 where the lane is full,
 * NaN where it cannot be told, and `count[x]`, 0 where the face is not in view.
 */
function moveColumns(movements, tables, lane, view, width, index) {
  const sum = new Float32Array(width);
  const known = new Uint32Array(width);
  const count = new Uint32Array(width);
  const scale = width / (view.end - view.start);
  for (const table of tables) {
    for (const track of lane.tracks) {
      const [from, to] = rowsWithin(table, track, view);
      for (let row = from; row < to; row += 1) {
        const x = Math.floor((table.frameTime[table.rowFrame[row]] - view.start) * scale);
        if (x < 0 || x >= width) continue;
        const weight = table.weight?.[row] ?? 1;
        const value = movements.valueOf(table, row, index);
        count[x] += weight;
        if (Number.isNaN(value)) continue;
        sum[x] += value * weight;
        known[x] += weight;
      }
    }
  }
  const value = sum.map((total, x) => (2 * known[x] >= count[x] ? total / known[x] : NaN));
  if (tables.length && tables[0].step * scale > 1) {
    holdMoves(movements, tables, lane, view, index, { value, count });
  }
  return { value, count };
}

/** Frames that are wider than a pixel stand until the next one. */
function holdMoves(movements, tables, lane, view, index, { value, count }) {
  const seconds = (view.end - view.start) / count.length;
  let place = 0;
  for (let x = 0; x < count.length; x += 1) {
    const time = view.start + (x + 0.5) * seconds;
    while (place + 1 < tables.length && tables[place + 1].frameTime[0] <= time) place += 1;
    if (count[x]) continue;
    const row = rowOfLane(tables[place], lane, time);
    if (row < 0) continue;
    value[x] = movements.valueOf(tables[place], row, index);
    count[x] = 1;
  }
}

/** "The inner brows rise by a third", as Python says it; `value` in the unit of the movement. */
function describeMove(head, kind, value) {
  if (Number.isNaN(value)) return "Not seen";
  if (Math.abs(value) < kind.clear) return "No clear movement";
  const words = value < 0 && kind.opposite ? kind.opposite : kind.sentence;
  const text = words.replace("{much}", muchOf(head, kind, Math.abs(value)));
  return text[0].toUpperCase() + text.slice(1);
}

function muchOf(head, kind, value) {
  if (kind.degrees) return `${Math.round(value)}°`;
  if (value > 1.1 || value < 0.09) return `${Math.round(100 * value)}%`;
  const far = ([share]) => Math.abs(Math.log(value / share));
  return head.shares.reduce((best, word) => (far(word) < far(best) ? word : best))[1];
}
