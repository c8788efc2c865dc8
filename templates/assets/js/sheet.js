// The button that prints; the browser's own menu does the same without it.

document.documentElement.classList.add("with-script");
document.querySelector("[data-print]").addEventListener("click", () => window.print());
