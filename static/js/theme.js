/* The colours change at once; the server keeps the choice with the person, so that the next page comes right. */

export function start() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-choice]");
    if (!button) return;
    event.preventDefault();
    choose(button);
  });
}

function choose(button) {
  const form = button.form;
  document.documentElement.dataset.theme = button.value;
  for (const other of form.querySelectorAll("[data-theme-choice]")) {
    other.setAttribute("aria-pressed", String(other === button));
  }
  const body = new FormData(form, button);
  fetch(form.action, { method: "POST", body, keepalive: true, redirect: "manual" }).catch(() => {
    // Without the server the choice holds for this page only.
  });
}
