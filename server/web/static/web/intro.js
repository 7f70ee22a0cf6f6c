// The page without a token: come in with a code or a password.
import { Problem, createApi } from "./api.js";
import { byId, showText } from "./dom.js";
import { t } from "./i18n.js";
import { findCode, keepToken } from "./session.js";

/** Make the forms work; `note` is a reason to show above, or null. */
export function startIntro(note) {
  document.documentElement.dataset.face = "intro";
  showText(byId("intro-note"), note ? t(`intro.${note}`) : "");
  byId("enrol").hidden = false;
  byId("staff").hidden = false;
  byId("enrol-code").value = findCode();
  ready(byId("enrol"), "/enrol", "form.wrong_code");
  ready(byId("sign-in"), "/sessions", "form.wrong_password");
}

function ready(form, path, wrongKey) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    const problem = await comeIn(path, fieldsOf(form), wrongKey);
    button.disabled = false;
    showText(form.querySelector(".form-note"), problem);
  });
}

async function comeIn(path, fields, wrongKey) {
  try {
    const { token } = await createApi(null)("POST", path, { ...fields, device_name: deviceName() });
    keepToken(token);
    location.reload();
    return "";
  } catch (error) {
    return sentenceFor(error, wrongKey);
  }
}

function sentenceFor(error, wrongKey) {
  if (!(error instanceof Problem) || error.status >= 500) return t("form.unreachable");
  if (error.status === 429) return t("form.slow");
  return t(error.code.startsWith("auth.") ? wrongKey : "form.invalid");
}

function fieldsOf(form) {
  const fields = Object.fromEntries(new FormData(form));
  for (const name of Object.keys(fields)) if (name !== "password") fields[name] = fields[name].trim();
  return fields;
}

function deviceName() {
  const systems = ["Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux"];
  const system = systems.find((name) => navigator.userAgent.includes(name));
  return system ? `Browser, ${system}` : "Browser";
}
