/* Shows the fields that the chosen disposition asks for. Without this module all are shown, and the server decides. */
import { onContent } from "./page.js";

export function start() {
  onContent((root) => root.querySelectorAll("form:has([data-shown-by])").forEach(settle));
  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (form?.querySelector("[data-shown-by]")) settle(form);
  });
}

function settle(form) {
  const chosen = new Set();
  for (const choice of form.querySelectorAll("input[data-shows]:checked, option[data-shows]:checked")) {
    choice.dataset.shows.split(" ").forEach((name) => chosen.add(name));
  }
  for (const block of form.querySelectorAll("[data-shown-by]")) {
    const isShown = block.dataset.shownBy.split(" ").some((name) => chosen.has(name));
    block.hidden = !isShown;
    // What is not asked for is not sent; what was typed stays in the field in case the choice is changed back.
    for (const control of block.querySelectorAll("input, select, textarea, button")) control.disabled = !isShown;
  }
}
