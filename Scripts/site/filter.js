// Shows the vectors whose text has every word that was typed.
const field = document.querySelector(".filter");
const count = document.querySelector(".count");
const entries = [...document.querySelectorAll("[data-text]")];
function show() {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const entry of entries) {
    const text = entry.dataset.text;
    entry.hidden = !words.every((word) => text.includes(word));
    if (!entry.hidden) shown += 1;
  }
  count.textContent = words.length ? `${shown} of ${entries.length}` : `${entries.length}`;
}
field.addEventListener("input", show);
// What was typed is there again when the page is gone back to.
show();
// A link from elsewhere leads to a vector that the field may hide.
window.addEventListener("hashchange", () => { field.value = ""; show(); });
