// One's own: sessions, second factors, test page, and how this desk looks and sounds.
import { html, useState } from "../lib/ui.js";
import { language, t } from "../lib/i18n.js";
import { findChoice, keepChoice } from "../lib/session.js";
import { sound, switchSound, tryOut } from "./alarm.js";
import { areKeysOn, switchKeys } from "./keys.js";
import { canUsePasskeys, makeOne } from "./passkeys.js";
import { ActDialog, Chip, Choice, Dialog, Empty, Field, KeyButton, Loaded, Panel, Table, Title, When } from "./parts.js";
import { canPush, turnOff, turnOn } from "./push.js";
import { QrCode } from "./qr.js";
import { CodeField, sayWhy } from "./signin.js";
import { call, isCoordinator, me, needsFactor, say, useLoad } from "./store.js";

export function Account({ signOut }) {
  const isNew = needsFactor.value; // what else there is would be refused
  const tools = html`<${KeyButton} class="outline" act=${signOut}>${t("account.sign_out")}<//>`;
  return html`
    <${Title} tools=${tools}>${t("way.account")}: ${me.value.display_name}<//>
    <div class="two">
      <div class="stack"><${Factors} />${!isNew && html`<${Sessions} />`}</div>
      <div class="stack">${isCoordinator() && !isNew && html`<${Calls} /><${TestPage} />`}<${Looks} /><${Password} /></div>
    </div>
  `;
}

function Sessions() {
  const sessions = useLoad(() => call("GET", "/sessions"), []);
  const end = (one) => async () => {
    await call("DELETE", `/sessions/${one.id}`);
    say(t("done.session"));
    await sessions.reload();
  };
  return html`<${Panel} title=${t("sessions.title")}>
    <${Loaded} of=${sessions}>${({ sessions: rows }) => html`<${Table} caption=${t("sessions.title")}
      columns=${[["device", t("sessions.device")], ["used", t("sessions.used")], ["until", t("sessions.until")], ["act", t("table.act")]]}
      rows=${rows.map((one) => ({
        key: one.id,
        device: one.device_name,
        used: html`<${When} at=${one.last_used_at} />`,
        until: html`<${When} at=${one.expires_at} />`,
        act: one.current ? html`<${Chip} tone="good">${t("sessions.this")}<//>` : html`<${KeyButton} class="ghost small" act=${end(one)}>${t("sessions.end")}<//>`,
      }))} />`}<//>
  <//>`;
}

function Factors() {
  const factors = useLoad(() => call("GET", "/me/factors"), []);
  const [dialog, setDialog] = useState(null);
  const close = () => {
    setDialog(null);
    factors.reload();
  };
  const closeCodes = () => (needsFactor.value ? location.reload() : close()); // now everything is allowed
  const addTotp = async () => setDialog({ totp: await call("POST", "/me/factors/totp", {}) });
  const renew = async () => setDialog({ codes: (await call("POST", "/me/factors/recovery-codes", {})).recovery_codes });
  return html`<${Panel} title=${t("factors.title")}>
    <p class="hint">${t("factors.lead")}</p>
    <${Loaded} of=${factors}>${({ factors: rows, recovery_codes_left: left, required }) => html`
      ${required && rows.length === 0 && html`<p class="note warn">${t("factors.required")}</p>`}
      ${rows.length === 0 && !required && html`<${Empty}>${t("factors.none")}<//>`}
      <ul class="rows">${rows.map((one) => html`<li key=${one.id}>
        <span><strong>${one.name || t(`factor.${one.kind}`)}</strong> <small>${t(`factor.${one.kind}`)} · ${t("factors.used")} <${When} at=${one.last_used_at} /></small></span>
        <button type="button" class="ghost small" onClick=${() => setDialog({ remove: one })}>${t("factors.remove")}</button>
      </li>`)}</ul>
      ${rows.length > 0 && html`<p class="soft">${t("factors.codes", { count: left })}</p>`}
      <div class="buttons">
        <${KeyButton} act=${addTotp}>${t("factors.totp")}<//>
        ${canUsePasskeys && html`<${KeyButton} act=${() => setDialog({ passkey: true })}>${t("factors.passkey")}<//>`}
        ${rows.length > 0 && html`<${KeyButton} class="ghost" act=${renew}>${t("factors.renew")}<//>`}
      </div>
    `}<//>
    ${dialog?.totp && html`<${AddTotp} offer=${dialog.totp} onClose=${close} showCodes=${(codes) => setDialog({ codes })} />`}
    ${dialog?.passkey && html`<${AddPasskey} onClose=${close} showCodes=${(codes) => setDialog({ codes })} />`}
    ${dialog?.remove && html`<${RemoveFactor} one=${dialog.remove} onClose=${close} />`}
    ${dialog?.codes && html`<${Codes} codes=${dialog.codes} onClose=${closeCodes} />`}
  <//>`;
}

function AddTotp({ offer, onClose, showCodes }) {
  const act = async ({ otp }) => {
    const { recovery_codes: made } = await call("POST", "/me/factors/totp/confirm", { otp: otp.trim() });
    say(t("done.factor"));
    if (made) setTimeout(() => showCodes(made));
  };
  return html`<${ActDialog} name="totp" title=${t("factors.totp")} action=${t("factors.confirm")} act=${act} onClose=${onClose}>
    <p>${t("totp.scan")}</p>
    <${QrCode} text=${offer.uri} label=${t("totp.qr")} />
    <p class="hint">${t("totp.type")} <code class="secret">${offer.secret}</code></p>
    <${CodeField} label=${t("totp.code")} />
  <//>`;
}

