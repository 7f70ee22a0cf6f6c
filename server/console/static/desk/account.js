// One's own: sessions, second factors, test page, and how this desk looks and sounds.
import { html, useState } from "../lib/ui.js";
import { Factors } from "../lib/factors.js";
import { language, t } from "../lib/i18n.js";
import { canPush, startPushes, stopPushes } from "../lib/push.js";
import { findChoice, keepChoice } from "../lib/session.js";
import { sound, switchSound, tryOut } from "./alarm.js";
import { areKeysOn, switchKeys } from "./keys.js";
import { ActDialog, Chip, Choice, Field, KeyButton, Loaded, Panel, Table, Title, When } from "./parts.js";
import { call, explain, isCoordinator, me, needsFactor, say, useLoad } from "./store.js";

export function Account({ signOut }) {
  const isNew = needsFactor.value; // what else there is would be refused
  const tools = html`<${KeyButton} class="outline" act=${signOut}>${t("account.sign_out")}<//>`;
  return html`
    <${Title} tools=${tools}>${t("way.account")}: ${me.value.display_name}<//>
    <div class="two">
      <div class="stack"><${SecondStep} />${!isNew && html`<${Sessions} />`}</div>
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

function SecondStep() {
  const onCodesKept = () => needsFactor.value && location.reload(); // now everything is allowed
  return html`<${Panel} title=${t("factors.title")}><${Factors} call=${call} explain=${explain} say=${say} onCodesKept=${onCodesKept} /><//>`;
}

function Calls() {
  const on = async () => {
    const outcome = await startPushes();
    say(t(`calls.${outcome}`), { bad: outcome !== "on" });
  };
  const off = async () => {
    await stopPushes();
    say(t("done.calls_off"));
  };
  return html`<${Panel} title=${t("calls.title")}>
    <p class="hint">${t("calls.lead")}</p>
    ${!canPush && html`<p class="note warn">${t("calls.cannot")}</p>`}
    ${canPush && html`<div class="buttons"><${KeyButton} act=${on}>${t("calls.start")}<//><${KeyButton} class="ghost" act=${off}>${t("calls.stop")}<//></div>`}
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
