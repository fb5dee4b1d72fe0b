/* Keyboard shortcuts. Single letters are off inside fields, and when the person has switched them off. */
import { isUnseen } from "./forms.js";
import { openDialog } from "./overlays.js";

const SEQUENCE_MS = 1200;
const NOT_TYPED_INTO = new Set(["radio", "checkbox", "button", "submit", "reset", "file", "range", "color"]);
let begun = { key: "", at: 0 };

export function start() {
  document.addEventListener("keydown", onKey);
}

function onKey(event) {
  if (event.defaultPrevented || event.isComposing || event.repeat) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return submitHere(event);
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.documentElement.dataset.shortcuts === "off" || isTyping(event.target)) return;
  if (isUnseen()) return;
  if (act(event.key)) event.preventDefault();
}

function act(key) {
  const scope = document.querySelector("dialog[open]") ?? document;
  if (begun.key && performance.now() - begun.at < SEQUENCE_MS) {
    const target = press(scope, `[data-keys="${CSS.escape(begun.key)} ${CSS.escape(key)}"]`);
    begun = { key: "", at: 0 };
    if (target) return true;
  }
  if (key === "g") {
    begun = { key, at: performance.now() };
    return true;
  }
  if (key === "j" || key === "k") return moveRow(scope, key === "j" ? 1 : -1);
  if (key === "/") return focusOn(scope.querySelector("[data-search]"));
  if (key === "?") return openDialog("shortcuts") ?? true;
  return key.length === 1 && press(scope, `[data-key="${CSS.escape(key)}"]`);
}

function press(scope, selector) {
  const target = [...scope.querySelectorAll(selector)].find((element) => element.checkVisibility() && !element.disabled);
  if (!target) return false;
  target.focus();
  target.click();
  return true;
}

function moveRow(scope, step) {
  const rows = [...scope.querySelectorAll("[data-row]")].filter((row) => row.checkVisibility());
  if (!rows.length) return false;
  const now = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[now < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(now + step, 0), rows.length - 1)];
  rows.forEach((row) => row.classList.toggle("is-current", row === next));
  return focusOn(next.querySelector("[data-row-link]"));
}

function focusOn(element) {
  element?.focus();
  return Boolean(element);
}

function submitHere(event) {
  const form = event.target.closest?.("form");
  if (!form || isUnseen()) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector('[data-key="Ctrl Enter"]') ?? form.querySelector('button[type="submit"]'));
}

function isTyping(element) {
  if (element.matches("input")) return !NOT_TYPED_INTO.has(element.type);
  return element.isContentEditable || element.matches("textarea, select");
}
