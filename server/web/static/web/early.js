// Runs before anything is painted: takes the token or the invitation code out of the address bar and picks the face, so that nothing flashes.
(function () {
  "use strict";

  function take() {
    var match = /^#(token|code)=(.+)$/.exec(location.hash);
    if (!match) return false;
    try {
      keep(match[1], decodeURIComponent(match[2]));
    } catch (error) {
      document.documentElement.dataset.storage = "none";
    }
    history.replaceState(null, "", location.pathname);
    return true;
  }

  function keep(kind, value) {
    // Another person's drafts and device id go; the same link again keeps them.
    if (kind === "token" && sessionStorage.getItem("warmlijn.token") !== value) sessionStorage.clear();
    sessionStorage.setItem("warmlijn." + kind, value);
  }

  function hasToken() {
    try {
      return sessionStorage.getItem("warmlijn.token") !== null;
    } catch (error) {
      document.documentElement.dataset.storage = "none";
      return false;
    }
  }

  take();
  if (location.search) history.replaceState(null, "", location.pathname);
  document.documentElement.dataset.face = hasToken() ? "talk" : "intro";
  // A second link pasted into this tab changes the fragment only.
  addEventListener("hashchange", function () {
    if (take()) location.reload();
  });
})();
