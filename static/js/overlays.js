/* Dialogs, menus and messages. Menus are <details>, so they open without this module too. */

export function start() {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) {
      openDialog(opener.dataset.opens);
      return;
    }
    event.target.closest('[data-dismiss="toast"]')?.closest("[data-toast]")?.remove();
    closeMenus((menu) => !menu.contains(event.target));
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.activeElement?.closest("[data-menu][open]");
    closeMenus(() => true);
    menu?.querySelector("summary").focus();
  });
  document.addEventListener("focusin", (event) => closeMenus((menu) => !menu.contains(event.target)));
}

export function openDialog(id) {
  const dialog = document.getElementById(id);
  if (dialog && !dialog.open) dialog.showModal();
}

function closeMenus(which) {
  for (const menu of document.querySelectorAll("[data-menu][open]")) {
    if (which(menu)) menu.open = false;
  }
}
