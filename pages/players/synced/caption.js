// What stands under each of the clips that play in step: filled by their group.

const groupsOnPage = (globalThis.__emeSynced ??= new Map());
const captions = new WeakMap();

class Caption {
  constructor(root) {
    const find = (name) => root.querySelector(`[data-part="${name}"]`);
    this.title = find("title");
    this.when = find("when");
    this.word = find("word");
    this.bar = find("bar");
    this.reading = find("reading");
    this.sound = find("sound");
    this.abort = new AbortController();
    this.sound.addEventListener("click", () => this.toggleSound(), { signal: this.abort.signal });
  }

  update(bytes, { key, index }) {
    this.leave();
    this.bytes = bytes;
    this.index = index;
    this.entry = groupsOnPage.get(key) ?? { captions: [] };
    groupsOnPage.set(key, this.entry);
    this.entry.captions[index] = this;
    this.entry.group?.refresh();
    this.entry.group?.draw();
  }

  /** The title is set as text and never parsed; so is all else. */
  show({ title, read }, { labels, colors }) {
    this.title.textContent = title;
    this.reading.hidden = !read;
    this.bar.replaceChildren(
      ...labels.map((_, i) => {
        const part = document.createElement("i");
        part.style.background = colors[i];
        return part;
      }),
    );
  }

  /** The reading of a row, or `otherwise` where there is none. */
  say(scene, row, when, waits, otherwise) {
    const said = waits ? `${when}, waits` : when;
    if (this.when.textContent !== said) this.when.textContent = said;
    const seen = row !== undefined;
    this.bar.classList.toggle("empty", !seen);
    const values = seen ? probabilitiesOf(scene, row) : [];
    [...this.bar.children].forEach((part, i) => { part.style.flexGrow = values[i] ?? 0; });
    this.word.classList.toggle("unsure", seen && isUnsure(scene, row));
    const word = seen ? describeRow(scene, row) : otherwise;
    if (this.word.textContent !== word) this.word.textContent = word;
  }

  toggleSound() {
    const { entry, index } = this;
    entry.group?.listenTo(entry.sounding === index ? -1 : index);
  }

  soundIs(on) {
    this.sound.setAttribute("aria-pressed", String(on));
    this.sound.textContent = on ? "Sound on" : "Sound off";
  }

  leave() {
    if (this.entry?.captions[this.index] === this) delete this.entry.captions[this.index];
  }

  destroy() {
    this.abort.abort();
    this.leave();
  }
}

export default function mount({ data, parentElement }) {
  let caption = captions.get(parentElement);
  if (!caption) {
    caption = new Caption(parentElement);
    captions.set(parentElement, caption);
  }
  const call = (caption.call = {});
  caption.update(data, decodeEnvelope(data).value);
  return () => {
    if (caption.call !== call) return;
    captions.delete(parentElement);
    caption.destroy();
  };
}