function AddPasskey({ onClose, showCodes }) {
  const act = async ({ name }) => {
    const { public_key: options } = await call("POST", "/me/factors/passkeys/options", {});
    let made;
    try {
      made = await makeOne(options);
    } catch (stopped) {
      throw Object.assign(new Error(sayWhy(stopped)), { status: 0, code: "passkey.stopped" });
    }
    const { recovery_codes: codes } = await call("POST", "/me/factors/passkeys", { name, ...made });
    say(t("done.factor"));
    if (codes) setTimeout(() => showCodes(codes));
  };
  return html`<${ActDialog} name="passkey" title=${t("factors.passkey")} action=${t("factors.make")} act=${act} onClose=${onClose}>
    <p>${t("passkey.lead")}</p>
    <${Field} label=${t("passkey.name")} hint=${t("passkey.name.hint")}><input name="name" required maxlength="60" /><//>
  <//>`;
}

function RemoveFactor({ one, onClose }) {
  const act = async () => {
    await call("DELETE", `/me/factors/${one.id}`);
    say(t("done.factor_removed"));
  };
  return html`<${ActDialog} name="remove-factor" title=${t("factors.remove.title", { name: one.name || t(`factor.${one.kind}`) })} what=${t("factors.remove.what")} told=${t("factors.remove.told")} action=${t("factors.remove")} danger=${true} act=${act} onClose=${onClose} />`;
}

function Codes({ codes, onClose }) {
  return html`<${Dialog} title=${t("codes.title")} onClose=${onClose} plain=${true} name="codes">
    <p>${t("codes.lead")}</p>
    <ol class="codes">${codes.map((code) => html`<li key=${code}><code>${code}</code></li>`)}</ol>
    <div class="buttons end"><button type="button" class="primary" onClick=${onClose}>${t("codes.kept")}</button></div>
  <//>`;
}

function Calls() {
  const on = async () => {
    const isOn = await turnOn();
    say(t(isOn ? "done.calls" : "calls.refused"), { bad: !isOn });
  };
  const off = async () => {
    await turnOff();
    say(t("done.calls_off"));
  };
  return html`<${Panel} title=${t("calls.title")}>
    <p class="hint">${t("calls.lead")}</p>
    ${!canPush && html`<p class="note warn">${t("calls.cannot")}</p>`}
    ${canPush && html`<div class="buttons"><${KeyButton} act=${on}>${t("calls.on")}<//><${KeyButton} class="ghost" act=${off}>${t("calls.off")}<//></div>`}
  <//>`;
}

function TestPage() {
  const [page, setPage] = useState(null);
  const ask = async () => setPage(await call("POST", "/me/test-page"));
  const confirm = async () => {
    setPage(await call("POST", `/me/test-page/${page.id}/confirm`));
    say(t("done.test"));
  };
  return html`<${Panel} title=${t("test.title")}>
    <p class="hint">${t("test.lead")}</p>
    ${page?.confirmed_at && html`<p class="note good">${t("test.confirmed")} <${When} at=${page.confirmed_at} /></p>`}
    ${page && !page.confirmed_at && html`<p class="note">${t("test.sent")}</p>`}
    <div class="buttons">
      <${KeyButton} act=${ask}>${t("test.ask")}<//>
      ${page && !page.confirmed_at && html`<${KeyButton} class="primary" act=${confirm}>${t("test.confirm")}<//>`}
    </div>
  <//>`;
}

function Looks() {
  const [theme, setTheme] = useState(findChoice("theme") ?? "system");
  const choose = (name) => {
    setTheme(name);
    keepChoice("theme", name);
    if (name === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = name;
  };
  return html`<${Panel} title=${t("looks.title")}>
    <${Choice} legend=${t("looks.theme")} name="theme" value=${theme} onChange=${choose} options=${["system", "light", "dark"].map((one) => [one, t(`looks.${one}`)])} />
    <label class="check"><input type="checkbox" checked=${sound.value !== "off"} onChange=${(event) => switchSound(event.target.checked)} /> <span>${t("looks.sound")}<small>${t(`sound.${sound.value}`)}</small></span></label>
    <div class="buttons"><button type="button" class="ghost" onClick=${tryOut}>${t("looks.try")}</button></div>
    <label class="check"><input type="checkbox" checked=${areKeysOn.value} onChange=${(event) => switchKeys(event.target.checked)} /> ${t("keys.on")}</label>
    <p class="languages"><a href="/desk/?lang=nl" lang="nl" aria-current=${language === "nl" ? "true" : undefined}>Nederlands</a> <a href="/desk/?lang=en" lang="en" aria-current=${language === "en" ? "true" : undefined}>English</a></p>
  <//>`;
}

function Password() {
  const [isOpen, setOpen] = useState(false);
  const act = async ({ old_password, new_password }) => {
    await call("POST", "/me/password", { old_password, new_password });
    say(t("done.password"));
  };
  return html`<${Panel} title=${t("password.title")}>
    <div class="buttons"><button type="button" class="outline" onClick=${() => setOpen(true)}>${t("password.change")}</button></div>
    ${isOpen && html`<${ActDialog} name="password" title=${t("password.change")} what=${t("password.what")} action=${t("password.change")} act=${act} onClose=${() => setOpen(false)}>
      <${Field} label=${t("password.old")}><input type="password" name="old_password" autocomplete="current-password" required /><//>
      <${Field} label=${t("password.new")} hint=${t("password.hint")}><input type="password" name="new_password" autocomplete="new-password" required minlength="12" maxlength="256" /><//>
    <//>`}
  <//>`;
}
