// The sound of a scene: fetched once, looked up by time.

class Sound {
  /** `head` is what Python says of it; `changed` is called when its outline has come. */
  constructor(head, changed) {
    this.head = head;
    this.outline = null;
    this.abort = new AbortController();
    this.fetch(changed);
  }

  async fetch(changed) {
    if (!this.head.url) return;
    try {
      const answer = await fetch(this.head.url, { signal: this.abort.signal });
      if (!answer.ok) return;
      const bytes = new Uint8Array(await answer.arrayBuffer());
      this.outline = readArrays(bytes, 0).arrays;
      changed();
    } catch {
      // the page is left, or the server: the lanes stay without an outline
    }
  }

  /** Rows of a list of stretches that are on at a time; each begins with its start and end. */
  at(list, time) {
    return list.filter(([start, end]) => time >= start && time < end);
  }

  /** Pitch at a time in semitones from the usual; NaN where no voice is heard. */
  pitchAt(time) {
    const value = this.outline?.pitch[Math.floor(time * this.head.rate)];
    return value === undefined || value === this.head.unvoiced ? NaN : value / this.head.pitchSteps;
  }

  close() {
    this.abort.abort();
  }
}

/** Lowest and highest sample over each pixel column of a view, -1 to 1; NaN after the end. */
function outlineColumns({ low, high }, rate, view, width) {
  const columns = { low: new Float32Array(width).fill(NaN), high: new Float32Array(width).fill(NaN) };
  const perColumn = ((view.end - view.start) * rate) / width;
  for (let x = 0; x < width; x += 1) {
    const from = Math.floor(view.start * rate + x * perColumn);
    const to = Math.min(Math.max(from + 1, Math.floor(from + perColumn)), low.length);
    for (let i = from; i < to; i += 1) {
      if (!(columns.low[x] <= low[i] / 127)) columns.low[x] = low[i] / 127;
      if (!(columns.high[x] >= high[i] / 127)) columns.high[x] = high[i] / 127;
    }
  }
  return columns;
}

/** Mean pitch over each pixel column of a view in semitones; NaN where no voice is heard. */
function pitchColumns({ pitch }, { rate, unvoiced, pitchSteps }, view, width) {
  const columns = new Float32Array(width).fill(NaN);
  const perColumn = ((view.end - view.start) * rate) / width;
  for (let x = 0; x < width; x += 1) {
    const from = Math.floor(view.start * rate + x * perColumn);
    const to = Math.min(Math.max(from + 1, Math.floor(from + perColumn)), pitch.length);
    let sum = 0;
    let count = 0;
    for (let i = from; i < to; i += 1) {
      if (pitch[i] === unvoiced) continue;
      sum += pitch[i];
      count += 1;
    }
    if (count) columns[x] = sum / count / pitchSteps;
  }
  return columns;
}
