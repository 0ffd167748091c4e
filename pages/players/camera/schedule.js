// What is asked at a moment of an exercise. Pure, no DOM; `seconds` are on its own clock, which
// begins at 0 when the countdown is over.

const COUNTDOWN = 3;

function countdownAt(seconds) {
  return seconds < 0 ? Math.min(Math.ceil(-seconds), COUNTDOWN) : null;
}

/** The target, seven shares, or nothing: that of the beginning before, that of the end after. */
function targetAt(schedule, seconds) {
  const { targets, step, seconds: length } = schedule;
  if (!targets.length) return [];
  const time = Math.min(Math.max(seconds, 0), length);
  const last = targets.length - 1;
  const before = Math.min(Math.floor(time / step), last);
  const after = Math.min(before + 1, last);
  const width = after === last ? length - before * step : step; // the last one stands at the end
  const way = width > 0 ? Math.min((time - before * step) / width, 1) : 0;
  const [from, to] = [targets[before], targets[after]];
  if (!from.length || !to.length) return (way < 0.5 ? from : to).map((each) => each / 1000);
  return from.map((each, i) => ((1 - way) * each + way * to[i]) / 1000);
}

function newestOf(entries, time) {
  let found = null;
  for (const entry of entries) if (entry[0] <= time + 1e-6) found = entry[1];
  return found;
}

/** What to do, in a few words. */
function promptAt(schedule, seconds) {
  if (schedule.seconds === null) return seconds < 0 ? "recording starts" : "";
  const words = newestOf(schedule.prompts, Math.min(Math.max(seconds, 0), schedule.seconds)) ?? "";
  if (seconds < 0) return words;
  return `${words} · ${Math.round(Math.max(schedule.seconds - seconds, 0))} s left`;
}

/** How long it has been recorded by now, as minutes and seconds; empty while nothing is. */
function recordedAt(schedule, seconds) {
  const over = schedule.seconds !== null && seconds >= schedule.seconds;
  if (!schedule.record || seconds < 0 || over) return "";
  const rest = String(Math.floor(seconds % 60)).padStart(2, "0");
  return `${Math.floor(seconds / 60)}:${rest}`;
}
