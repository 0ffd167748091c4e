// Put into every page before its own scripts: counts what comes in, and notes the last paint.
// A paint follows a change of the document, of a component's shadow root or of a canvas, or a
// picture that was loaded; its time is that of the first task after the next frame.
(() => {
  const measured = (globalThis.__measured = { bytes: 0, messages: 0, last: 0, title: 0 });
  let waiting = false;
  const paint = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => setTimeout(() => {
      waiting = false;
      measured.last = performance.now();
      if (!measured.title && document.querySelector("h1")) measured.title = measured.last;
    }));
  };

  const changes = { childList: true, subtree: true, characterData: true, attributes: true };
  const observer = new MutationObserver(paint);
  observer.observe(document, changes);
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function attachShadow(options) {
    const root = attach.call(this, options);
    observer.observe(root, changes);
    return root;
  };
  const context = CanvasRenderingContext2D.prototype;
  for (const name of ["fill", "stroke", "fillRect", "strokeRect", "fillText", "drawImage"]) {
    const draw = context[name];
    context[name] = function drawn(...values) {
      paint();
      return draw.apply(this, values);
    };
  }
  for (const type of ["load", "loadeddata"]) document.addEventListener(type, paint, true);

  const Socket = globalThis.WebSocket;
  globalThis.WebSocket = class extends Socket {
    constructor(...values) {
      super(...values);
      this.addEventListener("message", ({ data }) => {
        measured.bytes += data.byteLength ?? data.size ?? data.length;
        measured.messages += 1;
      });
    }
  };
})();
