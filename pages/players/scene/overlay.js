// Face boxes over the page's own video element.

const UNSURE_COLOR = "#eceef3";

/** Where the picture lies inside the element that shows it, in px of the element. */
function pictureRect(width, height, pictureWidth, pictureHeight, fit) {
  if (!pictureWidth || !pictureHeight || fit === "fill") return { x: 0, y: 0, width, height };
  const scales = [width / pictureWidth, height / pictureHeight];
  let scale = fit === "cover" ? Math.max(...scales) : Math.min(...scales);
  if (fit === "none") scale = 1;
  if (fit === "scale-down") scale = Math.min(1, scale);
  const [w, h] = [pictureWidth * scale, pictureHeight * scale];
  return { x: (width - w) / 2, y: (height - h) / 2, width: w, height: h };
}

/**
 * A canvas beside the video in the page, so that it scrolls with it. It takes no clicks, which
 * leaves the video's own controls alone.
 */
class Overlay {
  constructor(video) {
    this.video = video;
    this.canvas = document.createElement("canvas");
    this.canvas.className = "eme-overlay";
    this.canvas.setAttribute("aria-hidden", "true");
    Object.assign(this.canvas.style, { position: "absolute", pointerEvents: "none", zIndex: "1" });
    video.after(this.canvas);
  }

  /** Lay the canvas over the video; returns where the picture lies in it. */
  place() {
    const { offsetLeft, offsetTop, offsetWidth: width, offsetHeight: height } = this.video;
    const wanted = [offsetLeft, offsetTop, width, height].join();
    if (wanted !== this.placed) {
      this.placed = wanted;
      Object.assign(this.canvas.style, {
        left: `${offsetLeft}px`, top: `${offsetTop}px`, width: `${width}px`, height: `${height}px`,
      });
    }
    const fit = getComputedStyle(this.video).objectFit;
    const { videoWidth, videoHeight } = this.video;
    return { width, height, picture: pictureRect(width, height, videoWidth, videoHeight, fit) };
  }

  /** Boxes with their labels. */
  draw(scene, rows, prominent, font) {
    const place = this.drawBoxes(scene, rows, prominent);
    const taken = [];
    for (const row of place ? labelOrder(scene, rows, prominent) : []) {
      drawBoxLabel(place.context, scene, row, { ...place, font, taken });
    }
  }

  /** Boxes alone; returns where they lie, or nothing before there is a picture. */
  drawBoxes(scene, rows, prominent) {
    const { width, height, picture } = this.place();
    const context = fitCanvas(this.canvas, width, height);
    if (!this.video.videoWidth) return undefined;
    for (const row of rows) drawBox(context, scene, row, picture, row === prominent);
    return { context, width, height, picture };
  }

  clear() {
    const { width, height } = this.place();
    fitCanvas(this.canvas, width, height);
  }

  remove() {
    this.canvas.remove();
  }
}

/** The prominent face first, then the larger ones: where room is short, the rest go unlabelled. */
function labelOrder(scene, rows, prominent) {
  const rank = (row) => (row === prominent ? Infinity : boxArea(scene, row));
  return [...rows].sort((a, b) => rank(b) - rank(a));
}

function boxOnScreen(scene, row, picture) {
  const [x1, y1, x2, y2] = boxOf(scene, row);
  return {
    left: picture.x + x1 * picture.width,
    top: picture.y + y1 * picture.height,
    width: (x2 - x1) * picture.width,
    height: (y2 - y1) * picture.height,
  };
}

function leadingColor(scene, values) {
  return scene.colors[leadingOf(values, 0, scene.labels.length)];
}

/**
 * In the colour of the leading emotion; dashed where the face was not found in this frame. Of a
 * unsure reading there are only the corners, in no emotion's colour.
 */
function drawBox(context, scene, row, picture, strong) {
  const box = boxOnScreen(scene, row, picture);
  const unsure = isUnsure(scene, row);
  const trace = () => (unsure ? traceCorners(context, box) : traceRect(context, box));
  context.lineJoin = "round";
  context.setLineDash(unsure || wasDetected(scene, row) ? [] : [7, 5]);
  context.strokeStyle = "rgba(0, 0, 0, 0.55)"; // a dark edge keeps the box visible on light skin
  context.lineWidth = strong ? 5 : 4;
  trace();
  context.strokeStyle = unsure ? UNSURE_COLOR : leadingColor(scene, probabilitiesOf(scene, row));
  context.lineWidth = strong ? 2.5 : 1.8;
  trace();
  context.setLineDash([]);
}

function traceRect(context, { left, top, width, height }) {
  context.strokeRect(left, top, width, height);
}

function traceCorners(context, { left, top, width, height }) {
  const reach = Math.max(4, Math.min(width, height) * 0.22);
  context.beginPath();
  for (const [x, inward] of [[left, reach], [left + width, -reach]]) {
    for (const [y, down] of [[top, reach], [top + height, -reach]]) {
      context.moveTo(x + inward, y);
      context.lineTo(x, y);
      context.lineTo(x, y + down);
    }
  }
  context.stroke();
}

/** Above the box, else below it, else inside its upper edge; left out where all are taken. */
function drawBoxLabel(context, scene, row, { picture, width, height, font, taken }) {
  context.font = `600 13px ${font}`;
  const values = probabilitiesOf(scene, row);
  const reasons = reasonsOf(scene, row);
  const name = shortened(context, nameOf(scene, row), 150); // the reading must stay in sight
  const text = boxLabel(name, scene.labels, values, reasons);
  const box = boxOnScreen(scene, row, picture);
  const size = { width: context.measureText(text).width + 18, height: 21 };
  const x = Math.max(0, Math.min(box.left, width - size.width));
  const free = (y) =>
    y >= 0 &&
    y + size.height <= height &&
    !taken.some((o) => x < o.x + o.width && o.x < x + size.width && Math.abs(y - o.y) < size.height);
  const y = [box.top - size.height - 3, box.top + box.height + 3, box.top + 3].find(free);
  if (y === undefined) return;
  taken.push({ x, y, width: size.width });
  context.fillStyle = "rgba(12, 10, 9, 0.82)";
  context.fillRect(x, y, size.width, size.height);
  context.fillStyle = reasons.length ? "rgba(0, 0, 0, 0)" : leadingColor(scene, values);
  context.fillRect(x, y, 5, size.height);
  context.fillStyle = reasons.length ? UNSURE_COLOR : "#fff";
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.fillText(text, x + 11, y + size.height / 2 + 0.5);
}

/** The text, cut with an ellipsis if it is wider than `room`. */
function shortened(context, text, room) {
  if (context.measureText(text).width <= room) return text;
  const letters = Array.from(text);
  let low = 0;
  let high = letters.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    const fits = context.measureText(`${letters.slice(0, middle).join("")}…`).width <= room;
    if (fits) low = middle;
    else high = middle - 1;
  }
  return `${letters.slice(0, low).join("")}…`;
}
