// Conveniences only; every page works without this file.
"use strict";

// Characters left, counted as the server counts them: by character, a line break as one.
for (const field of document.querySelectorAll("[data-limit]")) {
  const words = document.getElementById(`limit-${field.id.slice("field-".length)}`);
  const limit = Number(field.dataset.limit);
  const count = () => {
    const left = limit - [...field.value.replace(/\r\n?/g, "\n")].length;
    const number = Math.abs(left).toLocaleString(document.documentElement.lang);
    words.textContent = `${left < 0 ? words.dataset.over : words.dataset.left} ${number}`;
    words.classList.toggle("over", left < 0);
  };
  field.addEventListener("input", count);
  if (field.value) count();
}

// A file whose text may fill a field is read here; it is sent only as what the field then shows.
for (const chooser of document.querySelectorAll("[data-fills]")) {
  const field = document.getElementById(chooser.dataset.fills);
  chooser.hidden = false;
  chooser.addEventListener("change", async () => {
    const [file] = chooser.files;
    if (!file) return;
    field.value = await file.slice(0, 4 * Number(field.dataset.limit)).text();
    field.dispatchEvent(new Event("input"));
  });
}

// A question before what cannot be undone, as a dialog instead of a page.
const ask = document.getElementById("ask");
for (const form of document.querySelectorAll("form[data-title]")) {
  form.addEventListener("submit", (event) => {
    if (form.elements.confirmed) return;
    event.preventDefault();
    const [no, yes] = ask.querySelectorAll("button");
    ask.querySelector("h2").textContent = form.dataset.title;
    ask.querySelector("p").textContent = form.dataset.text;
    no.textContent = form.dataset.no;
    yes.textContent = form.dataset.yes;
    no.onclick = () => ask.close();
    yes.onclick = () => {
      const agreed = document.createElement("input");
      Object.assign(agreed, { type: "hidden", name: "confirmed", value: "1" });
      form.append(agreed);
      ask.close();
      form.requestSubmit();
    };
    ask.showModal();
  });
}

// One press is one press; a slow step says that it is under way.
addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  const form = event.target;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "1";
  const button = event.submitter ?? form.querySelector("button");
  setTimeout(() => button?.setAttribute("aria-busy", "true"), 400);
  // A download leaves the page in place, so its button must work again.
  setTimeout(() => { delete form.dataset.sent; button?.removeAttribute("aria-busy"); }, 8000);
});
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.forms) delete form.dataset.sent;
  for (const busy of document.querySelectorAll("[aria-busy]")) busy.removeAttribute("aria-busy");
});

// The list of mistakes is where reading goes on.
document.querySelector(".summary")?.focus();
