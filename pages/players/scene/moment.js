// The moment beside the video: a radar and a sentence, filled by the player of the same key; and
// the way in for what the page asks of the player.

const scenesOnPage = (globalThis.__emeScenes ??= new Map());
const moments = new WeakMap();

class Moment {
  constructor(root) {
    const find = (name) => root.querySelector(`[data-part="${name}"]`);
    this.radar = find("radar");
    this.when = find("when");
    this.lines = find("lines");
    this.boxes = find("boxes");
    this.abort = new AbortController();
    const { signal } = this.abort;
    this.boxes.addEventListener("change", () => this.redraw(), { signal });
    find("open").addEventListener("click", () => this.entry.player?.openCurrent(), { signal });
    this.sizes = new ResizeObserver(() => this.redraw());
    this.sizes.observe(this.radar);
  }

  redraw() {
    this.entry?.player?.redraw();
  }

  update(cue) {
    if (this.cue && this.cue.key !== cue.key) this.leave();
    this.cue = cue;
    this.entry = scenesOnPage.get(cue.key) ?? {};
    scenesOnPage.set(cue.key, this.entry);
    this.entry.moment = this;
    this.entry.cue = cue;
    this.entry.player?.cued();
    this.entry.player?.marked();
    this.redraw();
  }

  /**
   * Set the sentences, as text; untouched where they stay the same from frame to frame. The first
   * one is set bold unless it is `unsure`.
   */
  say(when, lines, unsure) {
    this.lines.classList.toggle("unsure", unsure);
    if (this.when.textContent !== when) this.when.textContent = when;
    const text = lines.join("\n");
    if (text === this.said) return;
    this.said = text;
    this.lines.replaceChildren(
      ...lines.map((line) => {
        const element = document.createElement("p");
        element.textContent = line;
        return element;
      }),
    );
  }

  leave() {
    if (this.entry?.moment === this) this.entry.moment = undefined;
  }

  destroy() {
    this.abort.abort();
    this.sizes.disconnect();
    this.leave();
  }
}

export default function mount({ data, parentElement }) {
  let moment = moments.get(parentElement);
  if (!moment) {
    moment = new Moment(parentElement);
    moments.set(parentElement, moment);
  }
  const call = (moment.call = {});
  moment.update(data);
  return () => {
    if (moment.call !== call) return;
    moments.delete(parentElement);
    moment.destroy();
  };
}
