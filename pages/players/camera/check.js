// Says what stands between the page and a camera, and keeps an eye on it. It shows nothing.
//
// streamlit-webrtc tells of no error in Python; it shows what the browser said, in its own frame.
// That is read here, so that the page can say what to do about it.

const QUIET = 300; // ms; a permission brings several events at once, which are reported together

async function permission(name) {
  try {
    return (await navigator.permissions.query({ name })).state;
  } catch {
    return "unknown"; // a browser that knows of no such permission
  }
}

class CameraCheck {
  constructor() {
    this.abort = new AbortController();
    const { signal } = this.abort;
    navigator.mediaDevices?.addEventListener?.("devicechange", () => this.soon(), { signal });
    navigator.permissions
      ?.query({ name: "camera" })
      .then((status) => status.addEventListener("change", () => this.soon(), { signal }))
      .catch(() => {});
    this.timer = setInterval(() => this.look(), 1000);
  }

  update(data, setStateValue) {
    this.frame = data.frame;
    this.set = setStateValue;
    this.soon();
  }

  /** What the frame of the camera shows as an error; empty without one. */
  shown() {
    try {
      const frame = document.querySelector(this.frame);
      const alert = frame?.contentDocument?.querySelector('[role="alert"]');
      return (alert?.innerText ?? "").trim().slice(0, 200);
    } catch {
      return "";
    }
  }

  look() {
    if (this.shown() !== this.error) this.soon();
  }

  soon() {
    clearTimeout(this.later);
    this.later = setTimeout(() => this.report(), QUIET);
  }

  async report() {
    const devices = navigator.mediaDevices;
    const found = devices?.enumerateDevices
      ? await devices.enumerateDevices().catch(() => [])
      : [];
    this.error = this.shown();
    const status = {
      secure: window.isSecureContext,
      able: Boolean(devices?.getUserMedia && window.RTCPeerConnection),
      cameras: found.filter((device) => device.kind === "videoinput").length,
      permission: await permission("camera"),
      error: this.error,
    };
    const text = JSON.stringify(status);
    if (this.abort.signal.aborted || text === this.reported) return;
    this.reported = text;
    this.set("status", status);
  }

  close() {
    clearInterval(this.timer);
    clearTimeout(this.later);
    this.abort.abort();
  }
}

const checks = new WeakMap();

export default function mount({ data, parentElement, setStateValue }) {
  let check = checks.get(parentElement);
  if (!check) {
    check = new CameraCheck();
    checks.set(parentElement, check);
  }
  // Streamlit may drop the cleanup of an earlier call after a later one has taken over.
  const call = (check.call = {});
  check.update(data, setStateValue);
  return () => {
    if (check.call !== call) return;
    checks.delete(parentElement);
    check.close();
  };
}
