/* After a change of the page: where the focus goes, and what is read out. */
import { announce, showMessage } from "./page.js";

export function start() {
  settle(document);
  announce(textOf(document.querySelectorAll("#flash [data-toast] p")));
  document.addEventListener("htmx:after:swap", () => settle(document));
  document.addEventListener("htmx:after:request", (event) => {
    const status = event.detail?.ctx?.response?.status ?? 0;
    if (status >= 500) showMessage("The server could not do this. What you typed is still here: try again in a moment.");
  });
  document.addEventListener("htmx:error", () => {
    showMessage("The server does not answer. What you typed is still here: try again in a moment.");
  });
}

/** Each heading or summary takes the focus once, when it is new. */
function settle(root) {
  const summary = fresh(root, "[data-takes-focus]");
  const heading = fresh(root, "[data-new-heading]", root === document && !settle.hasRun);
  settle.hasRun = true;
  (summary ?? heading)?.focus();
  const spoken = fresh(root, "[data-announce]");
  announce(spoken?.dataset.announce ?? (summary ? "" : heading?.textContent.trim()));
}

/** The first such element not met before; on the first page load headings are only noted. */
function fresh(root, selector, isOnlyNoted = false) {
  let found;
  for (const element of root.querySelectorAll(selector)) {
    if (element.isSettled) continue;
    element.isSettled = true;
    found ??= element;
  }
  return isOnlyNoted ? undefined : found;
}

function textOf(elements) {
  return [...elements].map((element) => element.textContent.trim()).join(" ");
}
