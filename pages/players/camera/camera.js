// The camera: its picture is shown as the browser has it, and what Eme reads is drawn over it. The
// picture never leaves for Eme and comes back, so that no other work there makes it old.

const QUIET = 300; // ms; a permission brings several events at once, which are reported together
const REPORT = 500; // ms from one report on the screen to the next
const SAID = 10; // reports that the words on the age are about
const STRIP = 200; // ms from one drawing of the strip to the next

/** Now on the clock of the page's pictures, as ms since 1970. */
const timeOf = (moment) => performance.timeOrigin + moment;

class Camera {
  constructor(root, data, setStateValue) {
    const picture = root.querySelector('[data-part="picture"]');
    this.root = root;
    this.sheet = new Sheet(root, data);
    this.find = this.sheet.find;
    this.video = picture.querySelector("video");
    this.set = setStateValue;
    this.abort = new AbortController();
    const { signal } = this.abort;
    this.find("start").addEventListener("click", () => this.start(), { signal });
    this.find("stop").addEventListener("click", () => this.stop(), { signal });
    for (const name of ["cameras", "microphones"]) {
      const again = () => this.stream && this.stop().then(() => this.start());
      this.find(name).querySelector("select").addEventListener("change", again, { signal });
    }
    this.video.addEventListener("resize", () => this.fit(), { signal });
    window.addEventListener("pagehide", () => this.release(), { signal });
    const pause = () => this.age.pause(performance.now());
    document.addEventListener("visibilitychange", pause, { signal });
    watchCameras(() => this.soon(), signal);
    this.error = this.ending = "";
    this.age = new PictureAge(performance.now());
    this.show();
  }

  update(data, setStateValue) {
    this.data = data;
    this.set = setStateValue;
    if (data.answer && data.answer.id === this.id) this.answered(data.answer);
    this.soon();
  }

  async start() {
    if (this.starting || this.stream) return;
    this.starting = true;
    this.error = this.ending = "";
    this.show("Your browser asks whether Eme may use the camera. Choose Allow.");
    const call = (this.begun = {});
    try {
      const stream = await this.ask();
      if (this.begun !== call) return stream.getTracks().forEach((track) => track.stop());
      this.stream = stream;
      this.video.srcObject = stream;
      stream.getVideoTracks()[0].addEventListener("ended", () => this.broken("unplugged"));
      await this.video.play().catch(() => {});
      await this.list();
      await this.connect();
    } catch (error) {
      if (this.begun !== call) return;
      this.release();
      this.error = `${error.name}: ${error.message}`.slice(0, 200);
    } finally {
      this.starting = false;
      this.show();
      this.soon();
    }
  }

  /** Ask the browser for the camera, with the microphone if there is one. */
  async ask() {
    const chosen = (name) => this.find(name).querySelector("select").value;
    const device = (name) => (chosen(name) ? { deviceId: { ideal: chosen(name) } } : {});
    const video = { ...this.data.video, ...device("cameras") };
    if (chosen("cameras")) delete video.facingMode;
    const audio = this.data.sound ? { ...this.data.sound, ...device("microphones") } : false;
    try {
      return await navigator.mediaDevices.getUserMedia({ video, audio });
    } catch (error) {
      if (!audio) throw error;
      return navigator.mediaDevices.getUserMedia({ video, audio: false });
    }
  }

  /** Cameras and microphones to choose from, where there are several. */
  async list() {
    const kinds = { cameras: "videoinput", microphones: "audioinput" };
    for (const [name, kind] of Object.entries(kinds)) {
      const found = (await devicesOf(kind)).filter((device) => device.label);
      const track = this.stream?.getTracks().find((each) => kind.startsWith(each.kind));
      const used = track?.getSettings().deviceId;
      const options = found.map((device) => {
        const isUsed = device.deviceId === used;
        return new Option(device.label, device.deviceId, isUsed, isUsed);
      });
      this.find(name).querySelector("select").replaceChildren(...options);
      this.find(name).hidden = !track || found.length < 2;
    }
  }

  async connect() {
    this.schedule = this.view = this.shown = null;
    this.stills = [];
    this.reports = [];
    this.readings = [];
    this.lowered = false;
    this.total = undefined;
    this.sheet.strip.begin(null);
    this.sheet.showReading(null);
    const link = new Link(this.stream, this.data.servers, {
      hear: (kind, message) => this[kind === "view" ? "viewed" : "controlled"](message),
      ended: (stood) => this.broken(stood ? "lost" : "failed"),
    });
    this.link = link;
    this.age = new PictureAge(performance.now());
    this.follow(link);
    // with the next frame: by then the page has seen what came while it was at work
    this.timer = setInterval(() => requestAnimationFrame(() => this.report(link)), REPORT);
    const sdp = await link.offer();
    if (this.link !== link) return;
    this.id = crypto.randomUUID?.() ?? String(Math.random());
    this.set("offer", { id: this.id, sdp });
  }

  answered({ sdp, error }) {
    if (error) this.broken("failed");
    else this.link?.accept(sdp).catch(() => this.broken("failed"));
  }

  /** Do something with each picture that comes onto the screen, until the camera is off. */
  follow(link) {
    const next = (now, picture) => {
      if (this.link !== link) return;
      const displayed = picture?.expectedDisplayTime ?? now;
      this.mark(link, displayed - (picture?.captureTime ?? displayed));
      this.age.shown(displayed, picture?.captureTime, picture?.presentedFrames ?? NaN);
      this.draw(timeOf(displayed));
      ask();
    };
    const ask = () =>
      this.video.requestVideoFrameCallback
        ? this.video.requestVideoFrameCallback(next)
        : requestAnimationFrame(next);
    ask();
  }

