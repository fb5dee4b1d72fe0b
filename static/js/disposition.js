/* Shows the fields that the chosen disposition asks for, right behind the choice, and lets a letter find a rare one.
   Without this module all are shown, and the server decides. */
import { onContent } from "./page.js";

export function start() {
  onContent((root) => root.querySelectorAll("form:has([data-shown-by])").forEach(settle));
  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (form?.querySelector("[data-shown-by]")) settle(form);
  });
  document.addEventListener("click", (event) => {
    const more = event.target.closest("[data-more] > summary")?.parentElement;
    // The click opens it after this handler. Tab would pass by: of radios of one name it stops at the chosen one only.
    if (more && !more.open) setTimeout(() => more.querySelector('input[type="radio"]')?.focus());
  });
  document.addEventListener("keydown", onLetter);
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
  followTheChoice(form);
}

/** Puts what is asked for behind the block of choices with the chosen one: the next Tab leads there. */
function followTheChoice(form) {
  const asked = form.querySelector("[data-asked]");
  const blocks = [...form.querySelectorAll("[data-choices]")];
  if (!asked || !blocks.length) return;
  const block = blocks.find((each) => each.querySelector(":checked")) ?? blocks[0];
  if (block.nextElementSibling !== asked) block.after(asked);
}

/** Chooses the next answer that begins with the letter, as a list would. */
function onLetter(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !/^\p{L}$/u.test(event.key)) return;
  const more = event.target.matches('input[type="radio"]') && event.target.closest("[data-more]");
  if (!more) return;
  const radios = [...more.querySelectorAll('input[type="radio"]')];
  const at = radios.indexOf(event.target);
  const letter = event.key.toLowerCase();
  const next = [...radios.slice(at + 1), ...radios.slice(0, at + 1)].find((radio) =>
    radio.labels[0]?.textContent.trim().toLowerCase().startsWith(letter),
  );
  if (!next) return;
  event.preventDefault();
  next.focus();
  next.click();
}
