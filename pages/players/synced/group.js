// Clips that play in step: the first drives, the others follow their alignment with it.

const groupsOnPage = (globalThis.__emeSynced ??= new Map());
const groups = new WeakMap();
const CHECK_EVERY = 500; // ms; a rerun of the page may put other video elements in place
const STEER_EVERY = 80; // ms
const CALM = 250; // ms between changes of the captions where the user asked for less motion

class Group {
  constructor(root) {
    const find = (name) => root.querySelector(`[data-part="${name}"]`);
    this.root = root;
    this.parts = Object.fromEntries(
      ["toggle", "position", "when", "outline", "boxes", "closer", "legend"].map((name) => [
        name, find(name),
      ]),
    );
    this.members = [];
    this.playing = false;
    this.calm = window.matchMedia("(prefers-reduced-motion: reduce)");
    this.abort = new AbortController();
    const { signal } = this.abort;
    const on = (part, type, handler) => this.parts[part].addEventListener(type, handler, { signal });
    on("toggle", "click", () => (this.playing ? this.pause() : this.play()));
    on("position", "input", () => this.seek(Number(this.parts.position.value)));
    on("boxes", "change", () => this.draw());
    on("closer", "click", () => this.openCurrent());
    this.check = setInterval(() => this.refresh(), CHECK_EVERY);
  }

  /** Called by Streamlit at each change of data, without an unmount between. */
  update(cue, emit) {
    if (this.cue && this.cue.key !== cue.key) this.leave();
    this.cue = cue;
    this.emit = emit;
    this.entry = groupsOnPage.get(cue.key) ?? { captions: [] };
    groupsOnPage.set(cue.key, this.entry);
    this.entry.group = this;
    for (const part of ["outline", "legend"]) this.parts[part].hidden = !cue.read;
    if (this.entry.source !== cue.source) {
      this.pause();
      Object.assign(this.entry, { source: cue.source, time: cue.start, sounding: 0 });
      this.members.forEach((_, index) => this.place(index));
    }
    this.refresh();
    this.follow(cue.seek);
    this.draw();
  }

  /** Take up captions and video elements that have come, and drop those that have gone. */
  refresh() {
    const { captions } = this.entry;
    for (const member of this.members.splice(this.cue.count)) member.leaveVideo();
    for (let index = 0; index < this.cue.count; index += 1) {
      if (!captions[index]) continue;
      this.members[index] ??= this.newMember(index);
      const fresh = this.members[index].update(captions[index]);
      this.members[index].findVideo();
      if (fresh && !this.playing) this.place(index);
    }
    if (this.members[0]?.scene && !this.parts.legend.childElementCount) this.buildLegend();
  }

  newMember(index) {
    return new Member({
      play: () => this.play(),
      pause: () => this.stopped(index),
      seek: () => this.seekWith(index),
      sound: (muted) => this.heard(index, muted),
      placed: () => this.place(index),
      drawn: () => this.draw(),
    });
  }

  get reference() {
    return this.members[0];
  }

  // -- time ----------------------------------------------------------------------------------

  target(index, time) {
    const { envelope, duration } = this.members[index];
    return ownTime(envelope.map, time, duration);
  }

  /** A video that is new on the page goes to where the others stand. */
  place(index) {
    const member = this.members[index];
    this.applySound();
    if (!member?.video?.readyState) return;
    if (this.playing) this.pause();
    member.seek(this.target(index, this.entry.time));
  }

  /** Everything to a moment of the reference, but for the clip that the user has moved. */
  seek(time, moved) {
    this.entry.time = Math.max(0, time);
    this.members.forEach((member, index) => {
      if (index !== moved) member.seek(this.target(index, this.entry.time));
    });
    this.draw();
  }

  seekWith(index) {
    const { time, envelope } = this.members[index];
    this.seek(referenceTime(envelope.map, time), index);
  }

