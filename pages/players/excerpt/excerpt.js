// A part of the page's video: played from its start to its end, with the chords that sound in it.

const excerpts = new WeakMap();
// Which wish of which player was followed: by page, since a component may be mounted anew.
const followed = (globalThis.__emeExcerpts ??= new Map());
const CHECK_EVERY = 300; // ms; a rerun of the page may put another video element in place
const NEAR = 0.02; // s, less than half a frame of any film

const PLAYHEAD = "eme-playhead";

/** A line at a time in one of the page's figures, over the area that Plotly draws in. */
function drawPlayhead(chart, time) {
  const area = chart?.querySelector(".nsewdrag");
  const range = chart?.layout?.xaxis?.range;
  if (!area || !range) return;
  let line = chart.querySelector(`.${PLAYHEAD}`);
  if (!line) {
    line = document.createElement("div");
    line.className = PLAYHEAD;
    line.setAttribute("aria-hidden", "true");
    Object.assign(line.style, {
      position: "absolute", width: "2px", pointerEvents: "none", background: "currentColor",
    });
    chart.querySelector(".svg-container").append(line);
  }
  const [x, y, width, height] = ["x", "y", "width", "height"].map((name) => Number(area.getAttribute(name)));
  const share = (time - range[0]) / (range[1] - range[0]);
  line.hidden = share < 0 || share > 1;
  line.style.left = `${x + share * width - 1}px`;
  line.style.top = `${y}px`;
  line.style.height = `${height}px`;
}

class Excerpt {
  constructor(root) {
    this.find = (name) => root.querySelector(`[data-part="${name}"]`);
    this.strip = this.find("strip");
    this.abort = new AbortController();
    const { signal } = this.abort;
    this.find("again").addEventListener("click", () => this.play(), { signal });
    this.strip.addEventListener("click", (event) => this.jump(event), { signal });
    this.check = setInterval(() => this.findVideo(), CHECK_EVERY);
  }

  update(data) {
    const fresh = JSON.stringify(data) !== JSON.stringify(this.data);
    this.data = data;
    if (fresh) this.layOut();
    this.findVideo();
    this.follow();
  }

  layOut() {
    const { start, end, blocks, label } = this.data;
    for (const old of this.strip.querySelectorAll(".block")) old.remove();
    for (const { from, to, parts } of blocks) {
      const block = document.createElement("div");
      block.className = "block";
      block.style.left = `${(100 * (from - start)) / (end - start)}%`;
      block.style.width = `${(100 * (to - from)) / (end - start)}%`;
      for (const [color, share] of parts) {
        const part = document.createElement("div");
        Object.assign(part.style, { background: color, flex: `${100 * share} 1 0` });
        block.append(part);
      }
      this.strip.append(block);
    }
    this.strip.setAttribute("aria-label", label);
    this.draw(start);
  }

  findVideo() {
    const video = document.querySelector(this.data.video);
    if (video === this.video) return;
    this.leaveVideo();
    if (!video) return;
    this.video = video;
    this.listening = new AbortController();
    const { signal } = this.listening;
    // Streamlit sets the time to 0 here: begin after it
    const begin = () => setTimeout(() => this.follow(true));
    video.addEventListener("loadedmetadata", begin, { signal });
    for (const type of ["seeking", "seeked", "timeupdate"])
      video.addEventListener(type, () => this.draw(video.currentTime), { signal });
    video.addEventListener("play", () => this.watch(), { signal });
    if (video.readyState) begin();
  }

  leaveVideo() {
    this.listening?.abort();
    cancelAnimationFrame(this.tick);
    this.video = undefined;
  }

  /** Go to the part that the page asks for, and play it if it was asked for just now. */
  follow(anew = false) {
    const { key, nonce, play, start } = this.data;
    if (!this.video?.readyState) return;
    const known = followed.get(key) === nonce;
    if (known && !anew) return;
    followed.set(key, nonce);
    if (play && !known) this.play();
    else this.seek(start);
  }

  /** Without its sound, where the browser does not let a page play with it. */
  async play() {
    const { video } = this;
    if (!video) return;
    this.seek(this.data.start);
    try {
      await video.play();
    } catch {
      video.muted = true;
      video.play().catch(() => {}); // the button is still there
    }
  }

  seek(time) {
    this.last = time;
    this.video.currentTime = time;
    this.draw(time);
  }

  jump(event) {
    const box = this.strip.getBoundingClientRect();
    const { start, end } = this.data;
    if (this.video) this.seek(start + ((end - start) * (event.clientX - box.left)) / box.width);
  }

  /** While the clip plays: stop where the part ends, unless it was entered beyond its end. */
  watch() {
    cancelAnimationFrame(this.tick);
    const { video } = this;
    this.last = video.currentTime;
    const look = () => {
      if (video !== this.video || video.paused) return;
      const { start, end } = this.data;
      const time = video.currentTime;
      const passed = this.last < end - NEAR && time >= end - NEAR && time < end + 1;
      this.last = time;
      if (passed && this.find("loop").checked) this.seek(start);
      else if (passed) video.pause();
      this.draw(Math.min(time, passed ? end : time));
      this.tick = requestAnimationFrame(look);
    };
    this.tick = requestAnimationFrame(look);
  }

  draw(time) {
    const { start, end, blocks } = this.data;
    const inside = time >= start - NEAR && time <= end + NEAR;
    const head = this.find("head");
    head.hidden = !inside;
    head.style.left = `${(100 * (time - start)) / (end - start)}%`;
    const block = blocks.findLast((each) => each.from <= time + NEAR && time < each.to + NEAR);
    for (const selector of this.data.charts) drawPlayhead(document.querySelector(selector), time);
    this.say("now", inside && block ? block.name : "");
    this.say("when", `${Math.max(0, time - start).toFixed(1)} of ${(end - start).toFixed(1)} s`);
  }

  say(part, text) {
    const element = this.find(part);
    if (element.textContent !== text) element.textContent = text;
  }

  destroy() {
    clearInterval(this.check);
    for (const line of document.querySelectorAll(`.${PLAYHEAD}`)) line.remove();
    this.abort.abort();
    this.leaveVideo();
  }
}

export default function mount({ data, parentElement }) {
  let excerpt = excerpts.get(parentElement);
  if (!excerpt) {
    excerpt = new Excerpt(parentElement);
    excerpts.set(parentElement, excerpt);
  }
  // Streamlit may drop the cleanup of an earlier call after a later one has taken over.
  const call = (excerpt.call = {});
  excerpt.update(data);
  return () => {
    if (excerpt.call !== call) return;
    excerpts.delete(parentElement);
    excerpt.destroy();
  };
}
