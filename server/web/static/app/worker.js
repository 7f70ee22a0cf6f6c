// The service worker: keeps the shell for a train tunnel, and shows pushes. `self.SHELL` is put in front by the server.
// Nothing of the API is ever kept: no message, no name, no token.

const CACHE = `shell-${self.SHELL.version}`;
const PAGE = "/";
const PATIENCE_MS = 3_000;
const END_WAITS_MS = [1_000, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000, 60_000, 60_000, 60_000];
const OWN = ["/static/app/", "/static/lib/", "/static/vendor/"];
const WORDS = {
  nl: {
    message: "Er is een bericht voor je.",
    page: "Er wacht een oproep op je.",
    test: "Dit is een testoproep. Bevestig hem in de app.",
    duty: "Er is iemand die wil praten. Heb je ruimte?",
    ending: "Je uren zijn bijna voorbij.",
    notice: "Er staat iets voor je klaar in de app.",
  },
  en: {
    message: "There is a message for you.",
    page: "A call is waiting for you.",
    test: "This is a test call. Please confirm it in the app.",
    duty: "Somebody would like to talk. Do you have room?",
    ending: "Your hours are almost over.",
    notice: "Something is waiting for you in the app.",
  },
};

self.addEventListener("install", (event) => event.waitUntil(keepShell()));
self.addEventListener("activate", (event) => event.waitUntil(dropOthers()));
self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (event.request.mode === "navigate" && url.pathname === PAGE) event.respondWith(answerPage(event.request));
  else if (OWN.some((folder) => url.pathname.startsWith(folder))) event.respondWith(answerFile(event.request));
});
self.addEventListener("push", (event) => event.waitUntil(showPush(event.data)));
self.addEventListener("notificationclick", (event) => event.waitUntil(openFor(event.notification)));
self.addEventListener("message", (event) => {
  if (event.data === "gone") event.waitUntil(vanish());
  else if (event.data?.end) event.waitUntil(endSession(event.data.end));
});

async function keepShell() {
  const cache = await caches.open(CACHE);
  await cache.addAll([PAGE, ...self.SHELL.files].map((url) => new Request(url, { cache: "reload" })));
  await self.skipWaiting();
}

async function dropOthers() {
  for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name);
  await self.clients.claim();
}

/** Somebody left in a hurry: no notice stays in the tray, no push comes any more, nothing of the app is kept. */
async function vanish() {
  for (const name of await caches.keys()) await caches.delete(name);
  for (const shown of await self.registration.getNotifications()) shown.close();
  await self.navigator.clearAppBadge?.().catch(() => {});
  const subscription = await self.registration.pushManager?.getSubscription();
  await subscription?.unsubscribe().catch(() => {}); // without a network the browser forgets it all the same
  await self.registration.unregister();
}

/**
 * Somebody left in a hurry, perhaps without a network: end their session once the server is reached, as long as the browser
 * lets this worker live. The token is in its memory alone: nothing that is kept may tell of the app.
 */
async function endSession(token) {
  for (const wait of END_WAITS_MS) {
    await new Promise((go) => setTimeout(go, wait));
    const answer = await fetch("/api/v1/sessions/current", { method: "DELETE", headers: { Authorization: `Bearer ${token}` } }).catch(() => null);
    if (answer && answer.status < 500) return; // ended now, or by the page itself
  }
}

/** The page from the server, and from the cache when there is no server soon. */
async function answerPage(request) {
  const cache = await caches.open(CACHE);
  try {
    const response = await soon(fetch(request));
    if (isOwnPage(response)) await cache.put(PAGE, response.clone());
    return response;
  } catch {
    return (await cache.match(PAGE)) ?? Response.error();
  }
}

// A captive portal's page must never take the place of ours.
function isOwnPage(response) {
  return response.ok && !response.redirected && response.headers.has("Content-Security-Policy");
}

async function answerFile(request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(request, { ignoreSearch: true })) ?? fetch(request);
}

function soon(answer) {
  return Promise.race([answer, new Promise((_, reject) => setTimeout(() => reject(new Error("slow")), PATIENCE_MS))]);
}

/** A push holds a kind and at most an id; the sentence is here, so that nobody on the way can read it. */
async function showPush(data) {
  const { kind = "notice" } = read(data);
  const words = WORDS[await findLanguage()];
  await self.registration.showNotification("Warmlijn", {
    body: words[kind] ?? words.notice,
    tag: kind,
    renotify: kind === "page",
    requireInteraction: kind === "page",
    icon: "/static/app/icon-192.png",
    data: { kind },
  });
  await self.navigator.setAppBadge?.().catch(() => {});
}

function read(data) {
  try {
    return data?.json() ?? {};
  } catch {
    return {};
  }
}

async function findLanguage() {
  const page = await (await caches.open(CACHE)).match(PAGE);
  return page?.headers.get("Content-Language") === "en" ? "en" : "nl";
}

async function openFor(notification) {
  notification.close();
  const isForDesk = notification.data?.kind === "page" || notification.data?.kind === "test";
  const wanted = isForDesk ? "/desk/" : "/";
  const open = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const known = open.find((client) => new URL(client.url).pathname === wanted);
  return known ? known.focus() : self.clients.openWindow(wanted);
}
