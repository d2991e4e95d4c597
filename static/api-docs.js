/* Shows the OpenAPI document. Only a key counts in a try: never the session of whoever reads this. */
"use strict";

const place = document.getElementById("api");
const dark = matchMedia("(prefers-color-scheme: dark)");

function theme() {
  const chosen = document.documentElement.dataset.theme;
  document.documentElement.classList.toggle("dark-mode", chosen ? chosen === "dark" : dark.matches);
}

theme();
dark.addEventListener("change", theme);

SwaggerUIBundle({
  url: place.dataset.document,
  domNode: place,
  validatorUrl: "none",
  defaultModelsExpandDepth: -1,
  docExpansion: "list",
  displayRequestDuration: true,
  requestInterceptor: (request) => Object.assign(request, { credentials: "omit" }),
});
