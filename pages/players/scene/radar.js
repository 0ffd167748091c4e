// The seven emotions of the moment, one polygon for each face in view.

/** A canvas fitted to its size on the page, in device pixels; returns its context and size. */
function fitCanvas(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
  }
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

/** Colours and font of the page's theme, read from the properties that Streamlit sets. */
function themeOf(element) {
  const style = getComputedStyle(element);
  const read = (name, otherwise) => style.getPropertyValue(name).trim() || otherwise;
  return {
    text: read("--st-text-color", "#eee"),
    background: read("--st-background-color", "#111"),
    raised: read("--st-secondary-background-color", "#222"),
    border: read("--st-border-color", "#555"),
    accent: read("--st-primary-color", "#e8a06a"),
    font: read("--st-font", "sans-serif"),
  };
}

function radarPoint(center, radius, index, count) {
  const angle = -Math.PI / 2 + (index * 2 * Math.PI) / count;
  return [center[0] + radius * Math.cos(angle), center[1] + radius * Math.sin(angle)];
}

function tracePolygon(context, points) {
  context.beginPath();
  points.forEach(([x, y], i) => (i ? context.lineTo(x, y) : context.moveTo(x, y)));
  context.closePath();
}

function drawRadarGrid(context, scene, center, radius, theme) {
  const k = scene.labels.length;
  const ring = (share) => scene.labels.map((_, i) => radarPoint(center, radius * share, i, k));
  context.strokeStyle = theme.text;
  context.lineWidth = 1;
  for (const share of [0.25, 0.5, 0.75, 1]) {
    context.globalAlpha = share === 1 ? 0.35 : 0.16;
    tracePolygon(context, ring(share));
    context.stroke();
  }
  context.globalAlpha = 0.16;
  for (const [x, y] of ring(1)) {
    context.beginPath();
    context.moveTo(...center);
    context.lineTo(x, y);
    context.stroke();
  }
  context.globalAlpha = 0.6;
  context.fillStyle = theme.text;
  context.font = `10px ${theme.font}`;
  context.textAlign = "left";
  context.textBaseline = "middle";
  for (const share of [0.5, 1]) {
    context.fillText(percent(share), center[0] + 4, center[1] - radius * share + 7);
  }
  context.globalAlpha = 1;
}

function drawRadarLabels(context, scene, center, radius, theme, leading) {
  const k = scene.labels.length;
  context.textBaseline = "middle";
  scene.labels.forEach((label, i) => {
    const [x, y] = radarPoint(center, radius + 16, i, k);
    const side = x - center[0];
    context.textAlign = Math.abs(side) < 4 ? "center" : side > 0 ? "left" : "right";
    context.font = `${i === leading ? "700 " : ""}13px ${theme.font}`;
    context.fillStyle = theme.text;
    context.globalAlpha = leading === undefined || i === leading ? 1 : 0.8;
    context.fillText(label, x, y);
    const [dotX, dotY] = radarPoint(center, radius + 5, i, k);
    context.globalAlpha = 1;
    context.fillStyle = scene.colors[i];
    context.beginPath();
    context.arc(dotX, dotY, 4, 0, 2 * Math.PI);
    context.fill();
  });
}

/**
 * Draw the readings of `rows`; without rows the radar says that there is no face. Unsure ones are
 * faded and dashed, and no emotion's name is set bold for them.
 */
function drawRadar(canvas, scene, rows, prominent, theme) {
  const { clientWidth: width, clientHeight: height } = canvas;
  if (!width || !height) return;
  const context = fitCanvas(canvas, width, height);
  const k = scene.labels.length;
  const radius = Math.max(30, Math.min(width / 2 - 74, height / 2 - 26));
  const center = [width / 2, height / 2 + 6];
  const readings = new Map(rows.map((row) => [row, probabilitiesOf(scene, row)]));
  const sure = readings.has(prominent) && !isUnsure(scene, prominent);
  const leading = sure ? leadingOf(readings.get(prominent), 0, k) : undefined;
  drawRadarGrid(context, scene, center, radius, theme);
  drawRadarLabels(context, scene, center, radius, theme, leading);
  for (const row of [...rows.filter((each) => each !== prominent), prominent]) {
    if (!readings.has(row)) continue;
    const values = readings.get(row);
    const unsure = isUnsure(scene, row);
    const strong = row === prominent && !unsure;
    const color = scene.colors[leadingOf(values, 0, k)];
    tracePolygon(context, values.map((value, i) => radarPoint(center, radius * value, i, k)));
    context.globalAlpha = strong ? 0.32 : 0.08;
    context.fillStyle = color;
    context.fill();
    context.globalAlpha = strong ? 1 : 0.55;
    context.strokeStyle = unsure ? theme.text : color;
    context.lineWidth = strong ? 2.5 : 1.2;
    context.lineJoin = "round";
    context.setLineDash(unsure ? [5, 4] : []);
    context.stroke();
    context.setLineDash([]);
  }
  context.globalAlpha = 1;
  if (!rows.length) drawEmptyRadar(context, center, theme);
}

function drawEmptyRadar(context, [x, y], theme) {
  const words = "No face in view";
  context.font = `14px ${theme.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  const half = context.measureText(words).width / 2 + 10;
  context.fillStyle = theme.background;
  context.fillRect(x - half, y - 13, half * 2, 26);
  context.fillStyle = theme.text;
  context.fillText(words, x, y);
}
