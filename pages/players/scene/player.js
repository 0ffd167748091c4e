// One player: the page's video, the moment beside it and the timeline below it, in step.

/** What the two components of a player know of each other, by the key of the player. */
const scenesOnPage = (globalThis.__emeScenes ??= new Map());
const players = new WeakMap();
const CHECK_EVERY = 500; // ms; a rerun of the page may put another video element in place
const CALM = 250; // ms between pictures of the radar where the user asked for less motion

class ScenePlayer {
  constructor(root) {
    this.root = root;
    this.rows = [];
    this.time = 0; // of the playhead
    this.pictureTime = 0; // of the picture on the screen, which may be that of an earlier frame
    this.calm = window.matchMedia("(prefers-reduced-motion: reduce)");
    this.timeline = new Timeline(root, {
      seek: (time) => this.seek(time),
      open: (time, lane) => this.open(time, lane),
      select: (lane) => this.select(lane),
      step: (frames) => this.step(frames),
      toggle: () => this.toggle(),
      mark: () => this.mark(),
      drawn: () => {
        this.moves.draw(this.timeline);
        this.heard.draw(this.timeline);
      },
    });
    this.moves = new MoveLanes(root, {
      seek: (time) => this.seek(time),
      neutral: (back) => this.nameNeutral(back),
      relative: (on) => this.relate(on),
    });
    this.heard = new SoundLanes(root, {
      seek: (time) => this.seek(time),
      loop: (loop) => { this.loop = loop; },
    });
    this.check = setInterval(() => this.findVideo(), CHECK_EVERY);
  }

  /** Called by Streamlit at each change of data or theme, without an unmount between. */
  update(bytes, emit, trigger) {
    const { value: envelope, end } = decodeEnvelope(bytes);
    this.emit = emit;
    this.trigger = trigger;
    if (this.envelope && this.envelope.key !== envelope.key) this.leave();
    this.entry = scenesOnPage.get(envelope.key) ?? {};
    scenesOnPage.set(envelope.key, this.entry);
    this.entry.player = this;
    const fresh = envelope.digest !== this.envelope?.digest;
    const same = envelope.source === this.envelope?.source;
    this.envelope = envelope;
    if (fresh) {
      this.scene = decodeScene(bytes, end);
      this.parts?.close();
      this.parts = new Parts(this.scene, envelope.readings, () => this.arrived());
      this.timeline.setScene(this.scene, this.parts, same);
    } else {
      this.timeline.layout(); // the theme may have changed
    }
    this.setMovements(fresh);
    this.setSound(same);
    this.findVideo();
    this.cued();
    this.marked();
    this.redraw();
  }

  /** Movements change by themselves where a user names a neutral face. */
  setMovements(fresh) {
    const { movements } = this.envelope;
    if (!fresh && movements?.digest === this.moves.movements?.head.digest) return;
    this.moves.movements?.close();
    const changed = () => this.moves.draw(this.timeline);
    const found = movements && new Movements(this.scene, movements, changed);
    this.moves.setMovements(found, this.entry);
    this.moves.draw(this.timeline);
  }

  /** Sound comes by itself: it may be read, and get words, after the faces. */
  setSound(same) {
    const { sound } = this.envelope;
    if (!same) this.entry.loop = this.loop = null;
    if (same && sound?.digest === this.heard.sound?.head.digest) return;
    this.heard.sound?.close();
    const changed = () => this.heard.draw(this.timeline);
    this.heard.setSound(sound && new Sound(sound, changed), this.entry);
    this.heard.draw(this.timeline);
  }

  /** Ask the page to measure from how the selected face looks now, or `back` from the estimate. */
  nameNeutral(back) {
    const lane = this.scene.lanes[this.timeline.selected];
    const time = Number(this.pictureTime.toFixed(4));
    const row = this.waiting ? -1 : rowOfLane(this.table, lane, this.pictureTime);
    const place = row < 0 ? lane.tracks[0] : this.table.rowTrack[row];
    const track = this.scene.tracks[place];
    this.trigger("neutral", { source: this.envelope.source, time, track, back });
  }

  /** Ask the page for readings relative to the face at rest, or for those as read. */
  relate(on) {
    const time = Number(this.pictureTime.toFixed(4));
    this.trigger("relative", { source: this.envelope.source, time, track: null, on });
  }

  // -- the video -----------------------------------------------------------------------------

  findVideo() {
    const video = document.querySelector(this.envelope.video);
    if (video === this.video) {
      this.overlay?.place();
      return;
    }
    this.leaveVideo();
    if (!video) return;
    this.video = video;
    this.overlay = new Overlay(video);
    this.listen(video);
    this.cued();
    this.draw(this.video.currentTime);
  }

