/* Asks whether something changed, while the page is looked at, and shows the answer without moving what is worked on. */
import { announce, onContent } from "./page.js";

const SLOWEST_MS = 30000;
const asking = new WeakSet();

export function start() {
  onContent((root) => root.querySelectorAll("[data-changes-url]").forEach(begin));
}

function begin(slot) {
  if (asking.has(slot)) return;
  asking.add(slot);
  const usual = Number(slot.dataset.changesSeconds) * 1000;
  let pause = usual;
  let etag = slot.dataset.changesEtag ?? "";
  const round = async () => {
    if (!slot.isConnected) return;
    if (!document.hidden) {
      const answer = await ask(slot.dataset.changesUrl, etag);
      // Signed out, or gone: nothing more comes, and what stands there must not pass for news.
      const isOver = answer?.type === "opaqueredirect" || [401, 403, 404].includes(answer?.status);
      if (isOver) return slot.setAttribute("data-not-answered", "");
      const isAnswered = answer && answer.status < 500;
      pause = isAnswered ? usual : Math.min(pause * 2, SLOWEST_MS);
      slot.toggleAttribute("data-not-answered", !isAnswered);
      if (answer?.status === 200) {
        etag = answer.headers.get("ETag") ?? "";
        show(slot, await answer.text());
      }
    }
    setTimeout(round, pause);
  };
  setTimeout(round, pause);
  document.addEventListener("visibilitychange", () => (pause = usual));
}

async function ask(url, etag) {
  try {
    return await fetch(url, {
      headers: etag ? { "If-None-Match": etag } : {},
      cache: "no-store",
      redirect: "manual",
      signal: AbortSignal.timeout(10000),
    });
  } catch {
    return null;
  }
}

function show(slot, html) {
  const fragment = document.createElement("template");
  fragment.innerHTML = html;
  if (fragment.innerHTML.trim() === slot.innerHTML.trim()) return;
  const kept = remember(slot);
  slot.replaceChildren(fragment.content);
  window.htmx?.process(slot);
  restore(slot, kept);
  tell(slot, kept.said);
}

/** What the person has in hand here: where the focus is, and what they opened or closed. */
function remember(slot) {
  const active = slot.contains(document.activeElement) ? document.activeElement : null;
  return {
    focus: active && keyOf(active),
    open: new Map([...slot.querySelectorAll("details[id]")].map((each) => [each.id, each.open])),
    said: saidBy(slot),
  };
}

function restore(slot, kept) {
  for (const each of slot.querySelectorAll("details[id]")) each.open = kept.open.get(each.id) ?? each.open;
  if (!kept.focus) return;
  const same = [...slot.querySelectorAll("a, button, summary")].find((each) => keyOf(each) === kept.focus);
  same?.focus({ preventScroll: true });
}

/** What an element is known by before and after: its name, and where it leads. */
function keyOf(element) {
  const leads = element.id || element.getAttribute("href") || element.form?.getAttribute("action") || element.parentElement?.id;
  return `${element.tagName} ${leads} ${element.getAttribute("aria-label") ?? ""}`;
}

/** Reads out the one sentence of the part that says how things stand, when it is another than before. */
function tell(slot, before) {
  const said = saidBy(slot);
  if (said !== before) announce(said);
}

function saidBy(slot) {
  return slot.querySelector("[data-says]")?.dataset.says ?? "";
}
