// What was changed at another device in how one comes in: said at this one, for whoever did not do it themselves.
import { request } from "./api.js";
import { hasText, t } from "./i18n.js";
import "./factor_words.js";

/** Return what to say of an event `account.changed`; null when this very session did it, or where there is nothing to say. */
export async function writeNews({ what, session }) {
  const { sessions } = await request("GET", "/sessions").catch(() => ({ sessions: [] }));
  const by = sessions.find((one) => one.id === session);
  if (by?.current || !hasText(`news.${what}`)) return null;
  const where = by ? [t("news.device", { device: by.device_name })] : [];
  return [t(`news.${what}`), ...where, t("account.not_you")].join(" ");
}
