/* Keeps what is typed: posts a form to its data-draft-url every few seconds while it changes, and when the page goes. */

const PAUSE_MS = 2000;
const AT_LATEST_MS = 5000;
const RETRY_MS = 8000;
const drafts = new WeakMap();

export function start() {
  document.addEventListener("input", (event) => onInput(event.target.form));
  document.addEventListener("submit", onSubmit);
  document.addEventListener("htmx:error", onFailedSubmit);
  document.addEventListener("htmx:after:request", (event) => {
    if ((event.detail?.ctx?.response?.status ?? 0) >= 500) onFailedSubmit(event);
  });
  addEventListener("pagehide", () => eachUnsaved((form) => navigator.sendBeacon(form.dataset.draftUrl, contentOf(form))));
  addEventListener("beforeunload", (event) => {
    // Only when saving has failed: otherwise the beacon above carries the last words.
    eachUnsaved((form, draft) => draft.hasFailed && event.preventDefault());
  });
}

function eachUnsaved(act) {
  for (const form of document.querySelectorAll("form[data-draft-url]")) {
    const draft = drafts.get(form);
    if (draft?.isUnsaved) act(form, draft);
  }
}

function onInput(form) {
  if (!form?.dataset.draftUrl) return;
  let draft = drafts.get(form);
  if (!draft) drafts.set(form, (draft = { isUnsaved: false, hasFailed: false, since: 0, timer: 0, request: null }));
  if (!draft.isUnsaved) draft.since = Date.now();
  draft.isUnsaved = true;
  plan(form, draft, Math.max(0, Math.min(PAUSE_MS, draft.since + AT_LATEST_MS - Date.now())));
}

function onSubmit(event) {
  const draft = drafts.get(event.target);
  if (!draft) return;
  // A draft that arrived after the outcome would bring the text back.
  clearTimeout(draft.timer);
  draft.request?.abort();
  draft.isUnsaved = false;
}

/** The outcome did not arrive: what was typed since the last save is unsaved again. */
function onFailedSubmit(event) {
  if (event.target instanceof HTMLFormElement && drafts.has(event.target)) onInput(event.target);
}

function plan(form, draft, milliseconds) {
  clearTimeout(draft.timer);
  draft.timer = setTimeout(() => save(form, draft), milliseconds);
}

async function save(form, draft) {
  if (!form.isConnected) return;
  draft.isUnsaved = false;
  draft.request?.abort();
  const request = (draft.request = new AbortController());
  try {
    const answer = await fetch(form.dataset.draftUrl, {
      method: "POST",
      body: contentOf(form),
      headers: { "X-Requested-With": "draft" },
      redirect: "manual",
      signal: AbortSignal.any([request.signal, AbortSignal.timeout(10000)]),
    });
    if (answer.type === "opaqueredirect" || answer.status === 401) {
      return failed(form, draft, "You are signed out. Sign in in another tab: what you typed stays here.");
    }
    if (!answer.ok) throw new Error(String(answer.status));
    draft.hasFailed = false;
    say(form, `Saved ${clock(new Date())}`, false);
  } catch {
    if (!request.signal.aborted) failed(form, draft, "Not saved yet; trying again.");
  }
}

function failed(form, draft, sentence) {
  draft.isUnsaved = true;
  draft.hasFailed = true;
  say(form, sentence, true);
  plan(form, draft, RETRY_MS);
}

function contentOf(form) {
  const content = new FormData(form);
  for (const [name, value] of [...content]) {
    // What a person says to be identified is compared once, and kept nowhere.
    if (value instanceof File || name.startsWith("stated_")) content.delete(name);
  }
  return content;
}

function say(form, sentence, isFailing) {
  const place = form.querySelector("[data-draft-state]");
  if (!place) return;
  place.textContent = sentence;
  place.classList.toggle("is-failing", isFailing);
}

function clock(moment) {
  return moment.toLocaleTimeString("en-US", { hour: "numeric", minute: "2-digit" }).replace(/\s?[AP]M$/, "");
}
