// Small comforts of the students' pages; every one of them works without. Old syntax on purpose: WeChat's view on old telephones.
(function () {
  "use strict";
  var number = document.getElementById("id_number");
  var derived = document.querySelector("[data-derived]");
  if (number && derived) {
    var show = function () {
      var typed = number.value.replace(/\s/g, "");
      var fits = /^\d{17}[\dXx]$/.test(typed);
      derived.hidden = !fits;
      if (!fits) return;
      derived.querySelector("[data-birth]").textContent = typed.slice(6, 10) + "-" + typed.slice(10, 12) + "-" + typed.slice(12, 14);
      var sex = derived.querySelector("[data-sex]");
      sex.textContent = Number(typed.charAt(16)) % 2 === 1 ? sex.getAttribute("data-male") : sex.getAttribute("data-female");
    };
    number.addEventListener("input", show);
    show();
  }
  var countdown = document.querySelector("[data-countdown]");
  if (countdown) {
    var left = Number(countdown.getAttribute("data-countdown"));
    var words = countdown.textContent;
    window.setInterval(function () {
      left = Math.max(0, left - 1);
      countdown.textContent = words.replace(/\d+/, String(left));
    }, 1000);
  }
})();
