/* Asks whether something changed, while the page is looked at, and shows the answer without moving what is worked on. */
import { onContent } from "./page.js";

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
      if (answer && [401, 403, 404].includes(answer.status)) return;
      if (answer?.type === "opaqueredirect") return;
      pause = answer && answer.status < 500 ? usual : Math.min(pause * 2, SLOWEST_MS);
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
  slot.replaceChildren(fragment.content);
  window.htmx?.process(slot);
}