  listen(video) {
    this.abort = new AbortController();
    const on = (type, handler) =>
      video.addEventListener(type, handler, { signal: this.abort.signal });
    for (const type of ["seeking", "seeked"]) on(type, () => this.draw(video.currentTime));
    for (const type of ["pause", "ended"]) on(type, () => this.rest());
    on("loadedmetadata", () => {
      this.started = undefined; // Streamlit sets the time to 0 here: begin again after it
      this.draw(video.currentTime);
      setTimeout(() => this.cued());
    });
    on("emptied", () => this.overlay.clear());
    on("keydown", (event) => {
      if (event.key !== "b" || event.altKey || event.ctrlKey || event.metaKey) return;
      event.stopPropagation(); // the page has single-key shortcuts of its own
      this.mark();
    });
    this.sizes = new ResizeObserver(() => this.redraw());
    this.sizes.observe(video);
    if ("requestVideoFrameCallback" in video) this.onVideoFrames(video);
    else this.onScreenFrames(video);
  }

  /** The browser names the very frame that it shows; its time is exact. */
  onVideoFrames(video) {
    const shown = (_, { mediaTime }) => {
      if (video !== this.video) return;
      // During a seek the frame of the place that was left may still arrive.
      if (!video.seeking) this.draw(this.video.currentTime, mediaTime);
      this.request = video.requestVideoFrameCallback(shown);
    };
    this.request = video.requestVideoFrameCallback(shown);
  }

  onScreenFrames(video) {
    const shown = () => {
      if (video !== this.video) return;
      if (!video.paused) this.draw(this.video.currentTime);
      this.tick = requestAnimationFrame(shown);
    };
    this.tick = requestAnimationFrame(shown);
  }

  leaveVideo() {
    this.abort?.abort();
    this.sizes?.disconnect();
    cancelAnimationFrame(this.tick);
    if (this.request !== undefined) this.video?.cancelVideoFrameCallback(this.request);
    this.overlay?.remove();
    this.video = this.overlay = this.request = undefined;
  }

  seek(time, track) {
    const last = Math.max(0, this.timeline.length - this.scene.step / 2);
    const target = Math.min(Math.max(0, time), last);
    if (track !== undefined && track !== null) this.timeline.selectTrack(track);
    if (this.video) this.video.currentTime = target;
    this.draw(target);
  }

  /** To the moment of a frame: a little after it, lest rounding show the one before. */
  seekFrame(time, track) {
    this.seek(time + Math.min(0.01, this.scene.step / 2), track);
  }

  /** To the frame before (-1) or after (1) the one on the screen. */
  step(way) {
    this.seekFrame(this.parts.neighbour(this.pictureTime, way));
  }

  toggle() {
    if (this.video?.paused) this.video.play().catch(() => {}); // the browser may forbid it
    else this.video?.pause();
  }

  // -- the page ------------------------------------------------------------------------------

  /** Follow what the page asks for; each wish once, also over reruns and remounts. */
  cued() {
    const { cue } = this.entry;
    if (!cue || !this.video?.readyState || cue.source !== this.envelope.source) return;
    const { video, started } = this;
    const first = started?.video !== video || started.source !== cue.source;
    this.started = { video, source: cue.source };
    if (cue.seek && cue.seek.nonce !== this.entry.nonce) {
      this.entry.nonce = cue.seek.nonce;
      this.seekFrame(cue.seek.time, cue.seek.track);
    } else if (first) {
      this.begin(cue);
    }
  }

  /** What the user has marked may have changed. */
  marked() {
    const { cue } = this.entry;
    this.timeline.setMarks(cue?.source === this.envelope.source ? cue.marks : []);
  }

  /** Ask the page for a mark where the clip stands; it may go on playing. */
  mark() {
    const time = Number(this.pictureTime.toFixed(4));
    this.trigger("mark", { source: this.envelope.source, time, track: null });
  }

  /** Where a clip begins; or where it stood, if Streamlit has replaced its video element. */
  begin({ source, start }) {
    const { place } = this.entry;
    const known = place?.source === source && place.start === start;
    const time = known ? place.time : (start ?? 0);
    if (Math.abs(this.video.currentTime - time) > 0.05) this.seekFrame(time);
  }

  /** Remember where the clip stands, but not what a new video element says before it has begun. */
  remember(time) {
    const { cue } = this.entry;
    if (!this.started || this.started.video !== this.video) return;
    this.entry.place = { source: this.started.source, start: cue.start, time };
  }

  select(lane) {
    this.timeline.select(lane);
    this.redraw();
  }

