// The clocks of clips that play in step. Pure functions, no DOM.

const STEER = {
  gain: 1.5, // of the speed, for each second that a clip is off
  slowest: 0.5,
  fastest: 2,
  jump: 0.3, // s; further off than this, a clip is moved and not driven
  patience: 0.08, // s; a clip that waits starts again once it is so far behind
};
const SLOPE_SPAN = 0.4; // s; alignments are staircases of finer steps than this
const BEFORE_END = 0.03; // s; a clip that waits at its end still shows a picture

/** How many values lie below x; values never fall. */
function countBelow(values, x) {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The value of `to` where `from` is x: linear between the points, and at an even speed beyond the
 * first and the last. Where `from` stands still, the first of its points counts.
 */
function follow(from, to, x) {
  const after = countBelow(from, x);
  if (after === 0) return to[0] + (x - from[0]);
  const last = from.length - 1;
  if (after > last) return to[last] + (x - from[last]);
  const share = (x - from[after - 1]) / (from[after] - from[after - 1]);
  return to[after - 1] + share * (to[after] - to[after - 1]);
}

/** Where a clip should stand when the reference is at `time`; it waits at its ends. */
function ownTime({ reference, own }, time, duration) {
  const last = Math.max(0, duration - BEFORE_END);
  return Math.min(Math.max(0, follow(reference, own, time)), last);
}

/** The first moment of the reference at which a clip should stand at `time`. */
function referenceTime({ reference, own }, time) {
  return follow(own, reference, time);
}

/** Seconds of the clip for each second of the reference, around a moment. */
function speedAt(map, time, duration) {
  const half = SLOPE_SPAN / 2;
  return (ownTime(map, time + half, duration) - ownTime(map, time - half, duration)) / SLOPE_SPAN;
}

/**
 * What a clip has to do now: { action: "jump" }, { action: "hold" } or { action: "run", rate }.
 *
 * `speed` is that of the alignment here, `pace` the rate at which the user plays the reference,
 * `held` whether the clip waits, `mayJump` whether its last jump is long enough ago.
 */
function steer({ target, actual, speed, pace = 1, held = false, mayJump = true }) {
  const behind = target - actual;
  if (mayJump && Math.abs(behind) > STEER.jump) return { action: "jump" };
  const wanted = speed * pace + STEER.gain * behind;
  const early = held ? behind < STEER.patience : behind <= 0;
  if (wanted < STEER.slowest && early) return { action: "hold" };
  return { action: "run", rate: Math.min(Math.max(wanted, STEER.slowest), STEER.fastest) };
}
