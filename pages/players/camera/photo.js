// A photo with its reading, as the camera's picture is shown.

const sheets = new WeakMap();

export default function mount({ data, parentElement }) {
  let sheet = sheets.get(parentElement);
  if (!sheet) {
    sheet = new Sheet(parentElement, data);
    sheets.set(parentElement, sheet);
    sheet.find("foot").hidden = true;
  }
  const call = (sheet.call = {});
  const photo = sheet.find("photo");
  if (photo.src !== data.picture) photo.src = data.picture;
  sheet.find("still").hidden = !data.still;
  if (data.still) sheet.find("still").src = data.still;
  sheet.showReading(data.reading);
  sheet.showTarget(data.target);
  return () => {
    if (sheet.call !== call) return;
    sheets.delete(parentElement);
    sheet.close();
  };
}
