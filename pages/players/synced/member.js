// One of the clips that play in step: the page's video element, its readings, its caption.

const RATE_STEP = 0.02; // smaller changes of speed are not worth a break in the sound
const STALL = 150; // ms without data after which the others wait
const JUMP_EVERY = 1000; // ms

class Member {
  /** `on` is told what the user does: play(), pause(), seek(), sound(muted); and placed(), drawn(). */
  constructor(on) {
    this.on = on;
    this.wants = false; // whether it was told to play: what differs from it, the user has done
    this.jumped = -Infinity;
  }

  /** Take up what stands in a caption; returns whether it is another clip or map than before. */
  update(caption) {
    if (caption === this.caption && caption.bytes === this.bytes) return false;
    this.caption = caption;
    this.bytes = caption.bytes;
    const { value: envelope, end } = decodeEnvelope(this.bytes);
    const fresh = envelope.digest !== this.envelope?.digest;
    this.envelope = envelope;
    if (fresh) {
      this.scene = decodeScene(this.bytes, end);
      this.parts?.close();
      this.parts = new Parts(this.scene, envelope.readings, () => this.on.drawn());
    }
    caption.show(envelope, this.scene);
    return fresh;
  }

  get time() {
    return this.video?.currentTime ?? 0;
  }

  get duration() {
    return this.video?.duration || 0;
  }

  get held() {
    return !this.wants;
  }

  /** Whether it cannot play on for want of data, and has not for a while. */
  stalled(now) {
    const dry = this.wants && !this.video.ended && this.video.readyState < 3;
    if (!dry) this.dry = undefined;
    else this.dry ??= now;
    return dry && now - this.dry > STALL;
  }

  /** Streamlit may put another element in place at each rerun. */
  findVideo() {
    const video = document.querySelector(this.envelope.video) ?? undefined;
    if (video === this.video) return;
    this.leaveVideo();
    this.video = video;
    if (!video) return;
    this.overlay = new Overlay(video);
    this.listen(video);
    if (video.readyState > 0) this.on.placed();
  }

  listen(video) {
    this.abort = new AbortController();
    const on = (type, handler) =>
      video.addEventListener(type, handler, { signal: this.abort.signal });
    on("play", () => {
      if (video.paused || this.wants) return;
      this.wants = true;
      this.on.play();
    });
    on("pause", () => {
      if (!video.paused || !this.wants) return;
      this.wants = false;
      this.on.pause();
    });
    on("seeking", () => {
      if (this.sought === undefined) return; // not placed yet
      if (Math.abs(video.currentTime - this.sought) > 0.05) this.on.seek();
    });
    on("seeked", () => this.on.drawn());
    on("volumechange", () => this.on.sound(video.muted));
    on("loadedmetadata", () => {
      this.sought = undefined; // Streamlit sets the time to 0 here: it is placed after that
      setTimeout(() => this.on.placed());
    });
    this.sizes = new ResizeObserver(() => this.on.drawn());
    this.sizes.observe(video);
  }

  leaveVideo() {
    this.abort?.abort();
    this.sizes?.disconnect();
    this.overlay?.remove();
    this.video = this.overlay = this.sought = undefined;
    this.wants = false;
  }

  seek(time) {
    if (!this.video?.readyState) return;
    this.sought = time;
    this.video.currentTime = time;
  }

  run(rate) {
    if (!this.video) return;
    if (rate && Math.abs(this.video.playbackRate - rate) > RATE_STEP) this.video.playbackRate = rate;
    if (this.wants) return; // and if it stands all the same, the user has stopped it
    this.wants = true;
    this.video.play().catch((error) => {
      this.wants = false;
      if (error.name === "NotAllowedError") this.on.pause();
    });
  }

  hold() {
    this.wants = false;
    if (this.video && !this.video.paused) this.video.pause();
  }

  /** Drive it to where the alignment wants it. */
  steer(reference, now) {
    const { video, envelope: { map } } = this;
    if (!video || video.seeking) return;
    const target = ownTime(map, reference.time, this.duration);
    const { action, rate } = steer({
      target,
      actual: video.currentTime,
      speed: speedAt(map, reference.time, this.duration),
      pace: reference.video.playbackRate,
      held: this.held,
      mayJump: now - this.jumped > JUMP_EVERY,
    });
    if (action === "jump") {
      this.jumped = now;
      this.seek(target);
    } else if (action === "hold") this.hold();
    else this.run(rate);
  }

  draw({ boxes, waits }) {
    const { parts, caption } = this;
    if (!parts) return;
    const table = parts.at(this.time);
    if (this.wants) parts.ahead(this.time);
    const [row] = rowsAt(table ?? parts.nothing, this.time);
    const when = clock(this.time, { duration: this.duration });
    caption.say(table ?? parts.nothing, row, when, waits, table ? "not in view" : parts.word);
    if (!this.overlay) return;
    if (boxes && row !== undefined) this.overlay.drawBoxes(table, [row], row);
    else this.overlay.clear();
  }
}
