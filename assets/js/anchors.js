/* A link to a place on the same page moves there; Dash's own links would go to the top. */
(function () {
  "use strict";
  document.addEventListener(
    "click",
    (event) => {
      const link = event.target.closest && event.target.closest('a[href^="#"]:not(.skip)');
      const place = link && document.getElementById(link.getAttribute("href").slice(1));
      if (!place) return;
      event.preventDefault();
      event.stopPropagation();
      place.scrollIntoView({ block: "start" });
      place.setAttribute("tabindex", "-1");
      place.focus({ preventScroll: true });
    },
    true
  );
})();
