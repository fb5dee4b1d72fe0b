/* What the other modules share: the CSRF token, the live region, and a call when content is new. */

export function csrfToken() {
  return document.querySelector('meta[name="csrf-token"]')?.content ?? "";
}

/** Reads a text out to those who listen, by the page's one live region. */
export function announce(text) {
  const region = document.getElementById("announcer");
  if (!region || !text) return;
  region.textContent = "";
  // A region read out the same words only if it was empty in between.
  setTimeout(() => (region.textContent = text), 60);
}

/** Calls `each(root)` for the page as it is now, and again after every swap. */
export function onContent(each) {
  each(document);
  document.addEventListener("htmx:after:swap", () => each(document));
}

/** Shows a message where the server's own messages stand. */
export function showMessage(text) {
  const place = document.getElementById("flash");
  if (!place) return;
  const message = document.createElement("div");
  message.className = "toast toast-bad";
  message.setAttribute("role", "alert");
  const words = document.createElement("p");
  words.textContent = text;
  message.append(words);
  place.replaceChildren(message);
}
