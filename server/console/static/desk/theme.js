// Before the first paint: light or dark, when somebody chose one for this browser.
(function () {
  "use strict";
  try {
    var theme = localStorage.getItem("warmlijn.choice.theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch (error) {
    // a browser that keeps nothing follows the system
  }
})();
