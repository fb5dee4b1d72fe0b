/* Dragging a proposed move to a person: it chooses in the row what the row's own list could choose too. */
import { announce, onContent } from "./page.js";

export function start() {
  onContent((root) => root.querySelectorAll("[data-drag-moves]").forEach(begin));
}

function begin(form) {
  if (form.isDraggable) return;
  form.isDraggable = true;
  // Touch screens have no such dragging; the lists in the rows do the same.
  if (!matchMedia("(pointer: fine)").matches) return;
  const hint = form.querySelector("[data-drag-hint]");
  if (hint) hint.hidden = false;
  let carried = null;
  for (const handle of form.querySelectorAll("[data-drag-move]")) {
    const row = handle.closest("tr");
    row.draggable = true;
    row.classList.add("is-draggable");
    row.addEventListener("dragstart", (event) => {
      carried = form.elements[handle.dataset.dragMove];
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", "");
    });
    row.addEventListener("dragend", () => (carried = null));
  }
  for (const target of document.querySelectorAll("[data-drop-person]")) {
    const row = target.closest("tr");
    row.addEventListener("dragover", (event) => {
      if (!optionOf(carried, target)) return;
      event.preventDefault();
      row.classList.add("is-drop-target");
    });
    row.addEventListener("dragleave", () => row.classList.remove("is-drop-target"));
    row.addEventListener("drop", (event) => {
      event.preventDefault();
      row.classList.remove("is-drop-target");
      choose(carried, target);
    });
  }
}

/** Whoever has the task already is no choice of the list: dropped there, it stays. */
function optionOf(select, target) {
  return select && [...select.options].find((each) => each.value === target.dataset.dropPerson);
}

function choose(select, target) {
  const option = optionOf(select, target);
  if (!option) return;
  select.value = option.value;
  select.closest("tr").classList.add("is-amended");
  select.dispatchEvent(new Event("change", { bubbles: true }));
  announce(`${option.textContent.trim()} gets it once you save.`);
}