  /** A picture that is still there when it is too old is marked as late until the next comes. */
  mark(link, age) {
    clearTimeout(this.late);
    sayIn(this.find("late"), "");
    // with a frame: by then the page has seen a picture that came while it was at work
    const say = () => this.link === link && sayIn(this.find("late"), "The picture is late");
    const look = () => (this.frame = requestAnimationFrame(say));
    cancelAnimationFrame(this.frame);
    this.late = setTimeout(look, Math.max(this.data.oldest - age, 0));
  }

  viewed(view) {
    if (!this.view || view.time > this.view.time) this.view = view;
  }

  controlled({ schedule, still, quality }) {
    if (schedule !== undefined) {
      this.schedule = schedule;
      this.stills = [];
      this.sheet.strip.begin(schedule);
      this.drawn = 0;
    }
    if (still) this.stills.push([still.since, still.picture]);
    if (quality) {
      this.lowered = quality.lowered;
      this.link?.adapt(quality);
    }
  }

  /** Draw what is known, and what is asked at this moment of the screen. */
  draw(now) {
    const { view, sheet, schedule } = this;
    const seconds = schedule ? (now - schedule.begins) / 1000 : 0;
    sheet.showSchedule(schedule, seconds, newestOf(this.stills, Math.max(seconds, 0)));
    if (view && view !== this.shown) {
      this.shown = view;
      if (view.reading?.time !== this.read) this.took(view.reading, now);
      sheet.showBox(view.box);
    }
    if (now - (this.drawn ?? 0) < STRIP) return;
    this.drawn = now;
    sheet.strip.draw(now, sheet.theme);
  }

  took(reading, now) {
    this.read = reading?.time;
    this.sheet.showReading(reading);
    if (!reading) return;
    this.sheet.strip.push(reading.time, reading);
    if (reading.shares.length) this.readings.push(now - reading.time);
  }

  /** Say how old the picture is, here and to Eme. */
  report(link) {
    if (document.hidden || this.link !== link) return;
    const report = this.age.report(performance.now());
    const seconds = (performance.now() - (this.reported ?? 0)) / 1000;
    const total = this.video.getVideoPlaybackQuality?.().totalVideoFrames;
    const camera = (total - this.total) / seconds;
    [this.reported, this.total] = [performance.now(), total];
    const readings = this.readings.splice(0);
    this.reports.push({ ...report, readings, seconds: REPORT / 1000 });
    if (this.reports.length > SAID) this.reports.shift();
    sayIn(this.find("age"), this.shown ? ageWords(this.reports, this) : "");
    const asSeconds = (value) => (value === null ? null : value / 1000);
    link.tell({
      now: timeOf(performance.now()) / 1000,
      age: asSeconds(report.age),
      oldest: asSeconds(report.oldest),
      camera: Number.isFinite(camera) ? camera : null,
      pictures: report.pictures,
      reading: asSeconds(median(readings)),
    });
    this.show();
  }

  fit() {
    const { videoWidth: width, videoHeight: height } = this.video;
    if (width && height) this.find("picture").style.aspectRatio = `${width} / ${height}`;
  }

  broken(how) {
    this.release();
    this.ending = how;
    this.show();
    this.soon();
  }

  async stop() {
    this.release();
    this.show();
    this.soon();
  }

  /** Switch everything off. */
  release() {
    this.begun = null;
    clearInterval(this.timer);
    clearTimeout(this.late);
    this.link?.close();
    this.stream?.getTracks().forEach((track) => track.stop());
    this.video.srcObject = null;
    if (this.id) this.set("offer", null);
    this.link = this.stream = this.id = this.shown = null;
    this.starting = false;
  }

  show(words = "") {
    const on = Boolean(this.stream);
    this.find("start").hidden = on || Boolean(this.starting);
    this.find("stop").hidden = !on;
    this.find("sheet").hidden = !on;
    for (const name of on ? [] : ["age", "cameras", "microphones"]) this.find(name).hidden = true;
    sayIn(this.find("waiting"), words || (on && !this.shown ? "Connecting to Eme …" : ""));
  }

  soon() {
    clearTimeout(this.later);
    this.later = setTimeout(() => this.describe(), QUIET);
  }

  async describe() {
    const status = await cameraStatus(this.error, this.ending);
    const text = JSON.stringify(status);
    if (this.abort.signal.aborted || text === this.described) return;
    // a run of the page for nothing would close a dialog that was opened meanwhile
    if (this.described === undefined && isFine(status)) return;
    this.described = text;
    this.set("status", status);
  }

  close() {
    clearTimeout(this.later);
    this.abort.abort();
    this.set = () => {}; // the page that asked is gone
    this.release();
    this.sheet.close();
  }
}

const cameras = new WeakMap();

export default function mount({ data, parentElement, setStateValue }) {
  let camera = cameras.get(parentElement);
  if (!camera) {
    camera = new Camera(parentElement, data, setStateValue);
    cameras.set(parentElement, camera);
  }
  // Streamlit may drop the cleanup of an earlier call after a later one has taken over.
  const call = (camera.call = {});
  camera.update(data, setStateValue);
  return () => {
    if (camera.call !== call) return;
    cameras.delete(parentElement);
    camera.close();
  };
}
