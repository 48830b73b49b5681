// Small behaviour of the pages: the day picker, the refresh, the word about a lost connection.
"use strict";

(() => {
  const picker = document.querySelector("input[data-submit]");
  const figures = document.getElementById("figures");
  const offline = document.getElementById("offline");

  // Typing a date fires a change for each part of it; wait until the person has finished.
  let typing = 0;
  picker?.addEventListener("change", () => {
    clearTimeout(typing);
    typing = setTimeout(() => {
      if (picker.value !== picker.defaultValue && picker.reportValidity()) picker.form.submit();
    }, document.activeElement === picker ? 600 : 0);
  });

  // Nobody looks at a hidden page; it is brought up to date when it is seen again.
  document.addEventListener("htmx:before:request", (event) => {
    if (document.hidden) event.preventDefault();
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && figures) htmx.trigger(figures, "every");
  });

  // htmx:error without an answer means that the portal could not be reached at all.
  document.addEventListener("htmx:error", () => { offline.hidden = false; });
  document.addEventListener("htmx:after:swap", () => {
    offline.hidden = true;
    // A page left open over midnight shows the new day.
    const day = document.getElementById("sub")?.dataset.day;
    if (day && picker && document.activeElement !== picker && picker.defaultValue !== day) {
      if (picker.max < day) picker.max = day;
      picker.defaultValue = picker.value = day;
    }
    drawChart();
  });

  drawChart();
})();
