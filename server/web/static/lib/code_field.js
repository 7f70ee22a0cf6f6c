// The field for a code of an app or a recovery code; it takes the focus when it appears.
import { t } from "./i18n.js";
import "./factor_words.js";
import { Field, html, useLayoutEffect, useRef } from "./ui.js";

/** `label` and `hint` say which code, where it is not the one of signing in. */
export function CodeField({ label = t("code.label"), hint = t("code.hint") }) {
  const field = useRef(null);
  useLayoutEffect(() => field.current.focus(), []);
  return html`<${Field} label=${label} hint=${hint}>
    <input name="otp" inputmode="text" autocomplete="one-time-code" autocapitalize="off" spellcheck=${false} required maxlength="64" ref=${field} />
  <//>`;
}

/** Return what to fill in, by the server's `auth.otp_required`: who has no app is not asked for its digits. */
export function hintFor({ body }) {
  return t(body.factors?.includes("totp") === false ? "code.hint.passkey" : "code.hint");
}
