// The connection of the camera with Eme, by WebRTC. Pictures and sound go there; what is read comes
// back on one channel on which only the newest counts, and what is to be done on a reliable one.

const GATHERING = 3000; // ms; a STUN server that does not answer holds nothing up for longer
const CONNECTING = 30000;

class Link {
  /**
   * `hear` is given each message, `view` or `control`; `ended` is called once, with whether the
   * connection ever stood, unless it was closed from here.
   */
  constructor(stream, servers, { hear, ended }) {
    this.peer = new RTCPeerConnection({ iceServers: servers });
    this.ended = ended;
    for (const track of stream.getTracks()) {
      const sends = { direction: "sendonly", streams: [stream] };
      const { sender } = this.peer.addTransceiver(track, sends);
      if (track.kind === "video") this.video = sender;
    }
    const views = this.peer.createDataChannel("views", { ordered: false, maxRetransmits: 0 });
    this.control = this.peer.createDataChannel("control");
    views.onmessage = ({ data }) => hear("view", JSON.parse(data));
    this.control.onmessage = ({ data }) => hear("control", JSON.parse(data));
    this.control.onopen = () => {
      this.stood = true;
      clearTimeout(this.timer);
    };
    this.control.onclose = () => this.end();
    this.peer.onconnectionstatechange = () => {
      if (["failed", "closed"].includes(this.peer.connectionState)) this.end();
    };
    this.timer = setTimeout(() => this.end(), CONNECTING);
  }

  /** What is offered to the other side, once it is complete. */
  async offer() {
    await this.peer.setLocalDescription();
    await new Promise((done) => {
      const look = () => this.peer.iceGatheringState === "complete" && done();
      this.peer.addEventListener("icegatheringstatechange", look);
      setTimeout(done, GATHERING);
      look();
    });
    return this.peer.localDescription.sdp;
  }

  async accept(sdp) {
    if (this.peer.signalingState === "have-local-offer") {
      await this.peer.setRemoteDescription({ type: "answer", sdp });
    }
  }

  /** Send fewer and smaller pictures, or more; the one on the screen stays as it is. */
  async adapt({ fps, scale }) {
    const parameters = this.video?.getParameters();
    if (!parameters?.encodings?.length) return;
    parameters.encodings[0].maxFramerate = fps;
    parameters.encodings[0].scaleResolutionDownBy = scale;
    await this.video.setParameters(parameters).catch(() => {});
  }

  tell(message) {
    if (this.control.readyState === "open") this.control.send(JSON.stringify(message));
  }

  end() {
    if (this.closed) return;
    this.close();
    this.ended(Boolean(this.stood));
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    this.peer.close();
  }
}
