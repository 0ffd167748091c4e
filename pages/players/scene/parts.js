// The readings of a scene, part by part: fetched where they are shown, a few at a time.

const PARTS_KEPT = 96; // of 64 kB
const PARTS_AT_ONCE = 3; // the video needs connections of its own
const RETRY = 3000; // ms
const NO_READINGS = {
  frameTime: new Float32Array(0), ownTracks: new Uint32Array(0), ownStart: new Uint32Array(1),
  rowFrame: new Uint16Array(0), probabilities: new Uint16Array(0), boxes: new Int16Array(0),
  flags: new Uint8Array(0),
};

class Parts {
  /** `url` is where the body lies; `changed` is called whenever a part has come, or has not. */
  constructor(scene, url, changed) {
    Object.assign(this, { scene, url, changed });
    this.loaded = new Map();
    this.waiting = new Map();
    this.failed = -Infinity;
    this.nothing = readingsOf(scene, NO_READINGS);
    this.abort = new AbortController();
  }

  /** Number of the part that stands for a moment; -1 before the first. */
  indexAt(time) {
    return lastAtMost(this.scene.partStart, time + toleranceOf(this.scene));
  }

  /** The readings around a moment; undefined while they are on their way. */
  at(time) {
    const index = this.indexAt(time);
    if (index < 0) return this.nothing;
    this.want(index);
    return this.loaded.get(index);
  }

  /** All readings of a view; undefined while some are on their way, or where they are too many. */
  within(view) {
    const first = Math.max(0, this.indexAt(view.start));
    const last = this.indexAt(view.end);
    // more would push one another out, and be fetched for ever; two are for the playhead
    if (last - first + 1 > PARTS_KEPT - 2) return undefined;
    const found = [];
    for (let index = first; index <= last; index += 1) {
      this.want(index);
      found.push(this.loaded.get(index));
    }
    return found.every(Boolean) ? found : undefined;
  }

  /** A promise of the readings around a moment; of none where they cannot be had. */
  async load(time) {
    const index = this.indexAt(time);
    if (index < 0) return this.nothing;
    while (!this.loaded.has(index) && this.waiting.size >= PARTS_AT_ONCE) {
      await Promise.race(this.waiting.values());
    }
    await this.want(index);
    return this.loaded.get(index) ?? this.nothing;
  }

  /** While a clip plays, what comes next is there before it is shown. */
  ahead(time) {
    const next = this.indexAt(time) + 1;
    if (next < this.scene.partStart.length) this.want(next);
  }

  /** What to say where the readings are not there. */
  get word() {
    return this.failed > 0
      ? "The readings cannot be loaded now. Reload the page if this stays."
      : "Loading the readings …";
  }

  want(index) {
    const known = this.loaded.get(index);
    if (known) {
      this.loaded.delete(index); // the last one used stands last
      this.loaded.set(index, known);
      return undefined;
    }
    const busy = this.waiting.has(index) || this.waiting.size >= PARTS_AT_ONCE;
    if (!busy && performance.now() - this.failed > RETRY) {
      this.waiting.set(index, this.fetch(index));
    }
    return this.waiting.get(index);
  }

  async fetch(index) {
    const [from, to] = this.scene.partOffset.subarray(index, index + 2);
    try {
      const answer = await fetch(this.url, {
        headers: { Range: `bytes=${from}-${to - 1}` },
        signal: this.abort.signal,
      });
      if (!answer.ok) throw new Error(answer.statusText);
      const bytes = new Uint8Array(await answer.arrayBuffer());
      // a proxy may not know of ranges
      this.keep(index, answer.status === 206 ? bytes : bytes.subarray(from, to));
    } catch {
      if (this.abort.signal.aborted) return;
      this.failed = performance.now();
      setTimeout(() => this.abort.signal.aborted || this.changed(), RETRY + 100);
    } finally {
      this.waiting.delete(index);
    }
    this.changed();
  }

  keep(index, bytes) {
    this.failed = -Infinity;
    this.loaded.set(index, decodeReadings(this.scene, bytes));
    if (this.loaded.size > PARTS_KEPT) this.loaded.delete(this.loaded.keys().next().value);
  }

  /** Time of the frame before (-1) or after (1) the one that stands for a moment. */
  neighbour(time, way) {
    const { scene } = this;
    const last = scene.partStart.length - 1;
    const index = lastAtMost(scene.partStart, time + scene.step / 8);
    if (last < 0) return time;
    if (index < 0) return scene.partStart[0];
    const table = this.loaded.get(index);
    if (!table) return time + way * scene.step;
    const wanted = lastAtMost(table.frameTime, time + scene.step / 8) + way;
    if (wanted < 0) return index > 0 ? scene.partEnd[index - 1] : scene.partStart[0];
    if (wanted < table.frameTime.length) return table.frameTime[wanted];
    return index < last ? scene.partStart[index + 1] : scene.partEnd[last];
  }

  close() {
    this.abort.abort();
  }
}
