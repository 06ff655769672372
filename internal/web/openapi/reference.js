
"use strict";
const field = document.getElementById("find");
const items = [...document.querySelectorAll("[data-text]")];
const groups = [...document.querySelectorAll("[data-group]")];
field.hidden = false;
field.addEventListener("input", () => {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const item of items) {
    const text = item.dataset.text.toLowerCase();
    item.hidden = !words.every(word => text.includes(word));
  }
  for (const group of groups) {
    group.hidden = !group.querySelector("[data-text]:not([hidden])");
  }
});
document.addEventListener("keydown", event => {
  if (event.key === "/" && document.activeElement !== field) {
    event.preventDefault();
    field.focus();
  }
});
