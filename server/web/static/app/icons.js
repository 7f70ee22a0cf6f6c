// Line icons, drawn here: nothing is loaded for them.
import { html } from "../lib/ui.js";

const PATHS = {
  back: "M15 5l-7 7 7 7",
  send: "M12 19V5M5.5 11.5L12 5l6.5 6.5",
  more: "M5 7h14M5 12h14M5 17h14",
  dots: "M6 12h.01M12 12h.01M18 12h.01",
  down: "M6 10l6 6 6-6",
  exit: "M10 5H6a1 1 0 0 0-1 1v12a1 1 0 0 0 1 1h4M14 8l4 4-4 4M18 12H9",
  close: "M6 6l12 12M18 6L6 18",
  moon: "M19 14.5A7.5 7.5 0 0 1 9.5 5a7.5 7.5 0 1 0 9.5 9.5z",
  clock: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16M12 8v4l3 2",
  heart: "M12 19s-7-4.4-7-9.3A3.9 3.9 0 0 1 12 7a3.9 3.9 0 0 1 7 2.7C19 14.6 12 19 12 19z",
  people: "M9 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6M3.5 19a5.5 5.5 0 0 1 11 0M16 5.5a3 3 0 0 1 0 5.4M17.5 14a5.5 5.5 0 0 1 3 5",
  person: "M12 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7M5.5 20a6.5 6.5 0 0 1 13 0",
  reply: "M10 7L5 12l5 5M5 12h8a6 6 0 0 1 6 6",
  phone: "M6 4h3l2 5-2 1.5a11 11 0 0 0 4.5 4.5L15 13l5 2v3a2 2 0 0 1-2 2A14 14 0 0 1 4 6a2 2 0 0 1 2-2z",
  shield: "M12 4l7 3v5c0 4-3 7-7 8-4-1-7-4-7-8V7z",
};

/** Draw an icon; it says nothing to a screen reader, the button around it does. */
export function Icon({ name }) {
  return html`<svg viewBox="0 0 24 24" aria-hidden="true"><path d=${PATHS[name]} /></svg>`;
}
