/* Keeps the lease of the task on the page, says when it is lost, and hints to the server that the page was left. */
import { announce, csrfToken, onContent } from "./page.js";

const beating = new WeakSet();

export function start() {
  onContent((root) => root.querySelectorAll("[data-lease-url]").forEach(begin));
  addEventListener("pagehide", () => {
    const bar = document.querySelector("[data-lease-leave]");
    // Only a hint: the page may be a reload. The server shortens the lease and the next beat renews it.
    if (bar && !bar.hasLostLease) navigator.sendBeacon(bar.dataset.leaseLeave, proof(bar));
  });
}

function begin(bar) {
  if (beating.has(bar)) return;
  beating.add(bar);
  const milliseconds = Number(bar.dataset.leaseSeconds) * 1000;
  const timer = setInterval(async () => {
    if (!bar.isConnected || (await beat(bar)) === "lost") clearInterval(timer);
  }, milliseconds);
  // Timers sleep in a tab that is not looked at; the first thing on coming back is to ask.
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && bar.isConnected && !bar.hasLostLease) beat(bar);
  });
}

async function beat(bar) {
  let answer;
  try {
    answer = await fetch(bar.dataset.leaseUrl, {
      method: "POST",
      body: proof(bar),
      redirect: "manual",
      signal: AbortSignal.timeout(10000),
    });
  } catch {
    answer = null;
  }
  if (answer?.status === 409) {
    showLost(bar);
    return "lost";
  }
  bar.classList.toggle("is-short", !answer?.ok);
  const until = answer?.ok ? await answer.text() : "";
  if (until && until.length < 40) bar.querySelector("[data-lease-until]").textContent = until;
  return answer?.ok ? "kept" : "unknown";
}

function showLost(bar) {
  bar.hasLostLease = true;
  const message = bar.querySelector("[data-lease-lost]");
  message.hidden = false;
  announce(message.textContent);
}

function proof(bar) {
  const body = new FormData();
  body.set("lease_token", bar.dataset.leaseToken ?? "");
  body.set("csrf_token", csrfToken());
  return body;
}
