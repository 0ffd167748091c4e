// What stands between the page and a camera, as the browser has it.

async function permission(name) {
  try {
    return (await navigator.permissions.query({ name })).state;
  } catch {
    return "unknown"; // a browser that knows of no such permission
  }
}

/** The devices of a kind, such as `videoinput`. */
async function devicesOf(kind) {
  const found = await navigator.mediaDevices?.enumerateDevices?.().catch(() => []);
  return (found ?? []).filter((device) => device.kind === kind);
}

/** `error` is what the browser said, `link` how the last connection came to its end. */
async function cameraStatus(error, link) {
  return {
    secure: window.isSecureContext,
    able: Boolean(navigator.mediaDevices?.getUserMedia && window.RTCPeerConnection),
    cameras: (await devicesOf("videoinput")).length,
    permission: await permission("camera"),
    error,
    link,
  };
}

/** Whether nothing stands in the way. */
function isFine({ secure, able, cameras, permission, error, link }) {
  return secure && able && cameras > 0 && permission !== "denied" && !error && !link;
}

/** Call back whenever a device comes or goes, or a permission changes. */
function watchCameras(changed, signal) {
  navigator.mediaDevices?.addEventListener?.("devicechange", changed, { signal });
  navigator.permissions
    ?.query({ name: "camera" })
    .then((status) => status.addEventListener("change", changed, { signal }))
    .catch(() => {});
}
