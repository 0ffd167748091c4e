// Readings in words. Pure functions, no DOM; every result is set as text.

const WORTH_NAMING = 0.15;

function percent(probability) {
  return `${Math.round(probability * 100)}%`;
}

/** Why a reading is unsure; the face itself comes before a reading without a clear lead. */
function phrasesOf(reasons) {
  const hard = reasons.filter((reason) => reason.hard);
  return (hard.length ? hard : reasons).map((reason) => reason.phrase);
}

/**
 * "sad 62%, with fear 21%"; an unsure reading is "unsure, perhaps sad 62% (too small)", or
 * names two candidates where none leads clearly. `reasons` are those of reasonsOf.
 */
function describe(labels, probabilities, reasons = []) {
  const order = labels.map((_, i) => i).sort((a, b) => probabilities[b] - probabilities[a]);
  const [first, second] = order;
  const named = (i) => `${labels[i]} ${percent(probabilities[i])}`;
  if (reasons.length) {
    const led = reasons.every((reason) => reason.hard);
    const said = led ? `perhaps ${named(first)}` : `${named(first)} or ${named(second)}`;
    return `unsure, ${said} (${phrasesOf(reasons).join(" and ")})`;
  }
  if (probabilities[second] < WORTH_NAMING) return named(first);
  return `${named(first)}, with ${named(second)}`;
}

function describeRow(scene, row) {
  return describe(scene.labels, probabilitiesOf(scene, row), reasonsOf(scene, row));
}

/** Short enough for the edge of a box: "Face 1 · sad 62%" or "Face 1 · unsure: too small". */
function boxLabel(name, labels, probabilities, reasons = []) {
  if (reasons.length) return `${name} · unsure: ${phrasesOf(reasons)[0]}`;
  const lead = leadingOf(probabilities, 0, labels.length);
  return `${name} · ${labels[lead]} ${percent(probabilities[lead])}`;
}

/** One sentence for each face, the prominent one first; at most `most` of them. */
function sentences(scene, rows, prominent, most = 3) {
  if (!rows.length) return ["No face in view"];
  const order = [prominent, ...rows.filter((row) => row !== prominent)];
  const lines = order
    .slice(0, most)
    .map((row) => `${nameOf(scene, row)}: ${describeRow(scene, row)}`);
  const left = order.length - lines.length;
  if (left > 0) lines.push(left === 1 ? "and one more face" : `and ${left} more faces`);
  return lines;
}

function nameOf(scene, row) {
  return scene.names[scene.rowTrack[row]];
}

/** "7.3 s" under a minute, else "1:07.3" or "1:02:07.3"; whole seconds for ticks. */
function clock(seconds, { tenths = true, duration = seconds } = {}) {
  // Rounded once and then split, so that 59.96 does not become "0:60.0".
  const parts = Math.round(Math.max(0, seconds) * 10);
  const rest = (parts % 600) / 10;
  const digits = tenths ? rest.toFixed(1) : String(Math.floor(rest));
  if (duration < 60) return `${tenths ? (parts / 10).toFixed(1) : trimmed(seconds)} s`;
  const minutes = Math.floor(parts / 600);
  const padded = digits.padStart(tenths ? 4 : 2, "0");
  if (duration < 3600) return `${minutes}:${padded}`;
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${padded}`;
}

function trimmed(seconds) {
  return String(Math.round(seconds * 100) / 100);
}

/** Round moments for an axis, at least `room` px apart. */
function ticks(view, width, room = 80) {
  const steps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];
  const least = ((view.end - view.start) / Math.max(1, width)) * room;
  const step = steps.find((candidate) => candidate >= least) ?? 7200;
  const found = [];
  for (let i = Math.ceil(view.start / step - 1e-6); i * step <= view.end + 1e-6; i += 1) {
    found.push(i * step);
  }
  return { step, moments: found };
}
