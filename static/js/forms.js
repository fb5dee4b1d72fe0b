/* A second press does nothing while the first is on its way. The server has its own key against doubles; this spares
   the person the question whether it was sent. */

/* After new content came in, a key still held down or pressed twice must not act on what the person has not seen. */
const UNSEEN_MS = 400;
let contentCameAt = -UNSEEN_MS;

export function start() {
  document.addEventListener("submit", onSubmit, { capture: true });
  document.addEventListener("htmx:after:swap", (event) => {
    if (event.detail.ctx.swap !== "none") contentCameAt = performance.now();
  });
  document.addEventListener("htmx:finally:request", (event) => release(event.target));
  // A page taken back from the browser's memory still shows the state in which it was left.
  addEventListener("pageshow", () => document.querySelectorAll("form[data-is-sent]").forEach(release));
}

export function isUnseen() {
  return performance.now() - contentCameAt < UNSEEN_MS;
}

function onSubmit(event) {
  const form = event.target;
  if (!form.matches("[data-guarded]")) return;
  if (form.dataset.isSent !== undefined || isUnseen()) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  form.dataset.isSent = "";
  event.submitter?.setAttribute("aria-busy", "true");
}

function release(form) {
  if (!(form instanceof HTMLFormElement)) return;
  delete form.dataset.isSent;
  for (const button of form.querySelectorAll('[aria-busy="true"]')) button.removeAttribute("aria-busy");
}
