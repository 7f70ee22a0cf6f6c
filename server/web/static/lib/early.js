// Runs before anything is painted: takes the token or the invitation code out of the address bar.
(function () {
  "use strict";

  function take() {
    var match = /^#(token|code|staff)=(.+)$/.exec(location.hash);
    if (!match) return false;
    // A link that signs in is the demo's alone: elsewhere it could have somebody write into another's account.
    var wanted = match[1] !== "token" || document.documentElement.hasAttribute("data-demo");
    try {
      if (wanted) keep(match[1], decodeURIComponent(match[2]));
    } catch (error) {
      document.documentElement.dataset.storage = "none";
    }
    history.replaceState(null, "", location.pathname);
    return true;
  }

  function keep(kind, value) {
    // Another person's notes and device id go; the same link again keeps them.
    if (kind === "token" && sessionStorage.getItem("warmlijn.token") !== value) sessionStorage.clear();
    if (kind !== "token") sessionStorage.removeItem("warmlijn." + (kind === "code" ? "staff" : "code"));
    sessionStorage.setItem("warmlijn." + kind, value);
  }

  // After the quick exit, going back in this tab's history shows nothing; somebody who comes anew comes in.
  function wasLeft() {
    try {
      if (sessionStorage.getItem("warmlijn.gone") === null) return false;
      var entries = performance.getEntriesByType("navigation");
      if (entries.length && entries[0].type === "back_forward") return true;
      sessionStorage.removeItem("warmlijn.gone");
    } catch (error) {
      // nothing is kept here, so nothing was left
    }
    return false;
  }

  if (wasLeft()) {
    document.documentElement.dataset.face = "gone";
    location.replace(document.documentElement.dataset.exit || "about:blank");
    return;
  }
  document.documentElement.dataset.face = "coming";
  take();
  if (location.search) history.replaceState(null, "", location.pathname);
  // A second link pasted into this tab changes the fragment only.
  addEventListener("hashchange", function () {
    if (take()) location.reload();
  });
})();
