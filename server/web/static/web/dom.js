// The few DOM moves that every view needs. Text goes in as text, never as HTML.

/** Return the element with this id. */
export function byId(id) {
  return document.getElementById(id);
}

/** Make an element: `make("p", {class: "meta"}, "text", child)`. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** Make a button that does something. */
export function makeButton(text, className, onPress) {
  const button = make("button", { type: "button", class: className }, text);
  button.addEventListener("click", onPress);
  return button;
}

/** Show a text in an element, or hide the element when there is none. */
export function showText(element, text) {
  element.hidden = !text;
  if (element.textContent !== text) element.textContent = text;
}

/** Have a screen reader say something once. */
export function announce(text) {
  const line = make("p", {}, text);
  byId("announcer").append(line);
  setTimeout(() => line.remove(), 10_000);
}
