"use strict";
// Shows an image that was chosen, before it is sent: in the row's preview column, with its size in pixels and kilobytes.
document.addEventListener("change", (event) => {
  const field = event.target;
  if (!(field instanceof HTMLInputElement) || field.type !== "file" || !field.accept.includes("image/")) return;
  const row = field.closest("tr") || field.parentElement;
  const place = row.querySelector(".field-preview") || field.parentElement;
  let shown = place.querySelector(".chosen");
  if (!shown) {
    shown = document.createElement("span");
    shown.className = "preview chosen";
    place.replaceChildren(shown);
  }
  shown.replaceChildren();
  const file = field.files[0];
  if (!file) return;
  const image = document.createElement("img");
  const words = document.createElement("span");
  const size = `${Math.max(1, Math.round(file.size / 1000)).toLocaleString("en")} kB`;
  image.alt = `Preview of ${file.name}`;
  words.textContent = size;
  image.addEventListener("load", () => {
    words.textContent = `${image.naturalWidth} × ${image.naturalHeight}, ${size}`;
    URL.revokeObjectURL(image.src);
  });
  image.addEventListener("error", () => {
    words.textContent = "This file cannot be shown: choose a JPEG, PNG or WebP.";
    image.remove();
  });
  image.src = URL.createObjectURL(file);
  shown.append(image, words);
});