  /** Each wish of the page is followed once, also over reruns and remounts. */
  follow(wish) {
    if (!wish || wish.nonce === this.entry.nonce) return;
    this.entry.nonce = wish.nonce;
    this.seek(wish.time);
    // what was pressed may stand far below: show what it has moved
    const outer = this.root.host ?? this.root;
    const { top, bottom } = outer.getBoundingClientRect();
    if (top < 0 || bottom > window.innerHeight) outer.scrollIntoView({ block: "start" });
  }

  // -- playing -------------------------------------------------------------------------------

  play() {
    if (this.playing || !this.reference?.video) return;
    this.playing = true;
    this.steered = -Infinity;
    this.reference.run();
    const tick = (now) => {
      if (!this.playing) return;
      if (now - this.steered > STEER_EVERY) this.steer(now);
      this.draw(now);
      this.tick = requestAnimationFrame(tick);
    };
    this.tick = requestAnimationFrame(tick);
  }

  steer(now) {
    this.steered = now;
    const { reference } = this;
    const dry = this.members.filter((member) => member.video && member.stalled(now));
    if (dry.length) {
      for (const member of this.members) if (!dry.includes(member)) member.hold();
      return;
    }
    reference.run();
    for (const member of this.members.slice(1)) member.steer(reference, now);
  }

  /** All stand still, at moments that belong together. */
  pause() {
    this.playing = false;
    cancelAnimationFrame(this.tick);
    for (const member of this.members) member.hold();
    if (this.reference?.video) this.seek(this.reference.time, 0);
  }

  /** A clip has stopped on its own: at the end of a follower the others go on. */
  stopped(index) {
    if (index === 0 || !this.members[index].video?.ended) this.pause();
  }

  // -- sound ---------------------------------------------------------------------------------

  heard(index, muted) {
    const { sounding } = this.entry;
    if (!muted && index !== sounding) this.listenTo(index);
    else if (muted && index === sounding) this.listenTo(-1);
  }

  listenTo(index) {
    this.entry.sounding = index;
    this.applySound();
  }

  applySound() {
    this.members.forEach(({ video, caption }, index) => {
      const sounds = index === this.entry.sounding;
      if (video && video.muted === sounds) video.muted = !sounds;
      caption.soundIs(sounds);
    });
  }

  // -- the page ------------------------------------------------------------------------------

  openCurrent() {
    this.pause();
    const time = Number(this.entry.time.toFixed(4));
    this.emit("moment", { source: this.cue.source, time, track: null });
  }

  buildLegend() {
    const { labels, colors } = this.reference.scene;
    this.parts.legend.replaceChildren(
      ...labels.map((label, i) => {
        const item = document.createElement("span");
        const swatch = document.createElement("i");
        swatch.style.background = colors[i];
        item.append(swatch, label);
        return item;
      }),
    );
  }

  draw(now = performance.now()) {
    const { reference, playing, parts } = this;
    if (!reference?.video || (playing && this.calm.matches && now - this.drawn < CALM)) return;
    this.drawn = now;
    if (playing) this.entry.time = reference.time;
    for (const member of this.members) {
      member.draw({ boxes: parts.boxes.checked, waits: playing && member.held });
    }
    const { time } = this.entry;
    const { duration } = reference;
    parts.toggle.textContent = playing ? "Pause" : "Play together";
    parts.position.max = duration;
    parts.position.value = time;
    const said = `${clock(time, { duration })} of ${clock(duration, { duration })}`;
    parts.when.textContent = said;
    if (!playing) parts.position.setAttribute("aria-valuetext", said);
  }

  leave() {
    if (this.entry?.group === this) this.entry.group = undefined;
    for (const member of this.members.splice(0)) member.leaveVideo();
  }

  destroy() {
    this.playing = false;
    clearInterval(this.check);
    cancelAnimationFrame(this.tick);
    this.abort.abort();
    this.leave();
  }
}

export default function mount({ data, parentElement, setStateValue }) {
  let group = groups.get(parentElement);
  if (!group) {
    group = new Group(parentElement);
    groups.set(parentElement, group);
  }
  // Streamlit may drop the cleanup of an earlier call after a later one has taken over.
  const call = (group.call = {});
  group.update(data, setStateValue);
  return () => {
    if (group.call !== call) return;
    groups.delete(parentElement);
    group.destroy();
  };
}
