// How old the picture on the screen is. Pure, no DOM; times in ms on one clock.

const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length ? sorted[Math.floor(sorted.length / 2)] : null;
};

/**
 * Counts pictures as they come onto the screen. A picture ages until the next one takes its place:
 * that, and not how old it was when it came, is the oldest it gets.
 */
class PictureAge {
  constructor(now) {
    this.begin(now);
  }

  begin(now) {
    this.since = now;
    this.ages = [];
    this.oldest = 0;
    this.pictures = 0;
  }

  /**
   * A picture that was taken at `captured`, if that is known, comes onto the screen, the `count`th.
   * The browser shows pictures also while the page is at work and sees none of them; those that
   * were missed are taken to have come evenly.
   */
  shown(displayed, captured, count) {
    const came = Math.max(1, count - (this.count ?? count - 1));
    this.pictures += came;
    if (this.captured !== undefined) {
      this.grow(this.displayed + (displayed - this.displayed) / came);
    }
    Object.assign(this, { displayed, captured, count });
    if (captured === undefined) return;
    this.ages.push(displayed - captured);
    this.grow(displayed);
  }

  /** The picture on the screen is still the same. */
  grow(now) {
    if (this.captured !== undefined) this.oldest = Math.max(this.oldest, now - this.captured);
  }

  /** Nobody sees the screen: how long its picture stands says nothing. */
  pause(now) {
    this.captured = undefined;
    this.begin(now);
  }

  /** Median age, greatest age and pictures a second since the last report, which begins anew. */
  report(now) {
    this.grow(now);
    const known = this.ages.length > 0;
    const seconds = Math.max(now - this.since, 1) / 1000;
    const found = {
      age: known ? median(this.ages) : null,
      oldest: known || this.captured !== undefined ? this.oldest : null,
      pictures: this.pictures / seconds,
    };
    this.begin(now);
    return found;
  }
}

/** What the page says about it: plain words, of the reports of the last seconds. */
function ageWords(reports, { lowered = false } = {}) {
  const ages = reports.map((each) => each.age).filter((age) => age !== null);
  const oldest = reports.map((each) => each.oldest).filter((age) => age !== null);
  const readings = reports.flatMap((each) => each.readings);
  const seconds = reports.reduce((sum, each) => sum + each.seconds, 0);
  const words = [];
  if (oldest.length) {
    const now = ages.length ? median(ages) : oldest.at(-1);
    const most = Math.round(Math.max(...oldest));
    words.push(`The picture is ${Math.round(now)} ms old, at most ${most} ms.`);
  } else {
    words.push("This browser does not say how old the picture is.");
  }
  if (readings.length) {
    const rate = Math.max(1, Math.round(readings.length / seconds));
    const late = Math.round(median(readings));
    const times = rate === 1 ? "once" : `${rate} times`;
    words.push(`Your face is read ${times} a second, ${late} ms after it was seen.`);
  } else {
    words.push("Your face is not being read.");
  }
  if (lowered) words.push("To keep the picture new, fewer or smaller pictures are read.");
  return words.join(" ");
}