  /** Tell the page of a moment, but never while the clip plays: a rerun could disturb it. */
  async open(time, lane) {
    if (this.video && !this.video.paused) return;
    const table = await this.parts.load(time);
    this.tell(table, time, lane >= 0 ? rowOfLane(table, this.scene.lanes[lane], time) : -1);
  }

  /** The button beside the radar: stop here and show this moment on the page. */
  openCurrent() {
    this.video?.pause();
    this.tell(this.table, this.pictureTime, this.prominent ?? -1);
  }

  tell(table, time, row) {
    const frame = frameAt(table, time);
    const shown = frame < 0 ? time : table.frameTime[frame];
    const track = row < 0 ? null : table.tracks[table.rowTrack[row]];
    this.emit("moment", { source: this.envelope.source, time: Number(shown.toFixed(4)), track });
  }

  // -- drawing -------------------------------------------------------------------------------

  selectedTrack(rows) {
    const lane = this.scene.lanes[this.timeline.selected];
    const row = rows.find((each) => lane?.tracks.includes(this.table.rowTrack[each]));
    return row === undefined ? undefined : this.scene.tracks[this.table.rowTrack[row]];
  }

  /** A part of the readings has come. */
  arrived() {
    this.timeline.refresh();
    this.redraw();
  }

  redraw() {
    this.draw(this.time, this.pictureTime);
  }

  draw(time, pictureTime = time) {
    if (!this.scene) return;
    this.time = time;
    this.pictureTime = pictureTime;
    this.remember(time);
    const table = this.parts.at(pictureTime);
    this.waiting = !table;
    this.table = table ?? this.parts.nothing;
    this.rows = rowsAt(this.table, pictureTime);
    this.prominent = prominentRow(this.table, this.rows, this.selectedTrack(this.rows));
    const playing = this.video && !this.video.paused;
    if (playing && this.loop && time >= this.loop.end) {
      this.seek(this.loop.start);
      return;
    }
    if (playing) this.parts.ahead(pictureTime);
    if (playing) this.timeline.follow(time);
    else this.timeline.drawLive(time);
    this.moves.drawLive(time, !playing);
    if (playing) this.moves.movements?.parts.ahead(time);
    this.heard.drawLive(time, !playing);
    this.drawOverlay();
    this.drawMoment(playing);
  }

  drawOverlay() {
    // a timeline without room was not laid out yet; it draws all once it is
    if (!this.overlay || !this.timeline.theme) return;
    if (this.entry.moment?.boxes.checked === false) this.overlay.clear();
    else this.overlay.draw(this.table, this.rows, this.prominent, this.timeline.theme.font);
  }

  drawMoment(playing) {
    const { moment } = this.entry;
    const now = performance.now();
    if (!moment || (playing && this.calm.matches && now - this.drawn < CALM)) return;
    this.drawn = now;
    const theme = themeOf(moment.radar);
    drawRadar(moment.radar, this.table, this.rows, this.prominent, theme);
    const lines = this.waiting
      ? [this.parts.word]
      : sentences(this.table, this.rows, this.prominent);
    const when = clock(this.time, { duration: this.scene.duration });
    const { prominent } = this;
    moment.say(when, lines, prominent !== undefined && isUnsure(this.table, prominent));
    if (!playing) this.describe(when, lines);
  }

  /** For readers of the screen, and only at rest: not thirty times a second. */
  describe(when, lines) {
    const text = `${when}. ${lines.join(". ")}`;
    const moves = this.moves.section.hidden ? [] : (this.moves.words ?? []);
    this.timeline.describeTo([text, ...moves].join(". "));
    this.entry.moment?.radar.setAttribute("aria-label", `Radar of the seven emotions. ${text}`);
  }

  /** Playback stopped: with frame callbacks the picture on the screen is known already. */
  rest() {
    const time = this.video.currentTime;
    this.draw(time, this.request === undefined ? time : this.pictureTime);
  }

  leave() {
    if (this.entry?.player === this) this.entry.player = undefined;
  }

  destroy() {
    clearInterval(this.check);
    this.leave();
    this.leaveVideo();
    this.parts?.close();
    this.timeline.destroy();
    this.moves.destroy();
    this.heard.destroy();
  }
}

export default function mount({ data, parentElement, setStateValue, setTriggerValue }) {
  let player = players.get(parentElement);
  if (!player) {
    player = new ScenePlayer(parentElement);
    players.set(parentElement, player);
  }
  // Streamlit may drop the cleanup of an earlier call after a later one has taken over.
  const call = (player.call = {});
  player.update(data, setStateValue, setTriggerValue);
  return () => {
    if (player.call !== call) return;
    players.delete(parentElement);
    player.destroy();
  };
}
