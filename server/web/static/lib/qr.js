// A QR code, made in this browser: what it holds goes to no other machine.
import { html, useMemo } from "./ui.js";
import qrcode from "../vendor/qrcode.js";

const QUIET = 4; // modules of white around it, as the standard asks

/** Draw a text as a QR code; `label` says what it is. Black on white in the dark too: phones want it so. */
export function QrCode({ text, label }) {
  const { path, size } = useMemo(() => draw(text), [text]);
  return html`<svg class="qr" role="img" aria-label=${label} viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges">
    <rect width=${size} height=${size} fill="#fff" /><path d=${path} fill="#000" />
  </svg>`;
}

function draw(text) {
  const code = qrcode(0, "M");
  code.addData(text, "Byte");
  code.make();
  const count = code.getModuleCount();
  let path = "";
  for (let row = 0; row < count; row += 1) {
    for (let column = 0; column < count; column += 1) {
      if (code.isDark(row, column)) path += `M${column + QUIET} ${row + QUIET}h1v1h-1z`;
    }
  }
  return { path, size: count + 2 * QUIET };
}
