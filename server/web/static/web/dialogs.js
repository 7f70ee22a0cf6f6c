// The sheets: help, who can read, more. One at a time; Escape, "back" and a press beside it close them.

/** Make every `data-open` button open its dialog. */
export function readyDialogs() {
  for (const button of document.querySelectorAll("[data-open]")) {
    button.addEventListener("click", () => openDialog(button.dataset.open));
  }
  for (const dialog of document.querySelectorAll("dialog")) {
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  }
}

/** Open one dialog by its id, in place of another that is open. */
export function openDialog(id) {
  document.querySelector("dialog[open]")?.close();
  const dialog = document.getElementById(id);
  dialog.showModal();
  dialog.scrollTop = 0;
}
